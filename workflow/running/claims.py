"""What a sweep has in hand of cases that move one by one: no other sweep tries them meanwhile.

A case that moves through handlers has a transaction of its own, so no lock of a row can say that a
sweep will come to it. An advisory lock of the sweep's own connection does, which goes with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflow.engine.statement import driver_sql

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.model.definition import Definition, State

SPACE = 0x4E4543
"""The first key of the advisory locks; the second is the case's number, cut to what fits."""

OLDEST = 20_000
"""Of so many that have waited longest the most urgent come first."""

# The lock is asked row by row, after the order is made, until there are enough.
_TAKE = """
SELECT d.id FROM (
    SELECT w.id FROM (
        SELECT c.id, c.due_at, {urgency} AS urgency FROM {table} c
        WHERE c.state = :state AND c.definition = :definition AND c.due_at <= :as_of
            AND c.id <> ALL(CAST(:left_alone AS bigint[]))
        ORDER BY c.due_at, c.id LIMIT :oldest) w
    ORDER BY w.urgency NULLS FIRST, w.due_at, w.id OFFSET 0) d
WHERE pg_try_advisory_lock(:space, CAST(d.id % 2147483647 AS integer)) LIMIT :most
"""

_RELEASE = """
SELECT count(pg_advisory_unlock(:space, CAST(i % 2147483647 AS integer)))
FROM unnest(CAST(:ids AS bigint[])) i
"""


@dataclass(slots=True)
class Claims:
    """The cases of one state that a sweep takes in hand, the most urgent first, each once.

    ``holder`` is the connection that the sweep's run is held by, which commits each statement.
    """

    holder: Connection
    definition: Definition
    state: State
    as_of: datetime
    _in_hand: list[int] = field(default_factory=list)
    _tried: set[int] = field(default_factory=set)
    _left_alone: list[int] = field(default_factory=list)

    def take(self, most: int) -> list[int]:
        """Release what was in hand, take more, and return what has not been tried yet.

        Nothing when nothing is due, or all of it in the hands of other sweeps.
        """
        while True:
            self.release()
            self._in_hand = self._lock(most)
            fresh = [case for case in self._in_hand if case not in self._tried]
            # What was tried and is still due is held by somebody, who may move it yet.
            self._left_alone += [case for case in self._in_hand if case in self._tried]
            self._tried.update(fresh)
            if fresh or not self._in_hand:
                return fresh

    def release(self) -> None:
        """Let other sweeps have what was in hand; a connection that broke has let it go."""
        if self._in_hand and not self.holder.invalidated:
            self._ask(_RELEASE, {"ids": self._in_hand})
        self._in_hand = []

    def _lock(self, most: int) -> list[int]:
        urgency = self.definition.urgency
        source = _TAKE.format(
            table=self.definition.table,
            urgency="NULL" if urgency is None else self.definition.facts[urgency].sql,
        )
        values = {
            "state": self.state.name,
            "definition": self.definition.sha256,
            "as_of": self.as_of,
            "left_alone": self._left_alone,
            "oldest": OLDEST,
            "most": most,
        }
        return self._ask(source, values)

    def _ask(self, source: str, values: dict[str, object]) -> list[int]:
        found = self.holder.exec_driver_sql(driver_sql(source), {**values, "space": SPACE})
        return list(found.scalars())
