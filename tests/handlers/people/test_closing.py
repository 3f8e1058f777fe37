"""Closing an institution: by a document, from the lowest up, and nothing is entered there after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.kit.sentences import sentence_of
from handlers.lists.intake import Intake
from handlers.lists.sample import as_csv, sample_rows
from handlers.people import closing
from handlers.people.changes import DocumentShown
from handlers.people.register import find_institution
from states.kit.invalid import Invalid
from states.people.change import DataChange
from states.people.institution import Institution
from tests.handlers.lists.test_intake import TODAY, faults, read_staff_list, upload
from tests.kit.handlers.world import coordinator, officer, operator
from workflow.model.refusal import RoleNotAllowed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

SCHOOL = "TEST-16-01-1"


def wish(
    world: World, code: str = SCHOOL, became: str = closing.CLOSED
) -> closing.InstitutionClosing:
    with world.engine.database.connect() as connection:
        known = find_institution(connection, code)
    assert known is not None
    seen = closing.view_of(world.services.vault, known)
    proof = DocumentShown("employment_letter", "E-7", "arşiv 3")
    return closing.InstitutionClosing(
        became, date(2026, 3, 1), seen, proof, "Başka okulla birleşti"
    )


def test_a_closed_institution_has_its_day_and_can_be_opened_again(world: World) -> None:
    me = world.person()
    world.file(me, "first")
    left = closing.declare(world.engine, SCHOOL, officer(), wish(world))
    assert (left.persons, left.applications, left.below) == (1, 1, 0)
    [school] = world.all(Institution, code=SCHOOL)
    assert school.closed_on == date(2026, 3, 1)
    closing.declare(world.engine, SCHOOL, officer(), wish(world, became=closing.OPEN))
    [school] = world.all(Institution, code=SCHOOL)
    assert school.closed_on is None
    lines = world.all(DataChange)
    assert [(line.became, line.since, line.institution_id) for line in lines] == [
        ("closed", date(2026, 3, 1), school.id), ("open", date(2026, 3, 1), school.id),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"became": "merged"}, "became.missing"),
        ({"became": "open"}, "became.same"),
        ({"since": date(2999, 1, 1)}, "since.future"),
        ({"proof": DocumentShown("petition", "1", "arşiv")}, "proof.of_closing"),
        ({"proof": DocumentShown("court_order", "", "arşiv")}, "proof.missing"),
        ({"reason": ""}, "reason.missing"),
        ({"seen": "x"}, "institution.stale"),
    ],
)
def test_what_can_not_be_stated_changes_nothing(
    world: World, more: dict[str, object], code: str
) -> None:
    asked = replace(wish(world), **more)  # type: ignore[arg-type]  # any of its fields
    with pytest.raises(Invalid) as refused:
        closing.declare(world.engine, SCHOOL, officer(), asked)
    assert (refused.value.code, sentence_of(refused.value)[-1]) == (code, ".")
    assert world.all(DataChange) == []


def test_an_institution_with_open_ones_below_stays_open(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        closing.declare(world.engine, "TEST-16", officer(), wish(world, "TEST-16"))
    assert refused.value.code == "became.below"
    with pytest.raises(Invalid) as refused:
        closing.declare(world.engine, "NOWHERE", officer(), wish(world))
    assert refused.value.code == "institution.unknown"
    with pytest.raises(RoleNotAllowed):
        closing.declare(world.engine, SCHOOL, operator(), wish(world))


def test_a_list_brings_nobody_to_a_closed_institution_nor_one_below_it(world: World) -> None:
    rows = sample_rows(TODAY, 2)
    closed = {**rows[0], "institution_code": SCHOOL}
    below = {**rows[1], "institution_code": "TEST-NEW-1", "parent_code": SCHOOL}
    world.write("UPDATE institution SET closed_on = '2026-02-01' WHERE code = :c", c=SCHOOL)
    judged = Intake(world.engine, world.services.vault, coordinator()).judge(
        read_staff_list(as_csv([closed, below])).rows
    )
    assert {number: "01.02.2026" in said for number, said in judged.items()} == {2: True, 3: True}
    entered = upload(world, [closed, below])
    assert faults(entered) == [(2, "institution.closed"), (3, "institution.closed")]
    assert entered.persons == 0
