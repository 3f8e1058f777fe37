"""The shapes that the file's parts may have: one declaration checks them and is the schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from workflow.model.problem import START, FilePlace, Report, nearest
from workflow.model.source import Element, FileList, Scalar, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class FileWord:
    """A word of the file with its place; ``scalar`` as it was written."""

    value: str
    scalar: Scalar

    @property
    def place(self) -> FilePlace:
        """Where the word stands."""
        return self.scalar.place


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A mapping as read: only keys and values of the right shape are in it."""

    place: FilePlace = START
    values: Mapping[str, object] = field(default_factory=dict)
    places: Mapping[str, FilePlace] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def token(self, key: str) -> FileWord | None:
        """Return the word under a key."""
        value = self.values.get(key)
        return value if isinstance(value, FileWord) else None

    def word(self, key: str, default: str = "") -> str:
        """Return the text of the word under a key."""
        token = self.token(key)
        return default if token is None else token.value

    def tokens(self, key: str) -> tuple[FileWord, ...]:
        """Return the words under a key, one or many."""
        value = self.values.get(key)
        if isinstance(value, FileWord):
            return (value,)
        return value if isinstance(value, tuple) else ()

    def words(self, key: str) -> tuple[str, ...]:
        """Return the texts of the words under a key."""
        return tuple(token.value for token in self.tokens(key))

    def flag(self, key: str) -> bool:
        """Say whether a key is true."""
        return self.word(key) == "true"

    def record(self, key: str) -> FileRecord:
        """Return the mapping under a key; an empty one when there is none."""
        value = self.values.get(key)
        return value if isinstance(value, FileRecord) else FileRecord(self.place)

    def records(self) -> dict[str, FileRecord]:
        """Return all mappings in this one by key."""
        return {key: value for key, value in self.values.items() if isinstance(value, FileRecord)}

    def series(self, key: str) -> tuple[object, ...]:
        """Return the list under a key, whatever it holds."""
        value = self.values.get(key)
        return value if isinstance(value, tuple) else ()

    def at(self, key: str) -> FilePlace:
        """Return where a key stands; the mapping itself when the key is absent."""
        return self.places.get(key, self.place)


class FileShape(Protocol):
    """What a part of the file may look like."""

    def read(self, element: Element, report: Report) -> object:
        """Return the part as read, None (and a noted mistake) when it has another shape."""
        ...  # pragma: no cover - a protocol has no body

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        ...  # pragma: no cover - a protocol has no body


def called(element: Element) -> str:
    """Return what to call an element of the wrong shape."""
    match element:
        case Scalar(""):
            return "nothing"
        case Scalar(value):
            return f"'{value}'"
        case FileList():
            return "a list"
        case _:
            return "a mapping"


