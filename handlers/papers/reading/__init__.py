"""English reading copies of the Turkish documents of the house.

A reading copy says in English what a document says, part by part, by the same structure and the
same data; it is signed by nobody and binds nobody. What a document says of its case is read from
its own frozen words, so that a copy never says more, or something newer, than its original. Of a
paper whose words were never kept (`letters.words_of`) only the wording can be read, with a line in
place of each value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

from handlers.papers.letters import MONTHS, words_of
from handlers.papers.reading.structure import (
    FACT,
    HEADING,
    ITEM,
    TEXT,
    TITLE,
    blocks_of,
    source_of,
    values_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from states.papers.document import Document

__all__ = [
    "FACT", "HEADING", "ITEM", "TEXT", "TITLE", "Part", "Said", "english_of", "read_copy",
    "read_wording",
]  # fmt: skip

CATALOGUE = Path(__file__).with_name("english.po")
"""The English of every sentence and heading of a released document."""

BLANK = "……"
"""What stands for a value that is not told."""

_PLACE = re.compile(r"\{(\w+)\}")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a sentence; ``turkish`` where it is a value as the document has it."""

    words: str
    turkish: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a reading copy: its sort and mark, its words, and the value of a fact."""

    sort: str
    mark: str
    words: tuple[Said, ...]
    value: tuple[Said, ...] = ()


def read_copy(document: Document, titles: Mapping[str, str]) -> list[Part]:
    """Return the reading copy of a document; empty where its template is not of the house.

    ``titles`` are English names of what the document calls by a Turkish one: kinds, methods.
    """
    source = source_of(document.kind, document.revision)
    found = None if source is None else values_in(words_of(document), source)
    return _copy(document.kind, document.revision, found or {}, titles)


def read_wording(kind: str, revision: str) -> list[Part]:
    """Return what every document of a revision says, without the data of any."""
    return _copy(kind, revision, {"revision": revision}, {})


def english_of(turkish: str) -> str:
    """Return the English of a sentence or heading; KeyError where it has none."""
    return _english()[turkish]


@cache
def _english() -> Mapping[str, str]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en", abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def _copy(
    kind: str, revision: str, values: Mapping[str, str], titles: Mapping[str, str]
) -> list[Part]:
    def fill(turkish: str) -> tuple[Said, ...]:
        return tuple(_filled(_worded(turkish), values, titles))

    blocks = blocks_of(kind, revision)
    return [Part(one.sort, one.mark, fill(one.words), fill(one.value)) for one in blocks]


def _worded(turkish: str) -> str:
    """Return the English of what holds more than places and their marks."""
    return english_of(turkish) if re.search(r"\w", _PLACE.sub("", turkish)) else turkish


def _filled(english: str, values: Mapping[str, str], titles: Mapping[str, str]) -> Iterator[Said]:
    end = 0
    for place in _PLACE.finditer(english):
        if english[end : place.start()]:
            yield Said(english[end : place.start()])
        yield _value(place[1], values, titles)
        end = place.end()
    if english[end:]:
        yield Said(english[end:])


def _value(name: str, values: Mapping[str, str], titles: Mapping[str, str]) -> Said:
    value = values.get(name)
    if value is None:
        return Said(BLANK)
    if value in titles:
        return Said(titles[value])
    if name.endswith("_long_date"):
        return Said(_english_day(value))
    english = _english().get(value)
    return Said(
        english or value, turkish=english is None and re.search(r"[^\W\d]", value) is not None
    )


def _english_day(day: str) -> str:
    """Return a day as English has it: ``22 November 2026``."""
    number, month, year = day.split()
    return f"{number} {_ENGLISH_MONTHS[MONTHS.index(month)]} {year}"
