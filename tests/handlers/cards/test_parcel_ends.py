"""The ends of a parcel: delivered, tried in vain, called back, returned, lost, not sent at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.cards import scanning
from handlers.cards.payloads import Delivery
from handlers.cards.scanning import ScanAnswer
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from tests.kit.handlers.courier.parcels import (
    booked,
    chip_of,
    made,
    newest_entry,
    parcel_of,
    scan,
)
from tests.kit.handlers.stock import fill_stock
from tests.kit.handlers.world import SYSTEM, World, applicant, operator
from workflow.model.refusal import SamePerson

if TYPE_CHECKING:
    from workflow.model.context import Payload


@pytest.fixture
def sent(desk: World) -> int:
    """Give an application whose parcel was scanned out, its card from the stock."""
    fill_stock(desk, "K1", "0001", 2)
    case = booked(desk)
    code = parcel_of(desk, case).tracking_number
    scanning.enclose(desk.engine, code, operator())
    list_id = scanning.begin_list(desk.engine, operator())
    assert scan(desk, list_id, code) is ScanAnswer.TAKEN
    desk.clock.advance(hours=3)
    return case


def handed(desk: World) -> Payload:
    return Delivery("holder", "passport", "U1234567", "Kurye 7", desk.clock.now()).payload()


def test_a_parcel_that_was_delivered_does_not_come_back(desk: World, sent: int) -> None:
    code = parcel_of(desk, sent).tracking_number
    desk.engine.fire(sent, "deliver", operator(8), handed(desk))
    assert desk.state(sent) == "delivered"
    assert (parcel_of(desk, sent).state, chip_of(desk, sent).state) == ("delivered", "delivered")
    late = scanning.take_back(desk.engine, code, "absent", operator(8))
    assert (late.answer, late.parcel_state) == (ScanAnswer.ENDED, "delivered")
    assert desk.state(sent) == "delivered"


def test_who_scanned_a_parcel_out_does_not_tell_its_delivery(desk: World, sent: int) -> None:
    with pytest.raises(SamePerson):
        desk.engine.fire(sent, "deliver", operator(), handed(desk))
    assert (desk.state(sent), parcel_of(desk, sent).state) == ("couriered", "handed_over")


def test_a_parcel_comes_back_by_its_code_and_goes_out_as_another_one(
    desk: World, sent: int
) -> None:
    first = parcel_of(desk, sent)
    code = first.tracking_number
    found = scanning.take_back(desk.engine, code, "wrong_address", operator())
    assert (found.answer, found.parcel_state) == (ScanAnswer.TAKEN, "returned")
    assert desk.state(sent) == "courier_returned"
    assert chip_of(desk, sent).state == "returned"
    assert newest_entry(desk, first.id)["reason"] == "wrong_address"
    again = scanning.take_back(desk.engine, code, "absent", operator())
    assert again.answer is ScanAnswer.AGAIN
    desk.engine.fire(sent, "send_again", operator())
    desk.run_effects("courier.book", "courier.scan_out")
    second = parcel_of(desk, sent)
    assert (desk.state(sent), second.state) == ("booked", "booked")
    assert second.tracking_number != code
    list_id = scanning.begin_list(desk.engine, operator())
    assert scan(desk, list_id, code) is ScanAnswer.ENDED  # the old label
    assert scan(desk, list_id, second.tracking_number) is ScanAnswer.NOT_ENVELOPED
    scanning.enclose(desk.engine, second.tracking_number, operator())
    assert scan(desk, list_id, second.tracking_number) is ScanAnswer.TAKEN
    assert desk.read(Application, sent).sendings == 2


def test_a_parcel_in_the_house_is_not_taken_back(desk: World) -> None:
    code = parcel_of(desk, booked(desk)).tracking_number
    back = scanning.take_back(desk.engine, code, "absent", operator())
    assert back.answer is ScanAnswer.NOT_SENT
    nothing = scanning.take_back(desk.engine, "8690000000001", "absent", operator())
    assert nothing.answer is ScanAnswer.UNKNOWN_CODE


def test_attempts_are_counted_and_who_is_not_found_is_told(desk: World, sent: int) -> None:
    code = parcel_of(desk, sent).tracking_number
    for _ in range(2):
        desk.engine.fire(sent, "note_attempt", operator(), reason="absent")
        desk.clock.advance(days=1)
    desk.engine.fire(sent, "note_attempt", operator(), reason="at_branch")
    assert (desk.state(sent), parcel_of(desk, sent).attempts) == ("awaiting_collection", 2)
    desk.run_effects()
    letters = [row.text for row in desk.all(Notice) if row.template == "uncollected"]
    assert len(letters) == 3
    assert "Adreste bulunamadı" in letters[0]
    assert f"Takip numarası: {code}" in letters[0]
    assert "7 gün" in letters[0]


def test_what_nobody_collects_is_called_back_after_the_days_of_the_policy(
    desk: World, sent: int
) -> None:
    code = parcel_of(desk, sent).tracking_number
    desk.engine.fire(sent, "note_attempt", operator(), reason="absent")
    due = desk.read(Application, sent).due_at
    assert due == desk.clock.now() + timedelta(days=7)
    desk.clock.set(due)
    moved = desk.engine.fire(sent, "recall_uncollected", SYSTEM)
    assert moved.state == "recalled"
    assert newest_entry(desk, sent)["reason"] == "not_collected"
    desk.run_effects()
    [letter] = [row for row in desk.all(Notice) if row.template == "recalled"]
    assert "Kurye şubesinden süresinde alınmadı" in letter.text
    assert scanning.take_back(desk.engine, code, "not_collected", operator()).counts
    assert desk.state(sent) == "courier_returned"


def test_a_lost_parcel_takes_certificate_and_card_with_it(desk: World, sent: int) -> None:
    desk.engine.fire(sent, "report_lost", operator(), reason="araç kazası")
    assert desk.state(sent) == "lost"
    assert (parcel_of(desk, sent).state, chip_of(desk, sent).state) == ("lost", "lost")
    certificate = desk.read(Certificate, desk.read(Application, sent).certificate_id)
    assert certificate.state == "revoked"


def test_an_undone_delivery_opens_parcel_and_card_again(desk: World, sent: int) -> None:
    code = parcel_of(desk, sent).tracking_number
    desk.engine.fire(sent, "deliver", operator(8), handed(desk))
    desk.engine.fire(sent, "contest_delivery", operator(9), reason="not_received")
    desk.engine.fire(sent, "undo_delivery", operator(10), reason="kayıt yanlış")
    assert desk.state(sent) == "courier_silent"
    assert (parcel_of(desk, sent).state, chip_of(desk, sent).state) == (
        "handed_over", "handed_over",
    )  # fmt: skip
    assert scanning.take_back(desk.engine, code, "moved", operator()).counts


def test_a_card_handed_over_in_the_house_leaves_its_parcel_returned(desk: World, sent: int) -> None:
    scanning.take_back(desk.engine, parcel_of(desk, sent).tracking_number, "absent", operator())
    desk.engine.fire(sent, "deliver", operator(8), handed(desk))
    assert (parcel_of(desk, sent).state, chip_of(desk, sent).state) == ("returned", "delivered")
    desk.engine.fire(sent, "contest_delivery", operator(9), reason="not_received")
    desk.engine.fire(sent, "undo_delivery", operator(10), reason="kayıt yanlış")
    assert (parcel_of(desk, sent).state, chip_of(desk, sent).state) == ("returned", "handed_over")


@pytest.mark.parametrize(
    ("trigger", "reason", "parcel"),
    [("scrap", "damaged", "dropped"), ("report_lost", "bulunamadı", "lost")],
)
def test_a_parcel_that_will_not_be_sent_is_closed_with_its_card(
    desk: World, trigger: str, reason: str, parcel: str
) -> None:
    case = booked(desk)
    desk.engine.fire(case, trigger, operator(), reason=reason)
    assert parcel_of(desk, case).state == parcel
    list_id = scanning.begin_list(desk.engine, operator())
    assert scan(desk, list_id, parcel_of(desk, case).tracking_number) is ScanAnswer.ENDED


def test_who_withdraws_while_the_parcel_waits_has_it_dropped(desk: World) -> None:

    case = booked(desk)
    person = desk.read(Application, case).person_id
    assert desk.engine.fire(case, "cancel", applicant(person)).state == "cancelled"
    assert parcel_of(desk, case).state == "dropped"


def test_in_a_demo_software_encloses_and_hands_over(world: World) -> None:
    fill_stock(world, "K1", "0001", 2)
    case = made(world)
    world.run_effects("courier.book", "courier.scan_out")
    assert world.state(case) == "couriered"
    parcel = parcel_of(world, case)
    assert (parcel.state, parcel.handover_id) == ("handed_over", None)
    assert chip_of(world, case).state == "handed_over"
    list_id = scanning.begin_list(world.engine, operator())
    found = scanning.scan_out(world.engine, list_id, parcel.tracking_number, operator())
    assert found.answer is ScanAnswer.HANDED_OVER
