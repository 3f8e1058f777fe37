"""Owns the short way to the driver for the statements of a move.

SQLAlchemy keeps the pool and the transaction; its result machinery alone costs a third of a move
(measured with ``nes bench``), so the few hot statements go to psycopg directly.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg.rows import dict_row
from sqlalchemy.exc import DBAPIError

from states.database import raise_absence
from workflow.refusal import Busy, Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection


_HELD = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
"""What the database says when another transaction holds what a move needs."""


@contextmanager
def typed_errors() -> Iterator[None]:
    """Turn what the database says of a move into a refusal, whichever way it was asked.

    Conflict names the constraint that the move would break; Busy says that nothing was changed
    because another transaction holds the case. Everything else passes.
    """
    try:
        yield
    except (psycopg.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg.IntegrityError):
            raise Conflict(constraint=cause.diag.constraint_name) from error
        if isinstance(cause, _HELD):
            raise Busy from error
        raise


def fetch(
    connection: Connection, source: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Run a statement (in the driver's form) on the open transaction and return its rows.

    Raises DatabaseUnavailable when the server is away, else the driver's errors.
    """
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    try:
        with driver.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(source, parameters).fetchall()
    except psycopg.OperationalError as error:
        if driver.closed:
            connection.invalidate(error)
        raise_absence(error, str(connection.engine.url))
        raise
