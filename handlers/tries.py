"""Owns the counts of tries that all processes share, so that a limit holds for the house."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert

from states.session import TryCount

if TYPE_CHECKING:
    from sqlalchemy import Engine

Count = tuple[int, datetime]
"""How many tries there were in this stretch of time, and when it ends."""


def _key(name: str) -> bytes:
    """Hash what is counted: the name of a limit holds the address it came from."""
    return hashlib.sha256(name.encode()).digest()


def add(database: Engine, name: str, amount: int, lasts: timedelta, now: datetime) -> Count:
    """Count tries of one sort from one place with one statement; begins anew when time is up."""
    fresh = insert(TryCount).values(key=_key(name), tries=amount, ends=now + lasts)
    over = TryCount.ends <= now
    statement = fresh.on_conflict_do_update(
        index_elements=[TryCount.key],
        set_={
            "tries": case((over, amount), else_=TryCount.tries + amount),
            "ends": case((over, now + lasts), else_=TryCount.ends),
        },
    ).returning(TryCount.tries, TryCount.ends)
    with database.begin() as connection:
        tries, ends = connection.execute(statement).one()
    return tries, ends


def read(database: Engine, name: str, now: datetime) -> Count:
    """Return how many tries there were so far."""
    query = select(TryCount.tries, TryCount.ends).where(
        TryCount.key == _key(name), TryCount.ends > now
    )
    with database.connect() as connection:
        found = connection.execute(query).one_or_none()
    return (found.tries, found.ends) if found else (0, now)


def forget(database: Engine, name: str | None, now: datetime) -> int:
    """Remove one count, or with no name all whose time is up; return how many there were."""
    which = TryCount.ends <= now if name is None else TryCount.key == _key(name)
    with database.begin() as connection:
        return connection.execute(delete(TryCount).where(which)).rowcount
