"""Scanning: an envelope leaves on one list, once, whole or not at all, and comes back the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handlers.kit.sentences import sentence_of
from handlers.papers import letters
from handlers.parcels import finding
from handlers.parcels.events import ReturnReason
from handlers.parcels.manifest import find_manifest
from handlers.parcels.scanning import codes_in, scan_all, scan_back, scan_out
from states.cases.application import Application
from states.cases.handover import Handover
from states.cases.parcel import Parcel
from states.kit.invalid import Invalid
from states.logs.journal import JournalEntry, RefusedAttempt
from tests.kit.handlers.paper import words_on_paper
from tests.kit.handlers.parcel_desk import begin_list, by_people, fill_house, number
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import officer, operator
from workflow.model.refusal import RoleNotAllowed, WrongState

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


@pytest.fixture(autouse=True)
def _scanned_by_people(world: World) -> None:
    by_people(world)


def refused(world: World, listing: int, code: str) -> str:
    with pytest.raises(Invalid) as caught:
        scan_out(world.engine, operator(), listing, code)
    assert sentence_of(caught.value).endswith(".")
    return caught.value.code


def test_a_scan_moves_list_application_and_parcel_together(world: World) -> None:
    [first, second] = fill_house(world, 2)
    listing = begin_list(world)
    world.clock.advance(seconds=5)
    out = scan_out(world.engine, operator(), listing.id, f" {second.tracking_number} ")
    assert (out.id, out.printed.town, out.state) == (second.id, "Iğdır", "booked")
    parcel = world.read(Parcel, second.id)
    assert (parcel.state, parcel.handover_id) == ("handed_over", listing.id)
    application = world.read(Application, second.application_id)
    assert (application.state, application.couriered_at) == ("couriered", world.clock.now())
    assert application.tracking_number == second.tracking_number
    assert world.read(Handover, listing.id).scanned == 1
    assert world.read(Parcel, first.id).state == "booked"
    entry = json.loads(world.all(JournalEntry, case_id=application.id)[-1].body)
    assert (entry["trigger"], entry["actor"]) == ("hand_to_courier", "user:7")


def test_our_own_reference_is_a_code_too_however_a_scanner_writes_it(world: World) -> None:
    [parcel] = fill_house(world, 1)
    listing = begin_list(world)
    out = scan_out(world.engine, operator(), listing.id, parcel.reference.replace("P", "p"))
    assert out.id == parcel.id


def test_a_second_scan_says_where_the_first_one_went(world: World) -> None:
    [parcel] = fill_house(world, 1)
    listing, other = begin_list(world), begin_list(world)
    scan_out(world.engine, operator(), listing.id, parcel.tracking_number)
    assert refused(world, listing.id, parcel.tracking_number) == "parcel.scanned_already"
    assert refused(world, other.id, parcel.tracking_number) == "parcel.out_already"
    assert [world.read(Handover, one.id).scanned for one in (listing, other)] == [1, 0]


def test_a_code_of_nobody_and_one_that_is_none_are_told(world: World) -> None:
    fill_house(world, 1)
    listing = begin_list(world)
    assert refused(world, listing.id, "YK99999999999999") == "parcel.unknown"
    assert refused(world, listing.id, "çizgi kod") == "tracking.number"
    assert refused(world, listing.id, "") == "tracking.number"


def test_a_list_of_yesterday_takes_nothing_and_nothing_half_done_stays(world: World) -> None:
    [parcel] = fill_house(world, 1)
    listing = begin_list(world)
    world.clock.advance(days=1)
    with denied("of_today"):
        scan_out(world.engine, operator(), listing.id, parcel.tracking_number)
    assert world.read(Parcel, parcel.id).state == "booked"
    assert world.state(parcel.application_id) == "booked"
    assert world.read(Handover, listing.id).scanned == 0
    [attempt] = world.all(RefusedAttempt)
    assert (attempt.case_id, attempt.trigger, attempt.code) == (listing.id, "scan", "of_today")


def test_what_the_application_refuses_is_taken_off_the_list_again(world: World) -> None:
    [parcel] = fill_house(world, 1)
    listing = begin_list(world)
    revoking = "UPDATE certificate SET state = 'revoked' WHERE person_id = :person"
    world.write(revoking, person=parcel.person_id)
    with denied("new_certificate_stands"):
        scan_out(world.engine, operator(), listing.id, parcel.tracking_number)
    assert world.read(Handover, listing.id).scanned == 0
    [attempt] = world.all(RefusedAttempt)
    assert (attempt.case_id, attempt.trigger) == (parcel.application_id, "hand_to_courier")


def test_a_closed_list_takes_nothing_and_an_empty_one_is_not_closed(world: World) -> None:
    [first, second] = fill_house(world, 2)
    listing = begin_list(world)
    with denied("something_scanned"):
        world.engine.fire(listing.id, "close", operator(), workflow="handover")
    scan_out(world.engine, operator(), listing.id, first.tracking_number)
    world.engine.fire(listing.id, "close", operator(), workflow="handover")
    with pytest.raises(WrongState):
        scan_out(world.engine, operator(), listing.id, second.tracking_number)
    assert world.read(Parcel, second.id).state == "booked"


def test_nobody_scans_who_is_no_operator(world: World) -> None:
    [parcel] = fill_house(world, 1)
    listing = begin_list(world)
    with pytest.raises(RoleNotAllowed):
        scan_out(world.engine, officer(), listing.id, parcel.tracking_number)


def test_a_file_of_scans_takes_what_it_can_and_tells_the_rest_in_its_order(world: World) -> None:
    fill_house(world, 3)
    listing = begin_list(world)
    codes = [number(2), "YK99999999999999", number(1), number(2)]
    answers = scan_all(world.engine, operator(), listing.id, codes)
    assert [one.parcel is not None for one in answers] == [True, False, True, False]
    assert [getattr(one.error, "code", None) for one in answers] == [
        None, "parcel.unknown", None, "parcel.scanned_already",
    ]  # fmt: skip
    with world.engine.database.connect() as connection:
        listed = finding.parcels_on(connection, listing.id)
        assert [one.tracking_number for one in listed] == [number(2), number(1)]
        assert finding.count_in_house(connection) == 1
        assert [one.tracking_number for one in finding.parcels_in_house(connection)] == [number(3)]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"AB-1\nAB-2\r\n\nAB-1\n", ["AB-1", "AB-2"]),
        (b'\xef\xbb\xbf"AB-1";30.11.2026;10:00\nAB-2\t1\nAB-3,x', ["AB-1", "AB-2", "AB-3"]),
    ],
)
def test_the_file_of_a_scanner_has_a_code_on_each_line(content: bytes, codes: list[str]) -> None:
    assert codes_in(content) == codes


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "scan_file.empty"),
        (b"\n ; \n", "scan_file.empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "scan_file.type"),
        (b"A\0B", "scan_file.type"),
        (b"A" * (256 * 1024 + 1), "scan_file.type"),
        ("\n".join(f"AB-{one}" for one in range(1001)).encode(), "scan_file.rows"),
    ],
)
def test_a_file_that_is_none_is_told_in_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        codes_in(content)
    assert caught.value.code == code
    assert sentence_of(caught.value).endswith(".")


def test_a_closed_list_has_its_manifest_once_and_in_the_order_of_the_scans(world: World) -> None:
    fill_house(world, 3)
    listing = begin_list(world)
    for place in (3, 1):
        scan_out(world.engine, operator(), listing.id, number(place))
    with world.engine.database.connect() as connection:
        assert find_manifest(connection, listing.id) is None
    world.engine.fire(listing.id, "close", operator(), workflow="handover")
    closed = world.clock.now()
    world.clock.advance(minutes=5)
    assert world.run_effects("manifest.draw") == ["manifest.draw"]
    with world.engine.database.connect() as connection:
        manifest = find_manifest(connection, listing.id)
    assert manifest is not None
    assert (manifest.code, manifest.person_id, manifest.created_at) == ("KL.01", None, closed)
    words = words_on_paper(manifest.content)
    assert f"Liste numarası {listing.reference}" in words
    assert f"Kapanış {letters.local_time(closed)}" in words
    assert words.index(number(3)) < words.index(number(1))
    assert number(2) not in words
    world._done.clear()  # noqa: SLF001 - as a worker that died after it
    world.run_effects("manifest.draw")
    assert len(world.all(type(manifest), kind="courier_manifest")) == 1


def sent(world: World) -> Parcel:
    [parcel] = fill_house(world, 1)
    scan_out(world.engine, operator(), begin_list(world).id, parcel.tracking_number)
    return parcel


def test_a_return_closes_the_parcel_for_its_reason(world: World) -> None:
    parcel = sent(world)
    back = scan_back(world.engine, operator(), parcel.tracking_number, ReturnReason.MOVED)
    assert back.application_id == parcel.application_id
    assert world.read(Parcel, parcel.id).state == "returned"
    assert world.state(parcel.application_id) == "courier_returned"
    entry = json.loads(world.all(JournalEntry, case_id=parcel.application_id)[-1].body)
    assert entry["reason"] == "Taşınmış"
    with pytest.raises(Invalid) as caught:
        scan_back(world.engine, operator(), parcel.tracking_number, ReturnReason.MOVED)
    assert sentence_of(caught.value).startswith("Bu gönderi kapanmış (geri döndü)")
    assert refused(world, begin_list(world).id, parcel.tracking_number) == "parcel.ended"


def test_what_never_left_does_not_come_back(world: World) -> None:
    [parcel] = fill_house(world, 1)
    for code, said in ((parcel.tracking_number, "parcel.not_out"), ("AB-12", "parcel.unknown")):
        with pytest.raises(Invalid) as caught:
            scan_back(world.engine, operator(), code, ReturnReason.ABSENT)
        assert caught.value.code == said
