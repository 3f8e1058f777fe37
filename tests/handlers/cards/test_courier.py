"""The courier: booked once, numbered, handed to the holder and to nobody else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from handlers.kit import courier_service
from handlers.kit.courier_service import Booking, CourierRefused, LocalCourier, Redelivery
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.cases.shipment import Shipment
from states.logs.journal import JournalEntry
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, operator
from workflow.model.request import Request


@pytest.fixture
def case(world: World) -> int:
    """Give an application whose card is made and not yet with the courier."""
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case_id = world.file(me, "renewal", held.certificate_id)
    world.choose(case_id, me, "e_onay")
    world.engine.fire(case_id, "start_production", operator())
    world.run_effects("production.make")
    assert world.state(case_id) == "produced"
    return case_id


def test_a_booked_parcel_leaves_the_house_with_its_number(world: World, case: int) -> None:
    assert world.run_effects("courier.book") == ["courier.book"]
    assert (world.state(case), world.read(Application, case).couriered_at) == ("booked", None)
    assert world.run_effects("courier.scan_out") == ["courier.scan_out"]
    application = world.read(Application, case)
    [shipment] = world.all(Shipment)
    assert application.state == "couriered"
    assert application.tracking_number == shipment.tracking_number
    assert application.couriered_at == world.clock.now()
    assert shipment.case_id == case


def test_the_same_key_is_the_same_parcel(world: World) -> None:
    courier = LocalCourier(world.engine.database)
    numbers = [
        courier.book(Booking(key, 1, "A", "B"), world.clock.now())
        for key in ("1/2/courier.book", "1/2/courier.book", "1/3/courier.book")
    ]
    assert numbers[0] == numbers[1] != numbers[2]
    assert len(world.all(Shipment)) == 2
    assert all(len(number) == 16 and number.startswith("YK") for number in numbers)


def test_two_parcels_never_share_a_number_of_the_house(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_service, "tracking_number_of", lambda _: "YK1")
    courier = LocalCourier(world.engine.database)
    courier.book(Booking("1/2/courier.book", 1, "A", "B"), world.clock.now())
    with pytest.raises(LookupError, match="1/3/courier.book"):
        courier.book(Booking("1/3/courier.book", 1, "A", "B"), world.clock.now())
    assert [row.key for row in world.all(Shipment)] == ["1/2/courier.book"]


class Silent:
    """A courier that takes parcels and gives no number."""

    def book(self, _parcel: Booking, _now: object) -> str:
        """Give nothing to find the parcel by."""
        return " "

    def recall(self, _tracking_number: str, _now: object) -> None:
        """Bring nothing back."""

    def redeliver(self, _wish: Redelivery, _now: object) -> None:
        """Go nowhere else."""


@pytest.mark.parametrize("way", ["again", "by hand"])
def test_a_booking_that_can_not_count_waits_for_an_operator(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(world.engine, "services", replace(world.services, courier=Silent()))
        world.run_effects("courier.book", "courier.scan_out")
    assert world.state(case) == "not_booked"
    if way == "again":
        assert world.engine.fire(case, "book_again", operator()).state == "produced"
        world.run_effects("courier.book", "courier.scan_out")
    else:
        number = {"tracking_number": "YK1"}
        world.engine.fire(case, "note_booking", operator(), number)
        world.run_effects("courier.scan_out")
    assert world.state(case) == "couriered"


class Choosy:
    """A courier that does not take a parcel, however often it is asked."""

    def book(self, _parcel: Booking, _now: object) -> str:
        """Refuse."""
        raise CourierRefused(reason="bölge dışı")

    def recall(self, _tracking_number: str, _now: object) -> None:
        """Bring nothing back."""

    def redeliver(self, _wish: Redelivery, _now: object) -> None:
        """Go nowhere else."""


def test_a_parcel_that_the_courier_refuses_waits_for_an_operator_with_its_words(
    world: World, case: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(world.engine, "services", replace(world.services, courier=Choosy()))
        world.run_effects("courier.book", "courier.scan_out")
    assert world.state(case) == "not_booked"
    bodies = [json.loads(entry.body) for entry in world.all(JournalEntry, case_id=case)]
    assert [(body["trigger"], body["reason"]) for body in bodies][-1] == (
        "booking_failed", "Kurye gönderiyi kabul etmedi: bölge dışı",
    )  # fmt: skip
    assert world.engine.fire(case, "book_again", operator()).state == "produced"
    world.run_effects("courier.book", "courier.scan_out")
    assert world.state(case) == "couriered"


@pytest.mark.parametrize("tracking", [None, "", "  ", 5])
def test_nothing_leaves_without_a_tracking_number(
    world: World, case: int, tracking: object
) -> None:
    with denied("courier.no_tracking_number"):
        world.engine.fire(case, "note_booking", operator(), {"tracking_number": tracking})


def test_a_number_typed_by_an_operator_is_kept_without_blanks(world: World, case: int) -> None:
    world.engine.fire(case, "note_booking", operator(), {"tracking_number": " YK1 "})
    world.run_effects("courier.scan_out")
    assert world.read(Application, case).tracking_number == "YK1"


@pytest.mark.parametrize("handed_to", [None, "neighbour", ""])
def test_the_card_is_given_to_its_holder_only(world: World, case: int, handed_to: object) -> None:
    world.run_effects("courier.book", "courier.scan_out")
    with denied("courier.not_to_holder"):
        world.engine.fire(
            case, "deliver", operator(), {**world.handed_over(), "handed_to": handed_to}
        )
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    assert world.state(case) == "delivered"


def test_a_card_that_came_back_may_go_out_again_under_a_new_number(world: World, case: int) -> None:
    world.run_effects("courier.book", "courier.scan_out")
    world.engine.fire(case, "courier_return", operator(), reason="adreste yok")
    first = world.read(Application, case).tracking_number
    assert world.engine.fire(case, "send_again", operator()).state == "produced"
    world.run_effects("courier.book", "courier.scan_out")
    application = world.read(Application, case)
    assert (application.state, application.sendings) == ("couriered", 2)
    assert application.tracking_number != first


def revoke_new(world: World, case: int) -> None:
    certificate = world.read(Application, case).certificate_id
    assert certificate is not None
    world.engine.fire(certificate, "revoke", SYSTEM, reason="gerek kalmadı")


def test_a_card_whose_certificate_is_revoked_does_not_leave_the_house(
    world: World, case: int
) -> None:
    revoke_new(world, case)
    with denied("new_certificate_stands"):
        world.engine.fire(case, "note_booking", operator(), {"tracking_number": "YK1"})
    world.run_effects("courier.book", "courier.scan_out")
    assert world.state(case) == "not_booked"


def test_a_card_whose_certificate_is_revoked_is_not_delivered(world: World, case: int) -> None:
    world.run_effects("courier.book", "courier.scan_out")
    revoke_new(world, case)
    with denied("new_certificate_stands"):
        world.engine.fire(case, "deliver", operator(), world.handed_over())
    assert world.state(case) == "recalled"


def test_a_card_on_its_way_is_called_back_when_its_certificate_is_revoked_and_its_holder_told(
    world: World, case: int
) -> None:
    world.run_effects("courier.book", "courier.scan_out")
    revoke_new(world, case)
    entry = json.loads(world.all(JournalEntry, case_id=case)[-1].body)
    assert (entry["trigger"], entry["role"]) == ("recall", "system")
    assert entry["reason"] == "certificate_gone"
    world.run_effects()
    [told] = [row for row in world.all(Notice) if row.template == "recalled"]
    assert "Karttaki sertifika artık geçerli değil" in told.text
    world.engine.fire(case, "courier_return", operator(), reason="geri geldi")
    assert world.engine.fire(case, "scrap", operator(), reason="unusable").state == (
        "production_stopped"
    )


@pytest.mark.parametrize("move", ["report_lost", "destroy_card", "recall"])
def test_a_revocation_that_follows_from_the_card_calls_nothing_back(
    world: World, case: int, move: str
) -> None:
    world.run_effects("courier.book", "courier.scan_out")
    if move == "destroy_card":
        world.engine.fire(case, "courier_return", operator(), reason="adreste yok")
    moved = world.engine.fire(case, move, operator(), reason="other: TEST")
    if move == "recall":
        revoke_new(world, case)
    assert world.read(Application, case).version == moved.version


def test_a_card_whose_certificate_has_ended_is_not_delivered_the_last_moment_counts(
    world: World, case: int
) -> None:
    world.run_effects("courier.book", "courier.scan_out")
    certificate = world.read(Certificate, world.read(Application, case).certificate_id)
    assert certificate.ends_at is not None
    assert certificate.ends_at == certificate.not_after
    world.clock.set(certificate.ends_at)
    with denied("new_certificate_stands"):
        world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.clock.advance(seconds=-1)
    moved = world.engine.fire(case, "deliver", operator(), world.handed_over())
    assert moved.state == "delivered"


def test_a_lost_card_is_made_again_for_the_same_application(world: World, case: int) -> None:
    world.run_effects("courier.book", "courier.scan_out")
    lost = world.read(Application, case).certificate_id
    world.engine.fire(case, "report_lost", operator(), reason="araç kazası")
    world.clock.advance(days=2)
    moved = world.engine.fire(case, "make_again", operator(), reason="by_courier")
    application = world.read(Application, case)
    assert (moved.state, application.certificate_id) == ("production_stopped", None)
    assert (application.tracking_number, application.sendings) == (None, 0)
    world.engine.fire(case, "resume_production", operator())
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    again = world.read(Application, case)
    assert again.state == "couriered"
    assert again.certificate_id not in {None, lost}
    told = [row.template for row in world.all(Notice)]
    assert told.count("lost") == told.count("made_again") == 1


def test_a_lost_card_is_not_made_again_beside_another_application_for_it(
    world: World, case: int
) -> None:
    world.run_effects("courier.book", "courier.scan_out")
    world.engine.fire(case, "report_lost", operator(), reason="araç kazası")
    lost = world.read(Application, case)
    other = world.file(lost.person_id, "renewal", lost.old_certificate_id)
    with denied("form.other_open", reference=world.read(Application, other).reference):
        world.engine.fire(case, "make_again", operator(), reason="by_courier")
    assert world.state(case) == "lost"


def test_asking_needs_neither_number_nor_receiver(world: World, case: int) -> None:
    world.engine.rehearse(case, Request("note_booking", SYSTEM))
    world.run_effects("courier.book", "courier.scan_out")
    world.engine.rehearse(case, Request("deliver", operator()))
