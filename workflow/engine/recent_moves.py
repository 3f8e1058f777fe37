"""The last moves that this process has answered, to be asked for where the history breaks off.

A standby that was behind and is promoted lacks the last moves; what is left is whole, so only who
answered them can tell.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import structlog

from states.kit.log_events import LogEvent
from states.kit.reference import reference

if TYPE_CHECKING:
    import psycopg

    from workflow.model.definition import Definition
    from workflow.model.request import Moved

LAST = 1000
"""Moves that a process remembers: minutes of a busy office, far more than a standby lags."""

log = structlog.get_logger()

_LACKING = """
SELECT w.case_id, w.n FROM unnest(%s::bigint[], %s::bigint[]) w(case_id, n)
WHERE NOT EXISTS (SELECT FROM journal j WHERE j.case_id = w.case_id AND j.n = w.n)
"""


class RecentMoves:
    """The last moves that were answered; shared by the threads of a process."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._moves: deque[tuple[str, int, int]] = deque(maxlen=LAST)

    def note(self, definition: Definition, moved: Moved) -> None:
        """Remember a move whose commit was answered."""
        self._moves.append((definition.name, moved.case_id, moved.version))

    def look(self, connection: psycopg.Connection[Any]) -> list[str]:
        """Ask a server for the moves; say which are lost, return their cases, and forget those."""
        kept = list(self._moves)
        cases, numbers = [case for _, case, _ in kept], [n for _, _, n in kept]
        lost = set(connection.execute(_LACKING, [cases, numbers]).fetchall())
        connection.rollback()
        if not lost:
            return []
        self._moves = deque((move for move in kept if move[1:] not in lost), maxlen=LAST)
        named = sorted({reference(name, case) for name, case, n in kept if (case, n) in lost})
        log.error(LogEvent.MOVES_LOST, moves=len(lost), cases=named)
        return named
