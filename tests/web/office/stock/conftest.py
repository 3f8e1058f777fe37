"""An application whose card came out of the stock."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.kit.handlers.stock import fill_stock
from tests.kit.handlers.world import operator as operator_of

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


@pytest.fixture
def made(world: World) -> int:
    """Give an application that is produced with the only card of a box."""
    person = world.person()
    held = world.card(person, date(2026, 4, 10))
    world.consent(person, held)
    case = world.file(person, "renewal", held.certificate_id)
    world.choose(case, person, "e_onay")
    fill_stock(world, "K1", "100", 1)
    world.engine.fire(case, "start_production", operator_of())
    world.run_effects("production.make")
    return case
