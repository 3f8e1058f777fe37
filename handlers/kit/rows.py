"""Reading single rows and typed values for the handlers, within the move's transaction."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from sqlalchemy import inspect
from sqlalchemy.exc import NoResultFound

from workflow.engine import driver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from states.kit.base import Base

Entity = TypeVar("Entity", bound="Base")
Value = TypeVar("Value")


def fetch(connection: Connection, entity: type[Entity], key: object) -> Entity:
    """Return the row of a primary key, which must be there; detached, for reading only."""
    found = _read(connection, entity, key)
    if found is None:
        message = f"no {entity.__tablename__} {key}"
        raise NoResultFound(message)
    return found


def find(connection: Connection, entity: type[Entity], key: object) -> Entity | None:
    """Return the row of a primary key, or None; also for a key of the wrong sort."""
    if not isinstance(key, int | str):
        return None
    return _read(connection, entity, key)


def _read(connection: Connection, entity: type[Entity], key: object) -> Entity | None:
    """Read a row by its primary key, past the session's machinery, which costs as much again."""
    rows = driver.fetch(connection, _source(entity), {"key": key})
    if not rows:
        return None
    row = cast("Entity", inspect(entity).class_manager.new_instance())
    vars(row).update(rows[0])
    return row


@cache
def _source(entity: type[Base]) -> str:
    mapper = inspect(entity)
    (key,) = mapper.primary_key
    columns = ", ".join(f"{one.columns[0].name} AS {one.key}" for one in mapper.column_attrs)
    return f"SELECT {columns} FROM {entity.__tablename__} WHERE {key.name} = %(key)s"  # noqa: S608 - our own names


def number(row: Mapping[str, object], name: str) -> int:
    """Return a whole number that must be there; TypeError tells a broken caller."""
    return _of(row, name, int)


def text(row: Mapping[str, object], name: str) -> str:
    """Return a text that must be there."""
    return _of(row, name, str)


def moment(row: Mapping[str, object], name: str) -> datetime:
    """Return a moment that must be there."""
    return _of(row, name, datetime)


def optional_number(row: Mapping[str, object], name: str) -> int | None:
    """Return a whole number or None."""
    return None if row.get(name) is None else number(row, name)


def optional_text(row: Mapping[str, object], name: str) -> str | None:
    """Return a text or None."""
    return None if row.get(name) is None else text(row, name)


def optional_date(row: Mapping[str, object], name: str) -> date | None:
    """Return a day or None."""
    return None if row.get(name) is None else _of(row, name, date)


def _of(row: Mapping[str, object], name: str, kind: type[Value]) -> Value:
    value = row.get(name)
    if not isinstance(value, kind):
        message = f"{name} is {type(value).__name__}, not {kind.__name__}"
        raise TypeError(message)
    return value
