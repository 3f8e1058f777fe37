"""An application with all that proves it, and a stranger who checks that."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.kit.handlers.evidence import Stranger
from tests.kit.handlers.world import World, operator

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stranger(tmp_path: Path) -> Stranger:
    return Stranger(tmp_path)


@pytest.fixture
def approved(world: World) -> int:
    """Give an application that an e-onay carried, until its new card was activated."""
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    assert world.state(case) == "couriered"
    return case
