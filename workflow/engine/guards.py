"""The guards of a move: one table of what may refuse it, in order, read in Python and in SQL.

A case that is locked is asked in Python, a set (or a case that one statement moves) in SQL. Both
readings of a guard stand side by side here and nowhere else; ``tests/workflow/engine/
test_guards.py`` breaks each guard, and each two at once, and wants one answer from both.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from workflow.engine.four_eyes import earlier_sql
from workflow.engine.permission import MoveClaim
from workflow.model.actor import Actor
from workflow.model.machine import sources_of
from workflow.model.refusal import (
    DefinitionMissing,
    NotTheSubject,
    OwnCase,
    PersonUnknown,
    ReasonMissing,
    RoleNotAllowed,
    RuleFailed,
    SamePerson,
    StaleVersion,
    WorkflowError,
    WrongState,
)
from workflow.model.request import Request
from workflow.rules.evaluation import facts_of, judge, rule_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workflow.engine.attempt import Attempt
    from workflow.model.definition import Definition, Transition
    from workflow.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class RefusalArm:
    """One reason to refuse a row: SQL over alias ``c`` that is true of it, and the code."""

    test: str
    code: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement is made for: a move, of one case or of ``many``."""

    definition: Definition
    move: Transition
    many: bool


@dataclass(frozen=True, slots=True)
class MoveGuard:
    """One thing that may refuse a move.

    ``concerns`` says whether a claim is asked about it at all. It has a reading ``of_claim`` when
    it is the same for every case; else ``of_case`` reads a locked case (the refusal is raised) and
    ``of_rows`` gives the SQL that reads the rows of a statement.
    """

    name: str
    refusal: type[WorkflowError]
    concerns: Callable[[MoveClaim], bool]
    of_claim: Callable[[MoveClaim], object] | None = None
    of_case: Callable[[Attempt], None] | None = None
    of_rows: Callable[[Rows], Iterator[RefusalArm]] | None = None


def ask_claim(claim: MoveClaim) -> None:
    """Raise what refuses a claim whatever the case; a statement is asked about the rest."""
    for concerns, of_claim in _OF_CLAIM:
        if concerns(claim):
            of_claim(claim)


def ask_case(attempt: Attempt) -> None:
    """Raise the first refusal of a move of one case; collect the answers of rules and checks."""
    claim = attempt.claim
    for guard in GUARDS:
        if guard.of_case is not None and guard.concerns(claim):
            guard.of_case(attempt)
        elif guard.of_claim is not None and guard.concerns(claim):
            guard.of_claim(claim)


def guards_of_rows(claim: MoveClaim) -> tuple[str, ...]:
    """Return the names of the guards that a statement for this claim asks of each row."""
    return _row_guards(claim.definition, claim.move.name, claim.role.name, claim.seen, claim.timed)


@lru_cache(maxsize=4096)
def _row_guards(
    definition: Definition,
    trigger: str,
    role: str,
    seen: bool,  # noqa: FBT001 - a key, as the next
    timed: bool,  # noqa: FBT001 - the same
) -> tuple[str, ...]:
    anybody = Request(trigger, Actor("", frozenset({role}), ""))
    claim = MoveClaim(definition, definition.transitions[trigger], anybody, seen, timed)
    return tuple(
        guard.name for guard in GUARDS if guard.of_rows is not None and guard.concerns(claim)
    )


def refusal_sql(rows: Rows, names: tuple[str, ...]) -> str:
    """Return the SQL of the code that refuses a row of alias ``c``, NULL for one that may move.

    ``names`` are the guards to ask, see ``guards_of_rows``.
    """
    arms = (
        arm
        for guard in GUARDS
        if guard.of_rows is not None and guard.name in names
        for arm in guard.of_rows(rows)
    )
    return "CASE " + " ".join(f"WHEN {arm.test} THEN '{arm.code}'" for arm in arms) + " END"


# Each guard's readings, in the order of the table below.


def _always(_claim: MoveClaim) -> bool:
    return True


def _definition(attempt: Attempt) -> None:
    pinned = attempt.row.definition
    if pinned != attempt.claim.definition.sha256:
        raise DefinitionMissing(definition=pinned, missing=[])


def _definition_sql(_rows: Rows) -> Iterator[RefusalArm]:
    yield RefusalArm("c.definition <> :definition", DefinitionMissing.code)


def _version(attempt: Attempt) -> None:
    seen, version = attempt.claim.request.seen_version, attempt.row.version
    if seen != version:
        raise StaleVersion(trigger=attempt.claim.move.name, seen=seen, version=version)


# Read once into a hash table, so that a set costs no more for it than its size.
_SEEN_EACH = (
    "(c.id, c.version) NOT IN (SELECT w.id, w.seen FROM"
    " unnest(CAST(:ids AS bigint[]), CAST(:seen AS integer[])) w(id, seen))"
)


def _version_sql(rows: Rows) -> Iterator[RefusalArm]:
    yield RefusalArm(_SEEN_EACH if rows.many else "c.version <> :seen", StaleVersion.code)


def _timer(attempt: Attempt) -> None:
    """Refuse a timer that rings no more: somebody was faster."""
    timer, row = attempt.claim.request.timer, attempt.row
    if timer and (row.state != timer.state or row.due_at is None or row.due_at > timer.as_of):
        raise StaleVersion(trigger=attempt.claim.move.name, seen=None, version=row.version)


def _timer_sql(_rows: Rows) -> Iterator[RefusalArm]:
    rings = "(c.state = :timer_state AND c.due_at <= :timer_as_of)"
    yield RefusalArm(f"{rings} IS NOT TRUE", StaleVersion.code)


def _looks_elsewhere(claim: MoveClaim) -> bool:
    """Say whether a guard reads other rows than the case's own."""
    return claim.four_eyes or _facts_elsewhere(claim.definition, claim.move.name)


