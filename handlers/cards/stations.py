"""Which stations there are: added with a secret that is shown once, ended for good."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from states.cases.station import Station
from states.kit.invalid import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

LONGEST = 60
"""Characters of a station's name."""

SECRET_BYTES = 32


def secret_hash(secret: str) -> bytes:
    """Return what is kept of a secret; 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def add_station(database: Engine, name: str, now: datetime) -> str:
    """Enter a station and return its secret, which nobody can read again.

    Raises Invalid for a name that is missing, too long or in use, that of an ended one included:
    the journal goes on to name it.
    """
    wanted = " ".join(name.split())
    if not 0 < len(wanted) <= LONGEST or not wanted.isprintable():
        raise Invalid("station.name", longest=LONGEST)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with database.begin() as connection:
        if connection.scalar(select(Station.id).where(Station.name == wanted)) is not None:
            raise Invalid("station.name_used", name=wanted)
        connection.execute(
            insert(Station).values(name=wanted, secret_hash=secret_hash(secret), added_at=now)
        )
    return secret


def list_stations(database: Engine) -> Sequence[Station]:
    """Return every station, the ended ones too, in the order in which they were added."""
    with Session(database, expire_on_commit=False) as session:
        return session.scalars(select(Station).order_by(Station.id)).all()


def station_named(database: Engine, name: str) -> Station:
    """Return the station of a name; Invalid where there is none."""
    with Session(database, expire_on_commit=False) as session:
        found = session.scalar(select(Station).where(Station.name == name))
    if found is None:
        raise Invalid("station.no_such", name=name)
    return found


def find_by_secret(connection: Connection, secret: str) -> Station | None:
    """Return the station that a secret belongs to, an ended one too; None for any other secret."""
    with Session(connection, expire_on_commit=False) as session:
        return session.scalar(select(Station).where(Station.secret_hash == secret_hash(secret)))


def note_seen(database: Engine, station_id: int, now: datetime) -> None:
    """Keep when a station last asked."""
    with database.begin() as connection:
        connection.execute(update(Station).where(Station.id == station_id).values(last_seen_at=now))


def close_station(database: Engine, station_id: int, now: datetime) -> None:
    """End a station: from now on its secret opens nothing; an ended one stays as it is."""
    statement = update(Station).where(Station.id == station_id, Station.ended_at.is_(None))
    with database.begin() as connection:
        connection.execute(statement.values(ended_at=now))
