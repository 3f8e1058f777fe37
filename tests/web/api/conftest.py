"""A program that signs, a browser that waits for it, and their cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.web.program import program
from tests.kit.web.station import RoomStation, make_in_rooms, new_station
from tests.web.portal.conftest import holder, newcomer, newcomer_id

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World

__all__ = ["holder", "newcomer", "newcomer_id", "program"]


@pytest.fixture
def rooms(world: World) -> World:
    """Give an office whose cards are made in rooms."""
    make_in_rooms(world)
    return world


@pytest.fixture
def room(rooms: World, app: Flask) -> RoomStation:
    """Give its first station."""
    return new_station(rooms, app)
