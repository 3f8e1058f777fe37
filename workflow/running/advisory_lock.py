"""Holding one row against other workers: while it is worked on, nobody else is at it.

The holder has an advisory lock of a database session, which goes when the holder dies, so that
another can begin at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Integer, cast, func, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from workflow.engine.engine import CaseEngine


@contextmanager
def held_alone(engine: CaseEngine[object], space: int, row_id: int) -> Iterator[Connection | None]:
    """Hold a row against other workers: give the connection that holds it, None when it is taken.

    ``space`` is the first key of the lock, one for each kind of row; the second is the row's id.
    """
    key = cast(row_id, Integer)
    with engine.autocommit.connect() as holder:
        if not holder.scalar(select(func.pg_try_advisory_lock(space, key))):
            yield None
            return
        try:
            yield holder
        finally:
            if not holder.invalidated:  # a connection that broke took its lock with it
                holder.execute(select(func.pg_advisory_unlock(space, key)))