@dataclass(frozen=True, slots=True)
class WordShape:
    """A single value that matches a pattern; ``what`` says in words what it is."""

    pattern: str
    what: str

    def read(self, element: Element, report: Report) -> FileWord | None:
        """Return the word."""
        if isinstance(element, Scalar) and re.fullmatch(self.pattern, element.value, re.ASCII):
            return FileWord(element.value, element)
        report.add(element.place, f"{called(element)} stands where {self.what} is expected")
        return None

    def schema(self) -> Schema:
        """Return the shape as JSON Schema; numbers are words too in YAML."""
        return {"type": ["string", "integer"], "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Any text but the empty one."""

    def read(self, element: Element, report: Report) -> FileWord | None:
        """Return the text."""
        if isinstance(element, Scalar) and element.value.strip():
            return FileWord(element.value, element)
        report.add(element.place, f"{called(element)} stands where a text is expected")
        return None

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class ChoiceShape:
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, element: Element, report: Report) -> FileWord | None:
        """Return the word."""
        if isinstance(element, Scalar) and element.value in self.options:
            return FileWord(element.value, element)
        choice = " or ".join(self.options)
        hint = nearest(element.value, self.options) if isinstance(element, Scalar) else ""
        hint = hint if "mean" in hint else ""
        report.add(element.place, f"{called(element)} stands where {choice} is expected{hint}")
        return None

    def schema(self) -> Schema:
        """Return the shape as JSON Schema; true and false are words here."""
        return {"enum": [{"true": True, "false": False}.get(word, word) for word in self.options]}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of items of one shape, none twice; ``single`` when one needs no brackets."""

    item: FileShape
    single: bool = True

    def read(self, element: Element, report: Report) -> tuple[object, ...] | None:
        """Return the items of the right shape."""
        if isinstance(element, FileList):
            if not element.items:
                report.add(element.place, "the list is empty: leave the key out")
            return self._items(element.items, report)
        if self.single:
            return self._items((element,), report)
        report.add(element.place, f"{called(element)} stands where a list is expected")
        return None

    def _items(self, elements: tuple[Element, ...], report: Report) -> tuple[object, ...]:
        items: list[object] = []
        seen: set[str] = set()
        for element in elements:
            item = self.item.read(element, report)
            if isinstance(item, FileWord):
                if item.value in seen:
                    report.add(item.place, f"'{item.value}' stands in the list twice")
                seen.add(item.value)
            if item is not None:
                items.append(item)
        return tuple(items)

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        many: Schema = {"type": "array", "items": self.item.schema(), "minItems": 1}
        return {"anyOf": [self.item.schema(), many]} if self.single else many


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with known keys; ``others`` is the shape of further keys, if any are free."""

    known: Mapping[str, FileShape]
    required: tuple[str, ...] = ()
    others: FileShape | None = None

    def read(self, element: Element, report: Report) -> FileRecord | None:
        """Return the keys and values that are right."""
        if not isinstance(element, Table):
            keys = ", ".join(self.known)
            what = f"{called(element)} stands where a mapping is expected"
            report.add(element.place, f"{what} ({keys})" if keys else what)
            return None
        values: dict[str, object] = {}
        places: dict[str, FilePlace] = {}
        for key, value in element.entries:
            places[key.value] = key.place
            shape = self.known.get(key.value, self.others)
            if shape is None:
                report.unknown(key.place, "key", key.value, self.known)
            elif key.value not in self.known and not re.fullmatch(NAME, key.value, re.ASCII):
                report.add(key.place, f"'{key.value}' is no name for a field: use a-z, 0-9 and _")
            elif (found := shape.read(value, report)) is not None:
                values[key.value] = found
        for key_name in self.required:
            if key_name not in places:
                report.add(element.place, f"'{key_name}' is missing")
        return FileRecord(element.place, values, places)

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {
            "type": "object",
            "properties": {key: shape.schema() for key, shape in self.known.items()},
            "required": list(self.required),
            "additionalProperties": self.others.schema() if self.others else False,
        }


@dataclass(frozen=True, slots=True)
class Book:
    """A mapping from free names to things of one shape."""

    entry: FileShape
    what: str
    empty: bool = False

    def read(self, element: Element, report: Report) -> FileRecord | None:
        """Return the entries with good names and of the right shape."""
        if not isinstance(element, Table):
            message = f"{called(element)} stands where a mapping of {self.what}s is expected"
            report.add(element.place, message)
            return None
        if not element.entries and not self.empty:
            report.add(element.place, f"there is no {self.what} here")
        values: dict[str, object] = {}
        places: dict[str, FilePlace] = {}
        for key, value in element.entries:
            if not re.fullmatch(NAME, key.value, re.ASCII):
                message = f"'{key.value}' is no name for a {self.what}: use a-z, 0-9 and _"
                report.add(key.place, message)
                continue
            places[key.value] = key.place
            values[key.value] = self.entry.read(value, report)
        return FileRecord(element.place, values, places)

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        return {
            "type": "object",
            "propertyNames": {"pattern": f"^(?:{NAME})$"},
            "additionalProperties": self.entry.schema(),
        }


@dataclass(frozen=True, slots=True)
class Forms:
    """A part that may be written as a word, a list or a mapping, each with its own shape."""

    word: FileShape
    table: FileShape
    series: FileShape | None = None

    def read(self, element: Element, report: Report) -> object:
        """Return the part in the form it is written in."""
        if isinstance(element, Table):
            return self.table.read(element, report)
        if isinstance(element, FileList) and self.series:
            return self.series.read(element, report)
        return self.word.read(element, report)

    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""
        forms = [self.word, self.table, *([self.series] if self.series else [])]
        return {"anyOf": [shape.schema() for shape in forms]}


NAME = r"[a-z][a-z0-9_]*"
"""What states, transitions, rules, facts, roles, kinds and columns are called by."""
