"""Whether this code may work on a database: at its own step, or at a later one that lets it.

Web, worker and commands ask it at each new connection, ``/readyz`` at each question. It knows the
steps by the names of their files, so that asking loads nothing.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import event

from states.kit.errors import DatabaseUnavailable

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Connection, Engine

_MADE = "SELECT to_regclass('alembic_version') IS NOT NULL, to_regclass('step') IS NOT NULL"
_STANDS = "SELECT version_num FROM alembic_version"
_IN_THE_WAY = "SELECT number FROM step WHERE number > %s AND NOT compatible ORDER BY number LIMIT 1"


class DatabaseBehind(DatabaseUnavailable):
    """The database lacks steps that this code needs; params: stands, needs."""

    code = "database_behind"


class DatabaseAhead(DatabaseUnavailable):
    """A newer version has changed what this code uses in the database; params: stands, knows."""

    code = "database_ahead"


def newest() -> str:
    """Return the number of the newest step that this code knows."""
    folder = resources.files(__package__) / "versions"
    return max(file.name[:4] for file in folder.iterdir() if file.name[:4].isdecimal())


def refuse_unfit(connection: psycopg.Connection) -> None:
    """Refuse a database that this code cannot work on; leaves the connection as it was.

    Raises DatabaseBehind where steps are missing, also all of them, and DatabaseAhead where a
    later step is not declared to be compatible. Later steps that are let older code go on.
    """
    made, told = _row(connection, _MADE)
    stands = str(_row(connection, _STANDS)[0]) if made else ""
    needs = newest()
    if stands < needs:
        sentence = "The database has no tables yet. Run `nes db upgrade` first."
        if stands:
            sentence = (
                f"The database stands at step {stands} and this version needs {needs}. "
                "Run `nes db upgrade`."
            )
        raise DatabaseBehind(sentence, stands=stands or "none", needs=needs)
    if stands == needs:
        return
    found = _row(connection, _IN_THE_WAY, [needs])[0] if told else stands
    if found is not None:
        sentence = (
            f"The database stands at step {stands}; step {found} changed what this version, which "
            f"knows steps up to {needs}, works with. Install the newer version and start it."
        )
        raise DatabaseAhead(sentence, stands=stands, knows=needs)


def watch(engine: Engine) -> None:
    """Have an engine refuse an unfit database at each new connection."""

    @event.listens_for(engine, "connect")
    def look(connection: psycopg.Connection, _entry: object) -> None:
        kept, connection.autocommit = connection.autocommit, True
        try:
            refuse_unfit(connection)
        finally:
            connection.autocommit = kept


def look(engine: Engine) -> None:
    """Refuse an unfit database over a connection of the pool; the errors of `refuse_unfit`."""
    with engine.connect() as connection:
        refuse_unfit(driver_of(connection))


def driver_of(connection: Connection) -> psycopg.Connection:
    """Return the driver's connection beneath SQLAlchemy's."""
    driver: psycopg.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    return driver


def _row(
    connection: psycopg.Connection, query: str, values: list[str] | None = None
) -> tuple[object, ...]:
    found = connection.execute(query.encode(), values).fetchone()
    return found if found is not None else (None,)
