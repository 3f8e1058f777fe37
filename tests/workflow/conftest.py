"""Owns the office that the engine's tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from workflow.engine.engine import Office
    from workflow.model.clock import FixedClock


@pytest.fixture
def office(database: Database, clock: FixedClock) -> Office:
    """Give an engine that runs the test process on a fresh database."""
    return kit.office(database, clock)
