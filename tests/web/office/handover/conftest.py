"""An office in which people scan what leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.handlers.courier.parcels import where_people_scan
from tests.kit.handlers.world import open_account
from tests.kit.web.visitor import Visitor

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World


@pytest.fixture(autouse=True)
def _scanned_by_people(world: World) -> None:
    where_people_scan(world)


@pytest.fixture
def other(app: Flask, world: World) -> Visitor:
    """Give a second operator who is signed in: who scans out does not say that it arrived."""
    with world.engine.database.begin() as connection:
        number = open_account(connection, "Ece Üretim", "operator", world.clock.now(), subject="e")
    someone = Visitor(app)
    someone.be("user", number)
    return someone
