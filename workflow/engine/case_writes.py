"""Writing the row of a case beside its move: prepared once a connection, as the move itself is.

SQLAlchemy would build each statement anew, which costs several times what the server needs for it.
It is asked only for values that need its types, such as a structure for a JSON column.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from states.kit.base import CASE_ID
from workflow.engine.driver import fetch

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

    from workflow.model.context import Row

_PLAIN = frozenset({str, int, bool, bytes, datetime, date, type(None)})
"""What the driver sends as text that the server reads as whatever the column is."""


def insert_case(connection: Connection, table: Table, values: Row) -> int:
    """Write the row of a new case and return its id, the next one of all workflows."""
    if _plain(values):
        found = fetch(connection, _insert_sql(table.name, tuple(values)), values)
        return int(found[0]["id"])
    statement = insert(table).values(**values, id=CASE_ID.next_value()).returning(table.c.id)
    return int(connection.execute(statement).scalar_one())


def update_case(connection: Connection, table: Table, case_id: int, values: Row) -> None:
    """Write these columns of a case; nothing when there are none."""
    if not values:
        return
    if _plain(values):
        source = _update_sql(table.name, tuple(values))
        fetch(connection, source, {**values, _KEY: case_id})
    else:
        connection.execute(update(table).where(table.c.id == case_id).values(values))


_KEY = "key_of_case"


def _plain(values: Row) -> bool:
    return all(type(value) in _PLAIN for value in values.values())


@lru_cache(maxsize=256)
def _insert_sql(table: str, names: tuple[str, ...]) -> str:
    columns, marks = ", ".join(names), ", ".join(f"%({name})s" for name in names)
    return (
        f"INSERT INTO {table} (id, {columns})"
        f" VALUES (nextval('{CASE_ID.name}'), {marks}) RETURNING id"
    )


@lru_cache(maxsize=256)
def _update_sql(table: str, names: tuple[str, ...]) -> str:
    written = ", ".join(f"{name} = %({name})s" for name in names)
    return f"UPDATE {table} SET {written} WHERE id = %({_KEY})s"
