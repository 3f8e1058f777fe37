"""The reading of YAML into elements that know their line and column, strictly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import yaml

from workflow.model.problem import START, FilePlace, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 12
"""How deep a file may nest; the shipped one needs 7."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as written: ``plain`` without quotes; ``raw`` is its piece of the file."""

    value: str
    plain: bool
    place: FilePlace
    raw: str

    def place_of(self, offset: int) -> FilePlace:
        """Return where a character of the value stands in the file.

        Folding changes only white space, so the n-th visible character is the same in both.
        """
        skip = 1 if self.raw[:1] in {"'", '"'} else 0
        if self.raw[:1] in {">", "|"}:
            skip = self.raw.find("\n") + 1
        visible = sum(not c.isspace() for c in self.value[:offset])
        at = len(self.raw.rstrip())
        for index in range(skip, len(self.raw)):
            if self.raw[index].isspace():
                continue
            if visible == 0:
                at = index
                break
            visible -= 1
        return _moved(self.place, self.raw[:at])


@dataclass(frozen=True, slots=True)
class FileList:
    """A list."""

    items: tuple[Element, ...]
    place: FilePlace


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; each key once."""

    entries: tuple[tuple[Scalar, Element], ...]
    place: FilePlace


Element = Scalar | FileList | Table


def read(data: bytes | str, report: Report) -> Element | None:
    """Return the file as elements; None (and a noted mistake) when it is no YAML at all."""
    text = _decoded(data, report) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    if text is None:
        return None
    try:
        return _Builder(text, report).document()
    except yaml.MarkedYAMLError as error:
        place = _blamed(error)
        report.add(place, _readable(error, text, place))
    except yaml.reader.ReaderError as error:
        place = _moved(START, text[: error.position])
        report.add(place, f"the character U+{_code(error.character):04X} is not allowed in YAML")
    except _TooDeep as error:
        report.add(error.place, f"nested deeper than {DEEPEST} levels")
    return None


def _code(character: str | int) -> int:
    return ord(character) if isinstance(character, str) else character


def _decoded(data: bytes, report: Report) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _moved(START, data[: error.start].decode("utf-8-sig"))
        report.add(place, f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8")
        return None


def _moved(place: FilePlace, passed: str) -> FilePlace:
    lines = passed.count("\n")
    if not lines:
        return FilePlace(place.line, place.column + len(passed))
    return FilePlace(place.line + lines, len(passed) - passed.rfind("\n"))


def _blamed(error: yaml.MarkedYAMLError) -> FilePlace:
    """Return where a bracket or quote opens that is never closed, else where the parser stopped."""
    context = error.context or ""
    opened = "flow" in context or "quoted" in context
    return _at(_mark(error.context_mark if opened else error.problem_mark))


def _readable(error: yaml.MarkedYAMLError, text: str, place: FilePlace) -> str:
    lines = text.split("\n")
    if place.line <= len(lines) and "\t" in lines[place.line - 1]:
        return "a tab stands here: YAML is indented with spaces"
    parts = [part for part in (error.problem, error.context) if part]
    return f"this is not YAML: {' '.join(parts)}"


class _TooDeep(Exception):
    """The file nests without end."""

    def __init__(self, place: FilePlace) -> None:
        super().__init__()
        self.place = place


class _Builder:
    """Builds elements from the events of the YAML parser, refusing what the file must not use."""

    def __init__(self, text: str, report: Report) -> None:
        self._text = text
        self._report = report
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._depth = 0

    def document(self) -> Element | None:
        root: Element | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._report.add(_place(event), "a second document starts: one file holds one")
                    break
                root = self._element(next(self._events))
        if root is None:
            self._report.add(START, "the file is empty")
        return root

    def _element(self, event: yaml.Event) -> Element:
        place = _place(event)
        self._refuse_extras(event, place)
        if isinstance(event, yaml.ScalarEvent):
            raw = self._text[_mark(event.start_mark).index : _mark(event.end_mark).index]
            return Scalar(event.value, not event.style, place, raw)
        if isinstance(event, yaml.AliasEvent):
            return Scalar("", plain=True, place=place, raw="")
        self._depth += 1
        if self._depth > DEEPEST:
            raise _TooDeep(place)
        whole = isinstance(event, yaml.MappingStartEvent)
        element = self._table(place) if whole else self._series(place)
        self._depth -= 1
        return element

    def _refuse_extras(self, event: yaml.Event, place: FilePlace) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._report.add(place, f"alias '*{event.anchor}': write the value out")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            self._report.add(place, f"anchor '&{event.anchor}': write each value out")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._report.add(place, f"tag '{tag}': values have no tags here")

    def _series(self, place: FilePlace) -> FileList:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._element(event))
        return FileList(tuple(items), place)

    def _table(self, place: FilePlace) -> Table:
        entries: dict[str, tuple[Scalar, Element]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._element(event)
            value = self._element(next(self._events))
            if not isinstance(key, Scalar):
                self._report.add(key.place, "a key is a single word, not a list or mapping")
            elif key.value == "<<":
                self._report.add(key.place, "merge key '<<': write the values out")
            elif key.value in entries:
                first = entries[key.value][0].place.line
                self._report.add(
                    key.place, f"'{key.value}' stands here twice: first in line {first}"
                )
            else:
                entries[key.value] = key, value
        return Table(tuple(entries.values()), place)


def _place(event: yaml.Event) -> FilePlace:
    return _at(_mark(event.start_mark))


def _at(mark: yaml.Mark) -> FilePlace:
    return FilePlace(mark.line + 1, mark.column + 1)


def _mark(mark: object) -> yaml.Mark:
    return cast("yaml.Mark", mark)
