"""The breaking of a connection by the server itself, at one write that is made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from tests.kit.postgres import Database

_BREAK = """
CREATE SEQUENCE breaks;
CREATE FUNCTION break_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    -- A sequence keeps its count when the transaction is lost.
    IF {when} AND nextval('breaks') <= {times} THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
        PERFORM pg_sleep(60);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER break_once BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION break_once()
"""


def break_once(database: Database, table: str, when: str, *, event: str = "UPDATE") -> None:
    """Let the server end the connection that first writes such a row: the write is lost with it."""
    with database.owner.begin() as connection:
        source = _BREAK.format(table=table, when=when, event=event, times=1)
        connection.exec_driver_sql(source.replace("%", "%%"))


def broken(database: Database) -> int:
    """Return how many such writes came by, the lost one among them."""
    with database.owner.connect() as connection:
        return int(
            connection.scalar(
                text("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM breaks")
            )
            or 0
        )
