"""Reading single rows and typed values for the handlers, within the move's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import bindparam, inspect, select
from sqlalchemy.exc import NoResultFound

from workflow.engine import driver
from workflow.engine.statement import DIALECT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import BindParameter, Connection, Select
    from sqlalchemy.types import TypeEngine

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
    """Read a row by its primary key, past the session's machinery, which costs as much again.

    Rules and actions of a move ask for the same rows one after the other: each is read once, until
    something is written.
    """
    kept = driver.kept(connection)
    found = kept.get((entity, key))
    if found is None:
        rows = _by_key(entity).ask(connection, key=key)
        if not rows:
            return None
        # By now there is a transaction, also where there was none before.
        found = driver.kept(connection)[entity, key] = rows[0]
    row = cast("Entity", inspect(entity).class_manager.new_instance())
    vars(row).update(found)
    return row


@cache
def _by_key(entity: type[Base]) -> Question:
    mapper = inspect(entity)
    (key,) = mapper.primary_key
    columns = (one.columns[0].label(one.key) for one in mapper.column_attrs)
    return Question.of(select(*columns).where(key == given("key")))


def given(name: str, kind: TypeEngine[Value] | None = None) -> BindParameter[Value]:
    """Return the place of a value that a question is asked with."""
    return bindparam(name, required=False, type_=kind)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about rows that is built once and prepared once a connection."""

    source: str
    constants: Mapping[str, object]
    readings: Mapping[str, Callable[[Any], object]]
    """How the values of those columns are read whose type does not give them as they lie."""

    @classmethod
    def of(cls, statement: Select[*tuple[Any, ...]]) -> Question:
        """Return what asks this; what differs from time to time is ``given``."""
        built = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        known = {name: value for name, value in built.params.items() if value is not None}
        readings = (
            (str(column.key), column.type.dialect_impl(DIALECT).result_processor(DIALECT, None))
            for column in statement.selected_columns
        )
        return cls(str(built), known, {name: read for name, read in readings if read is not None})

    def ask(self, connection: Connection, **values: object) -> list[dict[str, Any]]:
        """Return the rows, each by the names of its columns, for the values of the parameters."""
        found = driver.fetch(connection, self.source, {**self.constants, **values})
        for name, read in self.readings.items():
            for row in found:
                row[name] = read(row[name])
        return found


def add(connection: Connection, entity: type[Base], values: Mapping[str, object]) -> None:
    """Write a new row of texts, numbers, moments and bytes; the rest is as the table has it."""
    driver.fetch(connection, _new(entity.__tablename__, tuple(values)), values)


@cache
def _new(table: str, names: tuple[str, ...]) -> str:
    marks = ", ".join(f"%({name})s" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names


def number(row: Mapping[str, object], name: str) -> int:
    """Return a whole number that must be there; TypeError tells a broken caller."""
    return _of(row, name, int)


def text(row: Mapping[str, object], name: str) -> str:
    """Return a text that must be there."""
    return _of(row, name, str)


def moment(row: Mapping[str, object], name: str) -> datetime:
    """Return a moment that must be there."""
    return _of(row, name, datetime)


def day(row: Mapping[str, object], name: str) -> date:
    """Return a day that must be there."""
    return _of(row, name, date)


def optional_number(row: Mapping[str, object], name: str) -> int | None:
    """Return a whole number or None."""
    return None if row.get(name) is None else number(row, name)


def optional_text(row: Mapping[str, object], name: str) -> str | None:
    """Return a text or None."""
    return None if row.get(name) is None else text(row, name)


def optional_date(row: Mapping[str, object], name: str) -> date | None:
    """Return a day or None."""
    return None if row.get(name) is None else day(row, name)


def _of(row: Mapping[str, object], name: str, kind: type[Value]) -> Value:
    value = row.get(name)
    if not isinstance(value, kind):
        message = f"{name} is {type(value).__name__}, not {kind.__name__}"
        raise TypeError(message)
    return value
