"""The row of a sweep under way: its moment is fixed once, another worker can go on with it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Integer, cast, func, insert, select, update

from states.logs.journal import SweepRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.engine.engine import CaseEngine

LOCK_SPACE = 0x4E4553
"""The first key of the advisory lock that the worker at a run holds; the second is the run's id."""


@dataclass(slots=True)
class Run:
    """A sweep under way, held by this process through an advisory lock on ``holder``."""

    engine: CaseEngine[object]
    holder: Connection
    id: int
    as_of: datetime
    moved: int
    refused: int

    @property
    def batch(self) -> str:
        """The name under which the journal knows the run."""
        return f"sweep:{self.id}"

    def count(self, moved: int, refused: int) -> None:
        """Write how far this worker has come, on top of what an earlier one had counted."""
        self._write(moved=self.moved + moved, refused=self.refused + refused)

    def finish(self) -> None:
        """Close the run."""
        self._write(finished_at=self.engine.clock.now())

    def _write(self, **values: object) -> None:
        self.holder.execute(update(SweepRun).where(SweepRun.id == self.id).values(values))


@contextmanager
def begin(engine: CaseEngine[object], as_of: datetime) -> Iterator[Run]:
    """Go on with a run that a dead worker left, else begin one as of a moment; close it at the end.

    An error leaves the run open, so that the next worker goes on with it.
    """
    with engine.autocommit.connect() as holder:
        run = _left_behind(engine, holder, as_of) or _new(engine, holder, as_of)
        try:
            engine.point("run_begun")
            yield run
            engine.point("run_done")
            run.finish()
        finally:
            if not holder.invalidated:  # a connection that broke took its lock with it
                holder.execute(select(func.pg_advisory_unlock(LOCK_SPACE, run.id)))


def _new(engine: CaseEngine[object], holder: Connection, as_of: datetime) -> Run:
    # Locked in the statement that makes it, so that nobody takes it for left behind in between.
    lock = func.pg_advisory_lock(LOCK_SPACE, cast(SweepRun.id, Integer))
    statement = insert(SweepRun).values(as_of=as_of, started_at=engine.clock.now())
    run_id: int = holder.execute(statement.returning(SweepRun.id, lock)).scalar_one()
    return Run(engine, holder, run_id, as_of, 0, 0)


def _left_behind(engine: CaseEngine[object], holder: Connection, as_of: datetime) -> Run | None:
    open_runs = holder.execute(
        select(SweepRun.id, SweepRun.as_of, SweepRun.moved, SweepRun.refused)
        .where(SweepRun.finished_at.is_(None), SweepRun.as_of <= as_of)
        .order_by(SweepRun.id)
    ).all()
    for row in open_runs:
        if holder.scalar(select(func.pg_try_advisory_lock(LOCK_SPACE, row.id))):
            return Run(engine, holder, row.id, row.as_of, row.moved, row.refused)
    return None
