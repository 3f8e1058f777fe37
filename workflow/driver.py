"""Owns the short way to the driver for the statements of a move.

SQLAlchemy keeps the pool and the transaction; its result machinery alone costs a third of a move
(measured with ``nes bench``), so the few hot statements go to psycopg directly.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg.rows import dict_row
from sqlalchemy.exc import DBAPIError

from states.database import raise_absence
from workflow.refusal import Busy, Conflict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Engine, PoolProxiedConnection


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
    with _absence_named(connection.connection, connection.engine):
        return _rows(_driver(connection.connection), source, parameters)


def fetch_alone(
    engine: Engine, source: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Run a statement that is a transaction by itself, in one round trip, and return its rows.

    Raises as ``fetch`` does.
    """
    with closing(_checked_out(engine)) as pooled, _absence_named(pooled, engine):
        driver = _driver(pooled)
        driver.autocommit = True
        try:
            return _rows(driver, source, parameters)
        finally:
            if not driver.closed:
                driver.autocommit = False


def _checked_out(engine: Engine) -> PoolProxiedConnection:
    try:
        return engine.raw_connection()
    except psycopg.OperationalError as error:
        raise_absence(error, str(engine.url))
        raise


def _driver(pooled: PoolProxiedConnection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", pooled.driver_connection)


def _rows(
    driver: psycopg.Connection[Any], source: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    with driver.cursor(binary=True, row_factory=dict_row) as cursor:
        return cursor.execute(source, parameters).fetchall()


@contextmanager
def _absence_named(pooled: PoolProxiedConnection, engine: Engine) -> Iterator[None]:
    """Give up a connection that has died, and say in the product's words that nobody is there."""
    try:
        yield
    except psycopg.OperationalError as error:
        if _driver(pooled).closed:
            pooled.invalidate(error)
        raise_absence(error, str(engine.url))
        raise
