"""The filling of tables with rows that nobody could enter one by one, as the tables' owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.postgres.database import make_engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import URL


def copy_as_owner(url: URL, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Fill a table, given with its columns, as fast as the server takes rows."""
    owner = make_engine(url, owner=True, application="nes wave")
    with owner.begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    owner.dispose()
