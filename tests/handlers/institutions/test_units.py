"""The support unit that counts: the newest approved one of the nearest institution that has any."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

import pytest

from handlers.institutions import support
from handlers.institutions.units import SupportUnit, ancestors, line_of, unit_of
from handlers.people.register import enter_user, find_institution
from states.logs.journal import JournalEntry
from states.people.institution import Institution
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import administrator, coordinator, open_account

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

STATES = ("approved", "approved", "refused", "withdrawn")

_MADE = """
INSERT INTO support_change (institution_id, unit, phone, definition, state, version, head,
    entered_at, created_at)
SELECT :place, CAST(:unit AS text), CASE WHEN CAST(:unit AS text) IS NULL THEN NULL ELSE '1' END,
    d.sha256, :state, 1, '\\x00', :now, :now
FROM (SELECT sha256 FROM definition WHERE workflow = 'support_change' LIMIT 1) d
"""


def counting(world: World, place: int) -> SupportUnit | None:
    """Return the support unit that counts for an institution."""
    with world.engine.database.connect() as connection:
        return unit_of(connection, place)


def place(world: World, code: str) -> int:
    """Return the id of an institution."""
    with world.engine.database.connect() as connection:
        found = find_institution(connection, code)
    assert found is not None
    return found.id


def test_any_history_of_proposals_leaves_the_unit_that_the_rules_name(world: World) -> None:
    draw, named = Random(11), dict[int, str | None]()
    every = world.all(Institution)
    ids = {row.path: row.id for row in every}
    for number in range(40):
        chosen, state = draw.choice(every).id, draw.choice(STATES)
        unit = draw.choice((f"Birim {number}", f"Büro {number}", None))
        now = world.clock.now()
        world.write(_MADE, place=chosen, unit=unit, state=state, now=now)
        if state == "approved":
            named[chosen] = unit
        for row in every:
            above = [ids[path] for path in ancestors(row.path)]
            home = next((one for one in above if named.get(one)), None)
            found = counting(world, row.id)
            assert (found and found.institution_id) == home, row.code
            assert (found and found.unit) == (named[home] if home else None)
    assert len({counting(world, row.id) for row in every}) > 2


@pytest.mark.parametrize(
    ("phone", "email", "line"),
    [
        ("+90 224 1", "a@o", "\nDestek / Support: Büro · +90 224 1 · a@o\n"),
        (None, "a@o", "\nDestek / Support: Büro · a@o\n"),
        ("+90 224 1", None, "\nDestek / Support: Büro · +90 224 1\n"),
    ],
)
def test_a_line_names_the_unit_and_each_way_to_reach_it(
    world: World, phone: str | None, email: str | None, line: str
) -> None:
    here = place(world, "TEST-16")
    world.write(_MADE, place=here, unit="Büro", state="approved", now=world.clock.now())
    world.write(
        "UPDATE support_change SET phone = :phone, email = :email", phone=phone, email=email
    )
    with world.engine.database.connect() as connection:
        assert line_of(connection, place(world, "TEST-16-01-1")) == line
        assert line_of(connection, place(world, "TEST-06")) == ""


def test_who_answers_is_the_coordinator_of_the_institution_or_of_one_above(world: World) -> None:
    codes = ("TEST", "TEST-16", "TEST-16-01", "TEST-16-01-1", "TEST-16-02", "TEST-06")
    now = world.clock.now()
    with world.engine.database.begin() as connection:
        users = {
            code: enter_user(
                connection, code, ["coordinator"], now, institution_id=place(world, code)
            )
            for code in codes
        }
        nowhere = enter_user(connection, "Nowhere", ["coordinator"], now)
    here = place(world, "TEST-16-01")

    def answering() -> set[str]:
        with world.engine.database.connect() as connection:
            assert not support.answers_for(connection, f"user:{nowhere}", here)
            return {
                code
                for code, number in users.items()
                if support.answers_for(connection, f"user:{number}", here)
            }

    assert answering() == {"TEST", "TEST-16", "TEST-16-01"}
    gone = users["TEST"]
    world.write("UPDATE office_user SET active = false WHERE id = :gone", gone=gone)
    assert answering() == {"TEST-16", "TEST-16-01"}


@pytest.fixture
def heads(world: World) -> list[Actor]:
    """Give two administrators."""
    with world.engine.database.begin() as connection:
        now = world.clock.now()
        numbers = [
            open_account(connection, name, "administrator", now, subject=f"sub-{name}")
            for name in ("Yaprak", "Sevgi")
        ]
    return [administrator(number) for number in numbers]


def propose(world: World, who: Actor, code: str = "TEST-16-01", **other: object) -> int:
    """Propose a unit."""
    values = {
        "institution_id": place(world, code), "unit": "Büro", "phone": "1", "email": None,
        "person_id": None, **other,
    }  # fmt: skip
    return world.engine.open(support.WORKFLOW, "propose", who, values, reason="Yeni")


def test_what_is_proposed_stands_in_the_journal_by_its_hash(
    world: World, heads: list[Actor]
) -> None:
    propose(world, heads[0])
    propose(world, heads[0], "TEST-16-02", phone=None, email="a@o")
    said = [json.loads(row.body)["details"]["sha256"] for row in world.all(JournalEntry)
            if row.workflow == support.WORKFLOW]  # fmt: skip
    assert said == [sha256(part.encode()).hexdigest() for part in ("Büro\x001\0", "Büro\0\0a@o")]


def test_another_number_alone_is_a_change_and_the_same_again_is_none(
    world: World, heads: list[Actor]
) -> None:
    for change in ({}, {"phone": "2"}, {"email": "a@o"}, {"unit": "Başka"}):
        case = propose(world, heads[0], **change)
        assert support_under_way(world) == case
        decide(world, case, heads[1])
        assert support_under_way(world) is None
        with denied("support.no_change"):
            propose(world, heads[1], **change)


def test_what_counts_above_may_be_named_below_as_ones_own(world: World, heads: list[Actor]) -> None:
    decide(world, propose(world, heads[0], "TEST-16"), heads[1])
    decide(world, propose(world, heads[0], "TEST-16-01"), heads[1])
    found = counting(world, place(world, "TEST-16-01-1"))
    assert found == SupportUnit(place(world, "TEST-16-01"), "Büro", "1", None)
    with denied("support.no_change"):
        propose(world, heads[0], "TEST-16-01-1", unit=None, phone=None)


def test_an_administrator_who_left_has_proposed_nothing(world: World, heads: list[Actor]) -> None:
    case = propose(world, heads[0])
    gone = int(heads[0].name.partition(":")[2])
    world.write("UPDATE office_user SET active = false WHERE id = :gone", gone=gone)
    with denied("support.proposer_left"):
        decide(world, case, heads[1])
    with denied("support.not_yours"):
        propose(world, replace(coordinator(424_242), person_id=None), "TEST-16-02")


def test_a_closed_institution_gets_no_new_unit(world: World, heads: list[Actor]) -> None:
    world.write("UPDATE institution SET closed_on = '2026-03-02' WHERE code = 'TEST-16-01'")
    with denied("support.closed"):
        propose(world, heads[0])
    assert propose(world, heads[0], "TEST-16-01-1")


def decide(world: World, case: int, who: Actor) -> None:
    """Approve a proposal."""
    world.engine.fire(case, "approve", who, reason="Karar", workflow=support.WORKFLOW)


def support_under_way(world: World) -> int | None:
    """Return the proposal for the district that waits."""
    here = place(world, "TEST-16-01")
    with world.engine.database.connect() as connection:
        return support.under_way(connection, here)
