"""Owns the short way to the driver for the statements of a move.

SQLAlchemy keeps the pool and the transaction; its result machinery alone costs a third of a move
(measured with ``nes bench``), so the few hot statements go to psycopg directly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg.rows import dict_row

from states.database import raise_absence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


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
