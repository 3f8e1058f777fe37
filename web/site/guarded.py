"""How often the guard of the database is looked at, and what is said when it differs."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from migrations.guard import differences
from states.kit.log_events import LogEvent

if TYPE_CHECKING:
    from sqlalchemy import Engine

EVERY = 60.0
"""Seconds for which an answer is kept: whoever asks whether the site is ready asks often."""

log = structlog.get_logger()


@dataclass(slots=True)
class DatabaseGuard:
    """The triggers, owners and rights of one database, held against what the steps made.

    Threads of one process share it; the second of two that ask at once waits for the first.
    """

    database: Engine
    every: float = EVERY
    _found: tuple[str, ...] = ()
    _until: float = -1.0
    _lock: Lock = field(default_factory=Lock)

    def differs(self) -> tuple[str, ...]:
        """Return how it differs, as of the last minute; the errors of the database come through."""
        with self._lock:
            if monotonic() >= self._until:
                self._look()
            return self._found

    def _look(self) -> None:
        with self.database.connect() as connection:
            found = differences(connection)
        if found and found != self._found:
            log.error(LogEvent.GUARD_DIFFERS, count=len(found), differs=list(found))
        self._found, self._until = found, monotonic() + self.every
