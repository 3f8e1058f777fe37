"""Stations over HTTP: who is given which order, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.cards.station import release
from handlers.cards.station_queue import KEPT, LEASE
from handlers.cards.stations import close_station, list_stations, station_named
from signing.errors import IssuerAway, IssuerRefused
from signing.station.protocol import FailAnswer
from signing.x509.certificate import read
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.station import StationOrder
from states.logs.journal import JournalEntry
from tests.kit.handlers.world import SYSTEM, operator
from tests.kit.web.station import (
    CERTIFY,
    FAIL,
    RESULT,
    SKIP,
    RoomStation,
    SoftKey,
    encoded,
    new_station,
    order_card,
    result_of,
)

if TYPE_CHECKING:
    from flask import Flask

    from signing.station.protocol import OrderSheet
    from tests.kit.handlers.world import World


@pytest.fixture
def other(rooms: World, app: Flask) -> RoomStation:
    """Give its second station."""
    return new_station(rooms, app, "TEST 2. oda")


def certificate_of(world: World, case: int) -> Certificate:
    """Return the certificate that an application has now."""
    return world.read(Certificate, world.read(Application, case).certificate_id)


def certify_body(sheet: OrderSheet, key: SoftKey) -> dict[str, str]:
    """Return what a certificate is asked for with."""
    return {"order": sheet.label, "proof": encoded(key.proof(sheet))}


def reason_of(world: World, case: int, trigger: str) -> str:
    """Return the journal entry of a move."""
    (entry,) = world.all(JournalEntry, case_id=case, trigger=trigger)
    return str(entry.body)


def test_a_card_goes_from_the_order_to_the_result_and_its_case_is_produced(
    rooms: World, room: RoomStation
) -> None:
    case = order_card(rooms)
    reserved = certificate_of(rooms, case)
    card = rooms.read(Card, reserved.card_id)
    answer = room.claim()
    assert answer.sheet is not None
    sheet = answer.sheet
    assert (answer.waiting, sheet.label, sheet.begun) == (1, card.serial, False)
    assert sheet.reference == rooms.read(Application, case).reference
    assert sheet.due == date(2026, 4, 10)
    assert (sheet.order.card.pin, len(sheet.order.card.so_pin)) == ("123456", 8)
    assert sheet.order.request.serial_number == int(reserved.serial, 16)
    assert sheet.issuing == rooms.services.authority().issuing
    key = SoftKey()
    der = room.certify(sheet, key)
    assert read(der).serial_number == int(reserved.serial, 16)
    assert read(der).parsed.public_key.dump() == key.public.dump()
    assert room.take().begun
    assert room.hand_in(sheet, der) == {"result": "accepted"}
    assert rooms.state(case) == "produced"
    made = certificate_of(rooms, case)
    assert (made.state, made.der) == ("suspended", der)
    assert '"actor":"system:station:1"' in reason_of(rooms, case, "finish_production")
    assert room.claim().body() == {"order": None, "waiting": 0}


def test_a_result_twice_is_the_same_result_and_another_one_is_refused(
    rooms: World, room: RoomStation
) -> None:
    case = order_card(rooms)
    sheet, key = room.take(), SoftKey()
    first, second = room.certify(sheet, key), room.certify(sheet, key)
    assert first != second  # the authority of the tests signs no two times alike
    assert room.hand_in(sheet, first) == room.hand_in(sheet, first) == {"result": "accepted"}
    assert len(rooms.all(JournalEntry, case_id=case, trigger="finish_production")) == 1
    (taken,) = rooms.all(StationOrder)
    assert taken.handed_in_at == rooms.clock.now()
    code, _ = room.refused(RESULT, result_of(sheet, second), 409)
    assert code == "result_differs"
    for path, body in ((CERTIFY, certify_body(sheet, key)), (SKIP, {"order": sheet.label})):
        assert room.refused(path, body, 409)[0] == "order_done"


def test_the_most_urgent_order_goes_first_then_the_older_one(
    rooms: World, room: RoomStation, other: RoomStation
) -> None:
    late = order_card(rooms, 1)
    urgent = order_card(rooms, 2, ends_on=date(2026, 3, 20))
    references = [rooms.read(Application, case).reference for case in (urgent, late)]
    assert [room.take().reference, other.take().reference] == references
    assert [room.take().reference, other.take().reference] == references
    assert [one.attempts for one in rooms.all(StationOrder)] == [1, 1]


def test_of_two_stations_one_has_an_order_until_its_lease_is_over(
    rooms: World, room: RoomStation, other: RoomStation
) -> None:
    order_card(rooms)
    sheet = room.take()
    assert other.claim().sheet is None
    body = certify_body(sheet, SoftKey())
    assert other.refused(CERTIFY, body, 409)[0] == "order_of_other"
    rooms.clock.advance(seconds=LEASE.total_seconds())
    assert other.take().label == sheet.label
    code, sentence = room.refused(CERTIFY, body, 409)
    assert (code, "imhaya ayırın" in sentence) == ("order_of_other", True)
    (taken,) = rooms.all(StationOrder)
    assert (taken.attempts, taken.station_id) == (2, 2)


def test_an_order_with_a_key_stays_with_its_station_for_a_day_and_is_then_made_anew(
    rooms: World, room: RoomStation, other: RoomStation
) -> None:
    case = order_card(rooms)
    sheet, key = room.take(), SoftKey()
    der = room.certify(sheet, key)
    code, _ = room.refused(CERTIFY, certify_body(sheet, SoftKey()), 409)
    assert code == "key_differs"
    assert room.refused(SKIP, {"order": sheet.label}, 409)[0] == "card_begun"
    rooms.clock.advance(seconds=LEASE.total_seconds())
    assert other.claim().sheet is None
    assert room.take().label == sheet.label
    rooms.clock.advance(seconds=KEPT.total_seconds())
    assert room.take().label == sheet.label
    rooms.clock.advance(seconds=KEPT.total_seconds())
    assert other.claim().sheet is None
    assert rooms.state(case) == "queued"
    assert "card_lost: Yarım kalan kart bulunamadı" in reason_of(rooms, case, "production_failed")
    code, sentence = room.refused(RESULT, result_of(sheet, der), 410)
    assert code == "order_void"
    assert sentence == "Sipariş ofiste geri alındı; kartı kullanmayın, imhaya ayırın."


def test_a_skipped_order_goes_to_another_station_at_once(
    rooms: World, room: RoomStation, other: RoomStation
) -> None:
    order_card(rooms)
    sheet = room.take()
    assert room.claim(sheet.label).sheet is None
    assert room.done(SKIP, {"order": sheet.label}) == {"result": "skipped"}
    assert room.claim(sheet.label).sheet is None
    assert other.take().label == sheet.label


def test_a_failed_card_is_void_and_another_one_is_ordered_where_that_is_wished(
    rooms: World, room: RoomStation
) -> None:
    case = order_card(rooms)
    sheet = room.take()
    body = {"order": sheet.label, "reason": "card_in_use", "again": True}
    failed = FailAnswer.parse(room.done(FAIL, body))
    assert failed == FailAnswer(stopped=False, ordered_again=True, why_not="")
    assert rooms.state(case) == "in_production"
    again = room.take()
    assert again.label != sheet.label
    assert again.order.request.serial_number != sheet.order.request.serial_number
    assert "Kart daha önce kullanılmış" in reason_of(rooms, case, "production_failed")
    assert room.refused(FAIL, body, 410)[0] == "order_void"
    calm = room.done(FAIL, {**body, "order": again.label, "again": False})
    assert calm == {"stopped": False, "ordered_again": False, "why_not": ""}
    assert rooms.state(case) == "queued"


@pytest.mark.parametrize("reason", ["certificate_mismatch", "issuer_refused", "request_invalid"])
def test_what_another_card_would_not_change_stops_production(
    rooms: World, room: RoomStation, reason: str
) -> None:
    case = order_card(rooms)
    body = {"order": room.take().label, "reason": reason, "again": True}
    assert FailAnswer.parse(room.done(FAIL, body)).stopped
    assert rooms.state(case) == "production_stopped"


def test_the_third_failed_card_in_a_row_stops_production(rooms: World, room: RoomStation) -> None:
    case = order_card(rooms)
    told = [
        room.done(FAIL, {"order": room.take().label, "reason": "card_faulty", "again": True})
        for _ in range(3)
    ]
    assert [one["stopped"] for one in told] == [False, False, True]
    assert rooms.state(case) == "production_stopped"


def test_another_card_that_may_not_be_ordered_is_told_with_the_reason(
    rooms: World, room: RoomStation
) -> None:
    case = order_card(rooms)
    body = {"order": room.take().label, "reason": "card_faulty", "again": True}
    rooms.write("UPDATE institution SET closed_on = '2026-02-01'")
    told = FailAnswer.parse(room.done(FAIL, body))
    assert (told.ordered_again, "kapa" in told.why_not) == (False, True)
    assert rooms.state(case) == "queued"


def test_the_timer_starts_nothing_in_rooms_and_a_person_does(rooms: World) -> None:
    case = order_card(rooms)
    rooms.engine.fire(case, "production_failed", SYSTEM, reason="Deneme")
    (start,) = [
        one
        for one in rooms.engine.explain(case, SYSTEM)
        if one.transition.name == "start_production"
    ]
    assert start.refusal is not None
    assert start.refusal.params["rule"] == "production.left_to_room"
    rooms.engine.fire(case, "start_production", operator())


def test_a_result_for_what_was_stopped_is_told_so(rooms: World, room: RoomStation) -> None:
    case = order_card(rooms)
    sheet, key = room.take(), SoftKey()
    der = room.certify(sheet, key)
    rooms.engine.fire(case, "stop_production_by_office", operator(), reason="data_doubt")
    for path, body in ((RESULT, result_of(sheet, der)), (CERTIFY, certify_body(sheet, key))):
        assert room.refused(path, body, 410)[0] == "order_void"


def test_a_certificate_that_is_not_the_order_s_changes_nothing(
    rooms: World, room: RoomStation
) -> None:
    case = order_card(rooms)
    sheet, key = room.take(), SoftKey()
    before = result_of(sheet, rooms.services.authority().issue(sheet.order.request, key.public))
    assert room.refused(RESULT, before, 409)[0] == "result_of_other_key"
    der = room.certify(sheet, key)
    other = rooms.services.authority().issue(sheet.order.request, SoftKey().public)
    assert room.refused(RESULT, result_of(sheet, other), 409)[0] == "result_of_other_key"
    assert room.refused(RESULT, result_of(sheet, b"0" * 40), 422)[0] == "result_unreadable"
    elsewhere = result_of(sheet, der) | {"order": "0000000000000000"}
    code, sentence = room.refused(RESULT, elsewhere, 404)
    assert (code, "hangi ofis" in sentence) == ("order_unknown", True)
    assert rooms.state(case) == "in_production"


def test_what_the_rules_refuse_for_good_stops_production(rooms: World, room: RoomStation) -> None:
    case = order_card(rooms)
    sheet, key = room.take(), SoftKey()
    room.certify(sheet, key)
    request = replace(sheet.order.request, serial_number=7)
    other = rooms.services.authority().issue(request, key.public)
    code, sentence = room.refused(RESULT, result_of(sheet, other), 422)
    assert code == "result_refused"
    assert "siparişten farklı" in sentence or "serial_number" in sentence
    assert rooms.state(case) == "production_stopped"


def test_a_proof_that_proves_nothing_makes_no_certificate(rooms: World, room: RoomStation) -> None:
    order_card(rooms)
    sheet = room.take()
    body = {"order": sheet.label, "proof": encoded(b"nothing")}
    assert room.refused(CERTIFY, body, 422)[0] == "proof"
    (taken,) = rooms.all(StationOrder)
    assert taken.key_sha256 is None


class Elsewhere:
    """An authority that is away, or refuses."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def certify(self, *_: object) -> bytes:
        raise self.fault


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (IssuerAway(where="ca", reason="timeout"), 503, "issuer_away"),
        (IssuerRefused(reason="no"), 422, "issuer_refused"),
    ],
)
def test_an_authority_that_is_away_or_refuses_is_told(
    rooms: World, room: RoomStation, fault: Exception, status: int, code: str
) -> None:
    order_card(rooms)
    sheet = room.take()
    rooms.engine.services = replace(rooms.services, elsewhere=Elsewhere(fault))  # type: ignore[arg-type]  # no more of it is asked
    told, _ = room.refused(CERTIFY, certify_body(sheet, SoftKey()), status)
    assert told == code


