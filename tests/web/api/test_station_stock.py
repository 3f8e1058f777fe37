"""Blanks of the stock at a station: which one is named, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from signing.station import protocol
from signing.station.protocol import CardPlace
from states.cases.chip_card import ChipCard
from tests.kit.handlers.stock import fill_stock
from tests.kit.handlers.world import operator
from tests.kit.web.station import RoomStation, make_in_rooms, new_station, order_card

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World


@pytest.fixture
def room(world: World, app: Flask) -> RoomStation:
    """Give a station of an office that has three blank cards."""
    make_in_rooms(world)
    fill_stock(world, "K-7", "0041", 3, maker="TEST kart")
    return new_station(world, app)


def states(world: World) -> list[str]:
    """Return where the cards are, in the order of the box."""
    return [one.state for one in world.all(ChipCard)]


def test_an_order_names_box_and_number_of_its_blank(world: World, room: RoomStation) -> None:
    order_card(world)
    assert room.take().place == CardPlace("K-7", "0041", "TEST kart")
    assert states(world) == ["reserved", "in_stock", "in_stock"]


def test_a_failed_blank_is_spoilt_and_the_next_one_is_named(
    world: World, room: RoomStation
) -> None:
    order_card(world)
    body = {"order": room.take().label, "reason": "card_in_use", "again": True}
    assert room.done(protocol.FAIL_PATH, body)["ordered_again"]
    assert room.take().place.number == "0042"
    assert states(world) == ["spoilt", "reserved", "in_stock"]


def test_a_blank_that_no_station_took_goes_back_into_its_box(
    world: World, room: RoomStation
) -> None:
    case = order_card(world)
    world.engine.fire(case, "stop_production_by_office", operator(), reason="data_doubt")
    assert states(world) == ["in_stock"] * 3
    assert room.claim().sheet is None


def test_a_blank_that_a_station_took_is_spoilt_with_its_order(
    world: World, room: RoomStation
) -> None:
    case = order_card(world)
    room.take()
    world.engine.fire(case, "stop_production_by_office", operator(), reason="data_doubt")
    assert states(world) == ["spoilt", "in_stock", "in_stock"]


def test_a_stock_that_runs_out_leaves_the_case_in_the_queue_and_says_so(
    world: World, room: RoomStation
) -> None:
    case = order_card(world)
    world.write("UPDATE chip_card SET state = 'lost' WHERE state = 'in_stock'")
    body = {"order": room.take().label, "reason": "card_faulty", "again": True}
    told = room.done(protocol.FAIL_PATH, body)
    assert not told["ordered_again"]
    assert told["why_not"]
    assert world.state(case) == "queued"