@lru_cache(maxsize=1024)
def _facts_elsewhere(definition: Definition, trigger: str) -> bool:
    rules = definition.transitions[trigger].rules
    read = {name for rule in rules for name in facts_of(definition, rule)}
    return any(definition.facts[name].elsewhere for name in read)


def _overtaken_sql(rows: Rows) -> Iterator[RefusalArm]:
    """Refuse a row that moved while the statement waited for its lock.

    The row is read as it is once it is locked, everything else as it was when the statement began:
    the new row would be judged by old entries (four eyes!) and old facts. Who locks a case first
    and then reads (``workflow/engine/cases.py``) needs no such guard.
    """
    then = f"SELECT s.version FROM {rows.definition.table} s WHERE s.id = c.id"
    yield RefusalArm(f"c.version IS DISTINCT FROM ({then})", StaleVersion.code)


def _state(attempt: Attempt) -> None:
    move = attempt.claim.move
    if attempt.state not in sources_of(attempt.claim.definition, move.name):
        raise WrongState(trigger=move.name, state=attempt.state)


def _state_sql(rows: Rows) -> Iterator[RefusalArm]:
    sources = ", ".join(f"'{state}'" for state in sources_of(rows.definition, rows.move.name))
    yield RefusalArm(f"c.state NOT IN ({sources})", WrongState.code)


def _keeps_apart(claim: MoveClaim) -> bool:
    return (claim.move.not_subject or bool(claim.move.not_by)) and claim.personal


def _person(claim: MoveClaim) -> None:
    if claim.request.actor.person_id is None:
        raise PersonUnknown(trigger=claim.move.name)


def _subject(attempt: Attempt) -> None:
    person = attempt.claim.request.actor.person_id
    if person is None or attempt.subject != person:
        raise NotTheSubject(trigger=attempt.claim.move.name)


def _subject_sql(rows: Rows) -> Iterator[RefusalArm]:
    yield RefusalArm(f"(c.{rows.definition.subject} = :person) IS NOT TRUE", NotTheSubject.code)


def _own_case(attempt: Attempt) -> None:
    if attempt.subject == attempt.claim.request.actor.person_id:
        raise OwnCase(trigger=attempt.claim.move.name)


def _own_case_sql(rows: Rows) -> Iterator[RefusalArm]:
    yield RefusalArm(f"c.{rows.definition.subject} = :person", OwnCase.code)


def _four_eyes(attempt: Attempt) -> None:
    earlier = attempt.earlier()
    if earlier:
        raise SamePerson(trigger=attempt.claim.move.name, earlier=sorted(earlier))


def _four_eyes_sql(rows: Rows) -> Iterator[RefusalArm]:
    yield RefusalArm(f"EXISTS ({earlier_sql(rows.definition, rows.move.name)})", SamePerson.code)


def _reason(attempt: Attempt) -> None:
    """Hand the reason on as the journal keeps it; who only asks has none yet."""
    reason = attempt.claim.reason
    if not attempt.context.rehearsal:
        attempt.context.reason = reason


def _rules(attempt: Attempt) -> None:
    for rule in attempt.claim.move.rules:
        verdict = judge(attempt.claim.definition, rule, attempt.facts)
        attempt.rules[rule] = verdict.answer.value
        _demand(attempt, verdict)


def _rules_sql(rows: Rows) -> Iterator[RefusalArm]:
    for rule in rows.move.rules:
        yield RefusalArm(f"({rule_sql(rows.definition, rule)}) IS NOT TRUE", rule)


def _checks(attempt: Attempt) -> None:
    for check in attempt.claim.move.check:
        verdict = attempt.answer(check)
        attempt.checks[check] = verdict.answer.value
        _demand(attempt, verdict)


def _demand(attempt: Attempt, verdict: Verdict) -> None:
    if not verdict.allows:
        raise RuleFailed(verdict, trigger=attempt.claim.move.name)


GUARDS = (
    MoveGuard("definition", DefinitionMissing, _always,
              of_case=_definition, of_rows=_definition_sql),
    MoveGuard("version", StaleVersion, lambda c: c.seen, of_case=_version, of_rows=_version_sql),
    MoveGuard("timer", StaleVersion, lambda c: c.timed, of_case=_timer, of_rows=_timer_sql),
    MoveGuard("overtaken", StaleVersion, _looks_elsewhere, of_rows=_overtaken_sql),
    MoveGuard("state", WrongState, _always, of_case=_state, of_rows=_state_sql),
    MoveGuard("role", RoleNotAllowed, _always, of_claim=lambda c: c.role),
    MoveGuard("person", PersonUnknown, _keeps_apart, of_claim=_person),
    MoveGuard("subject", NotTheSubject, lambda c: c.role.subject_only,
              of_case=_subject, of_rows=_subject_sql),
    MoveGuard("own_case", OwnCase, lambda c: c.move.not_subject and c.personal,
              of_case=_own_case, of_rows=_own_case_sql),
    MoveGuard("four_eyes", SamePerson, lambda c: c.four_eyes,
              of_case=_four_eyes, of_rows=_four_eyes_sql),
    MoveGuard("reason", ReasonMissing, _always, of_claim=lambda c: c.reason, of_case=_reason),
    MoveGuard("rules", RuleFailed, lambda c: bool(c.move.rules),
              of_case=_rules, of_rows=_rules_sql),
    MoveGuard("checks", RuleFailed, lambda c: bool(c.move.check), of_case=_checks),
)  # fmt: skip
"""What may refuse a move, the most basic first: so the first that refuses is what is told."""

_OF_CLAIM = tuple((guard.concerns, guard.of_claim) for guard in GUARDS if guard.of_claim)
