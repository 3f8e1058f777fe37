"""The values that kinds and windows hold: how they are written and of what type they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from workflow.model.definition import Enumeration, FactType, ScalarType
from workflow.model.duration import Duration
from workflow.model.expression import ExpressionError, Literal, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflow.model.shape import FileWord

Value = bool | int | str | date | Duration | tuple[object, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """The type of a list of values of one type."""

    item: FactType


ValueType = FactType | ListOf


def value_of(token: FileWord) -> Value:
    """Return what a word of the file stands for; ExpressionError when it is a faulty value.

    ``true`` and ``false`` are bools, ``7`` an int, ``2026-01-31`` a date, ``2 months`` a
    duration; everything else, and all that stands in quotes, is text.
    """
    word = token.value
    if not token.scalar.plain or not re.match(r"\d|(true|false)$", word):
        return word
    node = parse(word)
    if not isinstance(node, Literal):
        raise ExpressionError(f"'{word}' is no single value: quote it if it is a text", 0)
    return node.value


def signature(value: object) -> object:
    """Return what two rows must share in a field: the type, for lists that of the items."""
    if isinstance(value, tuple):
        return ("list", *sorted({type(item).__name__ for item in value}))
    return type(value).__name__


def type_of(values: Iterable[object]) -> ValueType:
    """Return the type of a field from all its values, which share one signature."""
    found = list(values)
    if isinstance(found[0], tuple):
        return ListOf(_plain_type([item for value in found for item in _items(value)]))
    return _plain_type(found)


def _items(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _plain_type(values: list[object]) -> FactType:
    names: dict[type, ScalarType] = {
        bool: "bool",
        int: "int",
        date: "date",
        Duration: "duration",
    }
    name = names.get(type(values[0]))
    return name or Enumeration(tuple(dict.fromkeys(str(value) for value in values)))


def types_of_fields(rows: Iterable[Mapping[str, object]]) -> dict[str, ValueType]:
    """Return the type of each field of kinds or windows but ``title`` and ``from``."""
    found = list(rows)
    names = [name for name in (found[0] if found else {}) if name not in {"title", "from"}]
    return {name: type_of(row[name] for row in found if name in row) for name in names}