def test_a_certificate_that_differs_from_the_order_never_reaches_the_card(
    rooms: World, room: RoomStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_card(rooms)
    sheet, authority = room.take(), rooms.services.authority()
    monkeypatch.setattr(authority, "differences", lambda *_: ["tckn"])
    code, sentence = room.refused(CERTIFY, certify_body(sheet, SoftKey()), 422)
    assert (code, "tckn" in sentence) == ("certificate_mismatch", True)


def test_who_asks_is_seen(rooms: World, room: RoomStation) -> None:
    assert room.claim().sheet is None
    (known,) = list_stations(rooms.engine.database)
    assert known.last_seen_at == rooms.clock.now()


def test_the_orders_of_an_ended_station_go_to_others(
    rooms: World, room: RoomStation, other: RoomStation
) -> None:
    begun, fresh = order_card(rooms, 1), order_card(rooms, 2)
    sheet = room.take()
    room.certify(sheet, SoftKey())
    second = room.claim(sheet.label).sheet
    assert second is not None
    number = station_named(rooms.engine.database, "TEST 1. oda").id
    close_station(rooms.engine.database, number, rooms.clock.now())
    assert release(rooms.engine, number) == 2
    assert (rooms.state(begun), rooms.state(fresh)) == ("queued", "in_production")
    assert other.take().label == second.label
