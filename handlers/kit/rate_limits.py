"""The counts of tries that all processes share, so that a limit holds for the house."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from states.people.session import TryCount
from states.postgres.commits import aside

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

Count = tuple[int, datetime]
"""How many tries there were in this stretch of time, and when it ends."""


def _key(name: str) -> bytes:
    """Hash what is counted: the name of a limit holds the address it came from."""
    return hashlib.sha256(name.encode()).digest()


def add(database: Engine, name: str, amount: int, lasts: timedelta, now: datetime) -> Count:
    """Count tries of one sort from one place with one statement; begins anew when time is up."""
    with aside(), database.begin() as connection:
        return add_in(connection, name, amount, lasts, now)


def add_in(
    connection: Connection, name: str, amount: int, lasts: timedelta, now: datetime
) -> Count:
    """Count as `add` does, in a transaction of the caller's."""
    fresh = insert(TryCount).values(key=_key(name), tries=amount, ends=now + lasts)
    over = TryCount.ends <= now
    statement = fresh.on_conflict_do_update(
        index_elements=[TryCount.key],
        set_={
            "tries": case((over, amount), else_=TryCount.tries + amount),
            "ends": case((over, now + lasts), else_=TryCount.ends),
        },
    ).returning(TryCount.tries, TryCount.ends)
    tries, ends = connection.execute(statement).one()
    return tries, ends


def read(database: Engine, name: str, now: datetime) -> Count:
    """Return how many tries there were so far."""
    with database.connect() as connection:
        return read_in(connection, name, now)


def read_in(connection: Connection, name: str, now: datetime) -> Count:
    """Return as `read` does, in a transaction of the caller's."""
    query = select(TryCount.tries, TryCount.ends).where(
        TryCount.key == _key(name), TryCount.ends > now
    )
    found = connection.execute(query).one_or_none()
    return (found.tries, found.ends) if found else (0, now)


def alone(connection: Connection, name: str) -> None:
    """Let nobody else look at this count between here and the end of the transaction."""
    number = int.from_bytes(_key(name)[:8], "big", signed=True)
    connection.execute(select(func.pg_advisory_xact_lock(number)))


def forget(database: Engine, name: str | None, now: datetime) -> int:
    """Remove one count, or with no name all whose time is up; return how many there were."""
    which = TryCount.ends <= now if name is None else TryCount.key == _key(name)
    with aside(), database.begin() as connection:
        return connection.execute(delete(TryCount).where(which)).rowcount
