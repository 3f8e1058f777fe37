"""Which line of the database's history this machine works on, and refuses a staler one.

Each promotion of a standby begins a new timeline, numbered upwards. The highest that a machine has
met is kept in its ``var``, by the number that the cluster was born with, so that an old primary
which comes up again is told from the new one, by any process and after any restart.
"""

from __future__ import annotations

import json
import os
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog

from states.kit.errors import DatabaseUnavailable
from states.kit.log_events import LogEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg
    from sqlalchemy import URL

FILE = "database.seen"
"""Under ``var``: a JSON object of the highest timeline by the number of its cluster."""

QUERY = b"""
SELECT (pg_control_system()).system_identifier::text,
    ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int
"""
"""Asked of a primary; both functions are open to every role."""

log = structlog.get_logger()


class Lineage:
    """What one process knows of the history of its database; shared by its threads."""

    def __init__(self, folder: Path) -> None:
        """Know nothing yet but what the folder keeps."""
        self.file = folder / FILE
        self.place: URL | None = None
        """Where the server that was admitted last is reached."""
        self.look: Callable[[psycopg.Connection[Any]], object] | None = None
        """What looks at a server that begins a new timeline, on a connection of the owner."""
        self._looked = 0
        self._system = ""
        self._highest: dict[str, int] = {}
        self._lock = Lock()

    def admit(self, connection: psycopg.Connection[Any], where: str) -> None:
        """Take note of a server that a connection leads to; raise DatabaseUnavailable if it is old.

        Refused is a timeline below the highest that was met, and another cluster than this process
        has worked on so far.
        """
        rows = connection.execute(QUERY).fetchall()
        connection.rollback()
        self.judge(rows, where)
        for _, timeline in rows:
            if self.look is not None and self._looked not in {0, timeline}:
                self.look(connection)
            self._looked = timeline

    def judge(self, rows: list[tuple[str, int]], where: str) -> None:
        """Judge as ``admit`` does what a server has answered to `QUERY`."""
        with self._lock:
            for system, timeline in rows:
                self._judge(system, timeline, where)

    def _judge(self, system: str, timeline: int, where: str) -> None:
        if self._system and system != self._system:
            raise DatabaseUnavailable(
                f"The database at {where} is another cluster than this process has worked on "
                f"({system}, not {self._system}). Two servers that do not follow one another stand "
                "behind one address; if the office was moved, restart the process.",
                where=where,
                why="other_cluster",
            )
        kept = self._read()
        highest = max(self._highest.get(system, 0), kept.get(system, 0))
        if timeline < highest:
            raise DatabaseUnavailable(
                f"The database at {where} is an old primary: it goes on with timeline {timeline}, "
                f"and timeline {highest} was met before. Stop it and rebuild it as a standby; if "
                f"it is wanted (a backup from before the failover), remove {self.file}.",
                where=where,
                why="old_primary",
            )
        if self._highest.get(system) and timeline > highest:
            log.warning(LogEvent.TIMELINE_CHANGED, before=highest, now=timeline)
        self._system, self._highest[system] = system, timeline
        if timeline > kept.get(system, 0):
            self._write({**kept, system: timeline})

    def _read(self) -> dict[str, int]:
        try:
            found = json.loads(self.file.read_text(encoding="ascii"))
            return {str(system): int(timeline) for system, timeline in found.items()}
        except (OSError, ValueError, AttributeError):
            return {}

    def _write(self, met: dict[str, int]) -> None:
        draft = self.file.with_name(f"{FILE}.{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(met), encoding="ascii")
            draft.replace(self.file)
        except OSError as error:
            # Known to this process all the same.
            log.warning(LogEvent.TIMELINE_NOT_KEPT, file=str(self.file), reason=error.strerror)
