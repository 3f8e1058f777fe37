"""How far this machine's clock is from the database's, which all machines share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text

from states.kit.log_events import LogEvent
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from sqlalchemy import Engine

log = structlog.get_logger()

TOLERATED = timedelta(seconds=5)
"""A difference that nobody need be told of."""


def difference(database: Engine) -> timedelta:
    """Return by how much this machine's clock is ahead of the database's; negative when behind."""
    clock = SystemClock()
    with database.connect() as connection:
        connection.execute(text("SELECT 1"))  # so that what follows is one short question
        before = clock.now()
        there = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        after = clock.now()
    ahead: timedelta = before + (after - before) / 2 - there
    return ahead


def ahead(database: Engine) -> timedelta:
    """Return by how much more than is tolerated this clock is ahead, and tell of a difference."""
    found = difference(database)
    if abs(found) <= TOLERATED:
        return timedelta()
    log.warning(LogEvent.CLOCK_DIFFERS, seconds=round(found.total_seconds(), 1))
    return max(found, timedelta())
