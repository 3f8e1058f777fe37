"""What an owner of the database changes of parcels and hand-over lists is found by a proof."""

from __future__ import annotations

import pytest

from handlers.cards import scanning
from states.cases.application import Application
from tests.kit.handlers.courier.parcels import booked, parcel_of, where_people_scan
from tests.kit.handlers.world import ISMAIL, World, operator
from workflow.journal.conformance import conform


@pytest.fixture
def desk(world: World) -> World:
    """Give an office with a parcel on a list, tried once, and one that waits in the house."""
    people = where_people_scan(world)
    list_id = scanning.begin_list(people.engine, operator())
    case = booked(people)
    code = parcel_of(people, case).tracking_number
    assert scanning.scan_out(people.engine, list_id, code, operator()).counts
    people.engine.fire(case, "note_attempt", operator(), reason="absent")
    booked(people, ISMAIL, "Iraksak")
    return people


def found(world: World) -> set[str]:
    """Return what a proof says of parcels and lists."""
    differences = conform(world.engine.database, world.engine.library).differences
    samples = [str(sample).partition(": ")[2] for one in differences for sample in one.samples]
    mine = ("parcel", "handover", "application booked", "application awaiting", "application couri")
    return {sample for sample in samples if sample.startswith(mine)}


def test_parcels_as_they_were_kept_are_in_order(desk: World) -> None:
    assert found(desk) == set()
    assert {row.state for row in desk.all(Application)} == {"awaiting_collection", "booked"}


_BOOKED = "parcel application_id, person_id, tracking_number"
_LIST = "handover begun_on, scanned, parcels"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE parcel SET tracking_number = 'YK9' WHERE state = 'booked'", {_BOOKED}),
        (("UPDATE parcel SET person_id = (SELECT max(person_id) FROM application)"
         " WHERE state = 'handed_over'"), {_BOOKED}),
        ("UPDATE parcel SET handover_id = NULL", {"parcel handover_id", _LIST}),
        (("UPDATE parcel SET handover_id = (SELECT id FROM handover) WHERE state = 'booked'"),
         {"parcel handover_id", _LIST}),
        ("UPDATE parcel SET attempts = 0", {"parcel attempts"}),
        ("UPDATE handover SET scanned = 2", {_LIST}),
        ("UPDATE handover SET begun_on = begun_on - 1", {_LIST}),
        ("UPDATE parcel SET state = 'dropped' WHERE state = 'booked'",
         {"application booked, parcel dropped"}),
        ("UPDATE parcel SET state = 'lost' WHERE state = 'handed_over'",
         {"application awaiting_collection, parcel lost"}),
    ],
)  # fmt: skip
def test_each_change_of_a_row_is_found(desk: World, change: str, says: set[str]) -> None:
    desk.write(change)
    assert found(desk) == says
