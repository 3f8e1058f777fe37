"""The tests of the guards: both readings of each, and of each two broken at once, agree.

They are generated from the table of guards, over the small process and over every transition of
the shipped definitions. A row is made up in the statement itself, so that any state, version and
fact can stand in it; only earlier entries are written, and taken back.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import combinations, count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from states.tables import METADATA
from tests.kit.workflow import process as kit
from tests.kit.workflow.dummies import SHIPPED, registry_of, shipped_text
from tests.kit.workflow.process import Context
from workflow.engine.attempt import Attempt
from workflow.engine.attempts import code_of
from workflow.engine.cases import CaseRow, earlier_moves, facts_in
from workflow.engine.driver import fetch
from workflow.engine.guards import GUARDS, Rows, ask_case, ask_claim, guards_of_rows, refusal_sql
from workflow.engine.permission import MoveClaim
from workflow.engine.statement import driver_sql
from workflow.engine.transaction import parameters_of
from workflow.loading.loader import load
from workflow.model.actor import Actor
from workflow.model.definition import Enumeration
from workflow.model.machine import NEW
from workflow.model.refusal import WorkflowError
from workflow.model.registry import Handler, Registry
from workflow.model.request import Request, Timer
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Connection

    from tests.kit.postgres import Database
    from workflow.model.definition import Definition, Transition

WORKFLOWS = {f"small {name}": found for name, found in kit.definitions().items()} | {
    f"shipped {name}": found for name, found in load(SHIPPED, registry_of(shipped_text())).items()
}
PERSON, OTHER, SEEN = 900_001, 900_002, 3
ORDER = [guard.name for guard in GUARDS]
BY_NAME = {guard.name: guard for guard in GUARDS}
RANDOM_ROWS = 20
EVERY_ANSWER = {
    None, "definition_missing", "stale_version", "wrong_state", "not_the_subject", "own_case",
    "same_person",
}  # fmt: skip


@dataclass
class Case:
    """A row that is made up, with the guards that were broken on purpose; all else holds."""

    row: dict[str, object]
    broken: frozenset[str] = frozenset()
    made_up: bool = False


@dataclass
class Asked:
    """One claim over many rows, and what both readings say of each."""

    claim: MoveClaim
    cases: list[Case]
    in_python: list[str | None] = field(default_factory=list)
    in_sql: list[str | None] = field(default_factory=list)
    names: tuple[str, ...] = ()


def broken_row(claim: MoveClaim, case_id: int, broken: frozenset[str]) -> dict[str, object]:
    """Return a row on which exactly these guards refuse the claim."""
    definition, move = claim.definition, claim.move
    elsewhere = next(s for s in [NEW, *definition.states] if s not in move.source)
    mine = ("subject" not in broken) if subject_only(claim) else "own_case" in broken
    return {
        "id": case_id,
        "definition": "0" * 64 if "definition" in broken else definition.sha256,
        "version": SEEN + 1 if "version" in broken else SEEN,
        "state": elsewhere if "state" in broken else move.source[0],
        "due_at": None if "timer" in broken else (kit.NOON - timedelta(hours=1)).isoformat(),
        "entered_at": kit.NOON.isoformat(),
        definition.subject: PERSON if mine else OTHER,
    }


def subject_only(claim: MoveClaim) -> bool:
    """Say whether the claim is one that a person makes of an own case."""
    return any(claim.definition.roles[name].subject_only for name in role_names(claim))


def role_names(claim: MoveClaim) -> set[str]:
    return set(claim.move.by) & claim.request.actor.roles


def breakable(claim: MoveClaim) -> list[str]:
    """Return the guards that a row can break: a timer rings in one state, so not both of them."""
    found = [
        guard.name
        for guard in GUARDS
        if guard.of_rows and guard.name not in {"overtaken", "rules"} and guard.concerns(claim)
    ]
    return [name for name in found if not (name == "state" and claim.timed)]


def some(column: Column[Any], definition: Definition, dice: random.Random) -> object:
    """Return a value that a column may have, none among them."""
    fact = definition.facts.get(column.name)
    if fact is not None and isinstance(fact.type, Enumeration):
        return dice.choice([*fact.type.values, None])
    day = timedelta(days=dice.choice([-400, -40, -1, 0, 1, 40]))
    values: dict[type, object] = {
        bool: dice.random() < 0.5,
        int: dice.choice([0, 1, PERSON, OTHER]),
        date: (kit.TODAY + day).isoformat(),
        datetime: (kit.NOON + day).isoformat(),
        str: "x",
    }
    return None if dice.random() < 0.2 else values.get(column.type.python_type)


def random_row(claim: MoveClaim, case_id: int, dice: random.Random) -> dict[str, object]:
    """Return a row of which anything may be true."""
    definition = claim.definition
    columns = METADATA.tables[definition.table].c
    row = {column.name: some(column, definition, dice) for column in columns}
    some_guards = frozenset(name for name in breakable(claim) if dice.random() < 0.2)
    return row | broken_row(claim, case_id, some_guards)


def enter(connection: Connection, claim: MoveClaim, case_id: int) -> None:
    """Write that the actor has made an earlier move of ``not_by`` on a case."""
    connection.execute(
        text(
            "INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)"
            " VALUES (:id, 1, :workflow, :trigger, :actor, :at, '{}', '', sha256(:key))"
        ),
        {
            "id": case_id, "workflow": claim.definition.name, "trigger": claim.move.not_by[0],
            "actor": claim.request.actor.name, "at": kit.NOON, "key": str(case_id).encode(),
        },
    )  # fmt: skip


def cases_of(connection: Connection, claim: MoveClaim, ids: Iterator[int]) -> list[Case]:
    """Return rows with no guard broken, each one, each two, and some made up."""
    names = breakable(claim)
    dice = random.Random(f"{claim.definition.name} {claim.move.name} {claim.timed}")
    sets = [(), *combinations(names, 1), *combinations(names, 2)]
    cases = []
    for broken in map(frozenset, sets):
        case_id = next(ids)
        cases.append(Case(broken_row(claim, case_id, broken), broken))
        if "four_eyes" in broken:
            enter(connection, claim, case_id)
    made_up = (random_row(claim, next(ids), dice) for _ in range(RANDOM_ROWS))
    return cases + [Case(row, made_up=True) for row in made_up]


def read_both(connection: Connection, asked: Asked, registry: Registry) -> None:
    """Note what each reading says of each row; the rows are given to both by the server."""
    claim = asked.claim
    definition, move = claim.definition, claim.move
    asked.names = tuple(name for name in guards_of_rows(claim) if name != "overtaken")
    refusal = refusal_sql(Rows(definition, move, many=False), asked.names)
    late = refusal_sql(Rows(definition, move, many=False), guards_of_rows(claim))
    facts = "".join(f", {fact.sql} AS fact_{name}" for name, fact in definition.facts.items())
    rows = fetch(
        connection,
        driver_sql(
            f"SELECT c.*{facts}, {refusal} AS refusal, {late} AS late FROM"
            f" jsonb_populate_recordset(CAST(NULL AS {definition.table}), CAST(:rows AS jsonb)) c"
        ),
        parameters_of(claim, kit.NOON)
        | {"rows": json.dumps([case.row for case in asked.cases]), "seen": SEEN},
    )
    assert [row["id"] for row in rows] == [case.row["id"] for case in asked.cases]
    asked.in_sql = [row["refusal"] for row in rows]
    asked.in_python = [in_python(connection, claim, CaseRow.of(row), registry) for row in rows]
    if "overtaken" in guards_of_rows(claim):
        before = {BY_NAME[name].refusal.code for name in ORDER[: ORDER.index("overtaken")]}
        # None of the rows stands in the table, so each was overtaken.
        assert [row["late"] for row in rows] == [
            code if code in before else "stale_version" for code in asked.in_sql
        ]


def in_python(
    connection: Connection, claim: MoveClaim, row: CaseRow, registry: Registry
) -> str | None:
    """Return the code of the Python reading, None when the move would go."""
    actor, trigger = claim.request.actor, claim.move.name
    context = Context(
        None, connection, claim.definition, claim.move, row.columns, actor, {},  # type: ignore[arg-type]  # nothing is moved
        kit.NOON, None, kit.Desk(), rehearsal=True,
    )  # fmt: skip
    attempt = Attempt(
        claim, context, row, facts_in(claim.definition, row, kit.NOON), registry,
        lambda: earlier_moves(connection, claim.definition, trigger, row.id, actor),
    )  # fmt: skip
    try:
        ask_case(attempt)
    except WorkflowError as refusal:
        return code_of(refusal)
    return None


def claims(definition: Definition, move: Transition) -> Iterator[MoveClaim]:
    """Yield the claims of each role, of one who waits and of a timer, with the rules and without.

    Without rules a row can hold in everything; with them, facts that nobody knows refuse it.
    """
    code = next(iter(move.reasons), "gerekçe")
    for name in move.by:
        actor = Actor("user:7", frozenset({name}), "demo", None if name == "system" else PERSON)
        for timer in (None, Timer(move.source[0], kit.NOON)):
            request = Request(move.name, actor, seen_version=SEEN, timer=timer, reason=f"{code}: x")
            for rules in {(), move.rules}:
                bare = replace(move, rules=rules)
                yield MoveClaim(definition, bare, request, seen=True, timed=timer is not None)


def unhappy(definition: Definition) -> Registry:
    """Return handlers each of whose checks says no."""
    names = {name for move in definition.transitions.values() for name in move.check}
    return Registry(Handler(name, "check", lambda _, name=name: deny(name)) for name in names)


def first(names: frozenset[str] | set[str], claim: MoveClaim) -> str | None:
    """Return the code of the first of some guards in the order of the table."""
    for name in ORDER:
        if name in names:
            return claim.move.check[0] if name == "checks" else BY_NAME[name].refusal.code
    return None


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_both_readings_of_every_guard_name_one_refusal(name: str, database: Database) -> None:
    definition, ids = WORKFLOWS[name], count(1_000_000_000)
    registry = unhappy(definition)
    told: Counter[str | None] = Counter()
    with database.app.connect() as connection:
        for move in definition.transitions.values():
            for claim in claims(definition, move):
                asked = Asked(claim, cases_of(connection, claim, ids))
                read_both(connection, asked, registry)
                last = {"checks"} if move.check else set()
                for case, python, sql in zip(
                    asked.cases, asked.in_python, asked.in_sql, strict=True
                ):
                    unheard = python in move.check  # a statement asks no handler
                    assert sql == (None if unheard else python), (move.name, case)
                    if not case.made_up and not claim.move.rules:
                        assert sql == first(case.broken, claim), (move.name, case)
                        assert python == first(case.broken | last, claim), (move.name, case)
                    told[python] += 1
        connection.rollback()
    if name in {"small matter", "shipped application"}:
        assert told.keys() >= EVERY_ANSWER


def broken_claims(claim: MoveClaim) -> Iterator[tuple[MoveClaim, str]]:
    """Yield the claim with each of the guards broken that are the same for every case."""
    request = claim.request
    yield (
        replace(claim, request=replace(request, actor=replace(request.actor, roles=frozenset()))),
        "role",
    )
    if BY_NAME["person"].concerns(claim):
        unknown = replace(request.actor, person_id=None)
        yield replace(claim, request=replace(request, actor=unknown)), "person"
    if claim.move.reason == "required":
        yield replace(claim, request=replace(request, reason=" ")), "reason"


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_what_refuses_a_claim_whatever_the_case_stands_in_the_same_order(
    name: str, database: Database
) -> None:
    definition, ids = WORKFLOWS[name], count(1_000_000_000)
    registry, told = unhappy(definition), set()
    with database.app.connect() as connection:
        for move in definition.transitions.values():
            for whole in claims(definition, replace(move, rules=())):
                rows = cases_of(connection, whole, ids)
                read = fetch(connection, driver_sql(
                    f"SELECT c.* FROM jsonb_populate_recordset(CAST(NULL AS {definition.table}),"
                    " CAST(:rows AS jsonb)) c"
                ), {"rows": json.dumps([case.row for case in rows])})  # fmt: skip
                for claim, guard in broken_claims(whole):
                    with pytest.raises(BY_NAME[guard].refusal):
                        ask_claim(claim)
                    told.add(guard)
                    for case, row in zip(rows, read, strict=True):
                        if not case.made_up:
                            code = in_python(connection, claim, CaseRow.of(row), registry)
                            assert code == first(case.broken | {guard}, claim), (move.name, case)
                ask_claim(whole)
        connection.rollback()
    assert "role" in told


def test_the_table_says_in_which_order_a_move_is_refused() -> None:
    assert ORDER == [
        "definition", "version", "timer", "overtaken", "state", "role", "person", "subject",
        "own_case", "four_eyes", "reason", "rules", "checks",
    ]  # fmt: skip
    claimed = {guard.name for guard in GUARDS if guard.of_claim}
    assert claimed == {"role", "person", "reason"}
    assert {guard.name for guard in GUARDS if not guard.of_rows} == {*claimed, "checks"}
    unread = {guard.name for guard in GUARDS if not (guard.of_case or guard.of_claim)}
    assert unread == {"overtaken"}
