"""The office that the engine's tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock


@pytest.fixture
def engine(database: Database, clock: FixedClock) -> CaseEngine:
    """Give an engine that runs the test process on a fresh database."""
    return kit.engine(database, clock)
