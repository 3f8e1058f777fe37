"""The parcel desk: what each scan comes to, and that nothing leaves the house twice or unseen."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.cards import scanning
from handlers.cards.scanning import ScanAnswer
from states.cases.application import Application
from states.cases.handover import Handover
from states.cases.notice import Notice
from states.logs.journal import RefusedAttempt
from tests.kit.handlers.courier.parcels import (
    booked,
    chip_of,
    made,
    newest_entry,
    parcel_of,
    scan,
)
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.stock import fill_stock
from tests.kit.handlers.world import ISMAIL, SYSTEM, World, operator
from workflow.model.refusal import WrongState


def told(desk: World, template: str) -> int:
    desk.run_effects()
    return len([row for row in desk.all(Notice) if row.template == template])


def test_a_parcel_that_is_booked_waits_for_its_scan_and_its_holder_is_told_only_then(
    desk: World,
) -> None:
    case = booked(desk)
    parcel = parcel_of(desk, case)
    assert (parcel.state, parcel.reference[0], parcel.attempts) == ("booked", "P", 0)
    assert told(desk, "couriered") == 0
    list_id = scanning.begin_list(desk.engine, operator())
    found = scanning.scan_out(desk.engine, list_id, parcel.tracking_number, operator())
    assert (found.answer, found.counts) == (ScanAnswer.TAKEN, True)
    assert (found.parcel_id, found.list_id, found.list_day) == (
        parcel.id, list_id, date(2026, 3, 2),
    )  # fmt: skip
    application = desk.read(Application, case)
    assert (application.state, application.tracking_number) == ("couriered", parcel.tracking_number)
    assert (application.couriered_at, application.sendings) == (desk.clock.now(), 1)
    assert found.application_reference == application.reference
    after = parcel_of(desk, case)
    assert (after.state, after.handover_id) == ("handed_over", list_id)
    opened = desk.read(Handover, list_id)
    assert (opened.state, opened.scanned, opened.begun_on) == ("open", 1, date(2026, 3, 2))
    assert newest_entry(desk, list_id)["details"] == {"parcel": parcel.id, "scanned": 1}
    assert told(desk, "couriered") == 1


@pytest.mark.parametrize("form", ["{0.reference}", " {0.tracking_number} ", "{0}"])
def test_an_envelope_is_named_by_its_number_its_reference_and_as_a_turkish_keyboard_types_it(
    desk: World, form: str
) -> None:
    case = booked(desk)
    parcel = parcel_of(desk, case)
    code = parcel.tracking_number.lower() if form == "{0}" else form.format(parcel)
    list_id = scanning.begin_list(desk.engine, operator())
    assert scan(desk, list_id, code) is ScanAnswer.TAKEN
    assert desk.state(case) == "couriered"


def test_the_same_envelope_again_is_one_fact(desk: World) -> None:
    case = booked(desk)
    list_id = scanning.begin_list(desk.engine, operator())
    code = parcel_of(desk, case).tracking_number
    assert scan(desk, list_id, code) is ScanAnswer.TAKEN
    before = desk.read(Application, case).version
    again = scanning.scan_out(desk.engine, list_id, code, operator(8))
    assert (again.answer, again.counts) == (ScanAnswer.AGAIN, True)
    assert desk.read(Application, case).version == before
    assert desk.read(Handover, list_id).scanned == 1
    assert desk.all(RefusedAttempt) == []


def test_an_envelope_on_the_list_of_yesterday_is_not_put_on_that_of_today(desk: World) -> None:
    case = booked(desk)
    yesterday = scanning.begin_list(desk.engine, operator())
    code = parcel_of(desk, case).tracking_number
    scan(desk, yesterday, code)
    scanning.close_list(desk.engine, yesterday, operator())
    desk.clock.advance(days=1)
    today = scanning.begin_list(desk.engine, operator())
    found = scanning.scan_out(desk.engine, today, code, operator())
    assert (found.answer, found.counts) == (ScanAnswer.ON_OTHER_LIST, False)
    assert (found.list_reference, found.list_day) == (
        desk.read(Handover, yesterday).reference, date(2026, 3, 2),
    )  # fmt: skip
    assert desk.read(Handover, today).scanned == 0


def test_nothing_is_scanned_onto_a_list_of_another_day(desk: World) -> None:
    case = booked(desk)
    list_id = scanning.begin_list(desk.engine, operator())
    desk.clock.advance(days=1)
    code = parcel_of(desk, case).tracking_number
    found = scanning.scan_out(desk.engine, list_id, code, operator())
    assert found.answer is ScanAnswer.OTHER_DAY
    assert (desk.state(case), parcel_of(desk, case).state) == ("booked", "booked")
    assert [(row.code, row.case_id) for row in desk.all(RefusedAttempt)] == [("of_today", list_id)]


def test_a_closed_list_takes_nothing(desk: World) -> None:
    case, other = booked(desk), booked(desk, ISMAIL, "Iraksak")
    list_id = scanning.begin_list(desk.engine, operator())
    scan(desk, list_id, parcel_of(desk, case).tracking_number)
    scanning.close_list(desk.engine, list_id, operator())
    assert desk.read(Handover, list_id).state == "closed"
    code = parcel_of(desk, other).tracking_number
    assert scan(desk, list_id, code) is ScanAnswer.LIST_CLOSED
    assert scan(desk, 4711, code) is ScanAnswer.LIST_CLOSED
    with pytest.raises(WrongState):
        scanning.close_list(desk.engine, list_id, operator())
    assert desk.state(other) == "booked"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "  ",
        "8690000000001",
        "P000000000",
        "P1",
        "L12345678901234567890",
        "x" * 500,
        "\0",
        "\ud800",
    ],
)
def test_a_code_of_nothing_is_unknown(desk: World, code: str) -> None:
    list_id = scanning.begin_list(desk.engine, operator())
    found = scanning.scan_out(desk.engine, list_id, code, operator())
    assert (found.answer, found.parcel_id) == (ScanAnswer.UNKNOWN_CODE, None)
    assert len(found.code) <= scanning.LONGEST_CODE


def test_the_number_of_a_list_is_no_envelope(desk: World) -> None:
    list_id = scanning.begin_list(desk.engine, operator())
    reference = desk.read(Handover, list_id).reference
    found = scanning.scan_out(desk.engine, list_id, reference.lower(), operator())
    assert (found.answer, found.list_id) == (ScanAnswer.LIST_CODE, list_id)
    assert found.list_reference == reference


def test_an_envelope_whose_certificate_is_revoked_stays_in_the_house(desk: World) -> None:
    case = booked(desk)
    certificate = desk.read(Application, case).certificate_id
    assert certificate is not None
    desk.engine.fire(certificate, "revoke", SYSTEM, reason="gerek kalmadı")
    list_id = scanning.begin_list(desk.engine, operator())
    found = scanning.scan_out(
        desk.engine, list_id, parcel_of(desk, case).tracking_number, operator()
    )
    assert found.answer is ScanAnswer.CERTIFICATE_GONE
    assert (desk.state(case), desk.read(Handover, list_id).scanned) == ("booked", 0)
    [attempt] = desk.all(RefusedAttempt)
    assert (attempt.code, attempt.case_id) == ("new_certificate_stands", case)


def test_an_envelope_of_who_is_stopped_is_refused_with_the_reason(desk: World) -> None:
    case = booked(desk)
    desk.write("UPDATE person SET standing = 'blocked'")
    list_id = scanning.begin_list(desk.engine, operator())
    found = scanning.scan_out(
        desk.engine, list_id, parcel_of(desk, case).tracking_number, operator()
    )
    assert found.answer is ScanAnswer.REFUSED
    assert found.refusal is not None
    assert found.refusal.code == "rule_failed"
    assert desk.state(case) == "booked"


def test_a_card_leaves_the_house_in_its_envelope_only(desk: World) -> None:
    fill_stock(desk, "K1", "0001", 2)
    case = booked(desk)
    code = parcel_of(desk, case).tracking_number
    assert chip_of(desk, case).state == "made"
    list_id = scanning.begin_list(desk.engine, operator())
    assert scan(desk, list_id, code) is ScanAnswer.NOT_ENVELOPED
    assert scanning.enclose(desk.engine, code, operator()).answer is ScanAnswer.TAKEN
    assert chip_of(desk, case).state == "enveloped"
    assert scanning.enclose(desk.engine, code, operator()).answer is ScanAnswer.AGAIN
    assert scan(desk, list_id, code) is ScanAnswer.TAKEN
    assert chip_of(desk, case).state == "handed_over"
    assert scanning.enclose(desk.engine, code, operator()).answer is ScanAnswer.ON_OTHER_LIST


def test_a_card_of_no_stock_needs_no_entry_of_its_envelope(desk: World) -> None:
    code = parcel_of(desk, booked(desk)).tracking_number
    assert scanning.enclose(desk.engine, code, operator()).answer is ScanAnswer.AGAIN


def test_an_empty_list_is_abandoned_and_not_closed(desk: World) -> None:
    list_id = scanning.begin_list(desk.engine, operator())
    with denied("something_scanned"):
        scanning.close_list(desk.engine, list_id, operator())
    scanning.abandon_list(desk.engine, list_id, operator())
    assert desk.read(Handover, list_id).state == "cancelled"


def test_a_list_with_parcels_on_it_is_not_abandoned(desk: World) -> None:
    list_id = scanning.begin_list(desk.engine, operator())
    scan(desk, list_id, parcel_of(desk, booked(desk)).tracking_number)
    with denied("nothing_scanned"):
        scanning.abandon_list(desk.engine, list_id, operator())


def test_software_hands_nothing_over_where_people_scan(desk: World) -> None:
    case = booked(desk)
    code = {"tracking_number": parcel_of(desk, case).tracking_number}
    with denied("courier.not_scanned"):
        desk.engine.fire(case, "hand_to_courier", SYSTEM, code)
    with denied("courier.not_scanned"):
        desk.engine.fire(case, "hand_to_courier", operator(), {})
    assert desk.state(case) == "booked"


def test_the_envelope_of_another_application_hands_nothing_over(desk: World) -> None:
    case, other = booked(desk), booked(desk, ISMAIL, "Iraksak")
    code = {"tracking_number": parcel_of(desk, other).tracking_number}
    with denied("courier.other_parcel"):
        desk.engine.fire(case, "hand_to_courier", operator(), code)
    assert (desk.state(case), desk.state(other)) == ("booked", "booked")


def test_the_number_of_another_parcel_is_not_booked_again(desk: World) -> None:
    taken = parcel_of(desk, booked(desk)).tracking_number
    case = made(desk, ISMAIL, "Iraksak")
    with denied("courier.number_taken"):
        desk.engine.fire(case, "note_booking", operator(), {"tracking_number": taken})
    assert desk.state(case) == "produced"
