"""What a station is refused: secrets, clocks, wires in the clear, odd requests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from handlers.cards import station
from handlers.cards.stations import close_station
from handlers.kit.production_place import ProductionPlace
from signing.station import protocol
from states.cases.station import StationOrder
from tests.kit.handlers.world import operator
from tests.kit.web.station import (
    CERTIFY,
    CLAIM,
    FAIL,
    NOTHING,
    RESULT,
    SKIP,
    RoomStation,
    SoftKey,
    new_station,
    order_card,
    result_of,
)
from workflow.model.refusal import WrongState

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World


def test_an_unknown_and_an_ended_secret_are_told_apart(rooms: World, room: RoomStation) -> None:
    order_card(rooms)
    stranger = replace(room, secret="x" * 43)
    assert stranger.refused(CLAIM, NOTHING, 401)[0] == "unknown"
    assert room.client.post(CLAIM, json=NOTHING).status_code == 401
    close_station(rooms.engine.database, 1, rooms.clock.now())
    code, sentence = room.refused(CLAIM, NOTHING, 403)
    assert (code, "kapatıldı" in sentence) == ("ended", True)


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(minutes=10), "10 dakika ileri"),
        (timedelta(seconds=-3725), "1 saat 2 dakika 5 saniye geri"),
    ],
)
def test_a_clock_that_is_off_is_told_by_how_much(
    rooms: World, room: RoomStation, ahead: timedelta, words: str
) -> None:
    case = order_card(rooms)
    code, sentence = replace(room, fast=ahead).refused(CLAIM, NOTHING, 409)
    assert (code, words in sentence) == ("clock_off", True)
    assert rooms.all(StationOrder) == []
    assert replace(room, fast=timedelta(minutes=2)).take().reference
    assert rooms.state(case) == "in_production"


@pytest.mark.parametrize("said", ["", "yesterday", "2026-03-02T12:00:00"])
def test_a_request_that_does_not_say_its_time_is_refused(room: RoomStation, said: str) -> None:
    headers = {"Authorization": f"Bearer {room.secret}", protocol.TIME_HEADER: said}
    answer = room.client.post(CLAIM, json=NOTHING, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "clock_missing")  # type: ignore[index]  # it is JSON


def test_pins_are_not_given_over_a_connection_that_others_read(room: RoomStation) -> None:
    answer = room.ask(CLAIM, NOTHING, REMOTE_ADDR="192.0.2.7")
    assert (answer.status_code, answer.json["code"]) == (403, "overheard")
    safe = {"REMOTE_ADDR": "192.0.2.7", "wsgi.url_scheme": "https"}
    assert room.ask(CLAIM, NOTHING, **safe).status_code == 200


def test_an_office_that_makes_its_cards_inside_gives_no_orders(world: World, app: Flask) -> None:
    assert new_station(world, app).refused(CLAIM, NOTHING, 409)[0] == "not_used"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CLAIM, {"besides": "x"}),
        (CLAIM, {"besides": [7]}),
        (CLAIM, {"besides": ["\0"]}),
        (SKIP, {"order": "1\0"}),
        (SKIP, {"order": "\ud800"}),
        (CLAIM, {"besides": ["1"] * 201}),
        (CERTIFY, {"order": "", "proof": "AAAA"}),
        (CERTIFY, {"order": "1", "proof": "?"}),
        (RESULT, {"order": 7, "certificate": "AAAA"}),
        (SKIP, {"order": "1", "more": 1}),
        (FAIL, {"order": "1", "reason": "card_faulty", "again": "yes"}),
    ],
)
def test_a_request_that_is_not_as_described_is_refused(
    room: RoomStation, path: str, body: object
) -> None:
    assert room.refused(path, body, 400)[0] == "field_malformed"


def test_an_unknown_reason_is_refused(rooms: World, room: RoomStation) -> None:
    order_card(rooms)
    body = {"order": room.take().label, "reason": "bad mood", "again": False}
    assert room.refused(FAIL, body, 400)[0] == "reason_unknown"


def test_where_cards_are_made_inside_again_a_station_finishes_what_it_has(
    rooms: World, room: RoomStation
) -> None:
    case, waits = order_card(rooms, 1), order_card(rooms, 2)
    sheet, key = room.take(), SoftKey()
    rooms.engine.services = replace(rooms.services, made=ProductionPlace.INSIDE)
    assert room.take().label == sheet.label
    room.hand_in(sheet, room.certify(sheet, key))
    assert (rooms.state(case), rooms.state(waits)) == ("produced", "in_production")
    assert room.refused(CLAIM, NOTHING, 409)[0] == "not_used"


def test_what_a_worker_may_be_making_is_no_station_s(rooms: World, room: RoomStation) -> None:
    order_card(rooms)
    for status in ("todo", "doing"):
        rooms.write(
            "UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status) "
            "WHERE queueing_lock LIKE '%/production.make'",
            status=status,
        )
        assert room.claim().sheet is None
    rooms.write("DELETE FROM procrastinate_jobs")
    room.take()


def test_a_result_that_was_damaged_on_its_way_costs_no_card(
    rooms: World, room: RoomStation
) -> None:
    case = order_card(rooms)
    sheet = room.take()
    der = room.certify(sheet, SoftKey())
    damaged = der[:-1] + bytes([der[-1] ^ 1])
    assert room.refused(RESULT, result_of(sheet, damaged), 409)[0] == "result_damaged"
    assert rooms.state(case) == "in_production"
    room.hand_in(sheet, der)
    assert rooms.state(case) == "produced"


def test_of_two_results_at_once_the_later_one_finds_the_same_card_taken(
    rooms: World, room: RoomStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = order_card(rooms)
    sheet = room.take()
    der = room.certify(sheet, SoftKey())
    real = station._finish  # noqa: SLF001 - another request comes between

    def beaten(*given: Any) -> None:  # noqa: ANN401 - as it is called
        real(*given)
        raise WrongState(state="produced", trigger="finish_production")

    monkeypatch.setattr(station, "_finish", beaten)
    room.hand_in(sheet, der)
    assert rooms.state(case) == "produced"
    (taken,) = rooms.all(StationOrder)
    assert taken.handed_in_at == rooms.clock.now()


def test_a_stop_between_the_look_and_the_move_is_told(
    rooms: World, room: RoomStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = order_card(rooms)
    sheet = room.take()
    der = room.certify(sheet, SoftKey())
    real = station._finish  # noqa: SLF001 - the office comes between

    def beaten(*given: Any) -> None:  # noqa: ANN401 - as it is called
        rooms.engine.fire(case, "stop_production_by_office", operator(), reason="data_doubt")
        real(*given)

    monkeypatch.setattr(station, "_finish", beaten)
    assert room.refused(RESULT, result_of(sheet, der), 410)[0] == "order_void"
    (taken,) = rooms.all(StationOrder)
    assert taken.handed_in_at is None
