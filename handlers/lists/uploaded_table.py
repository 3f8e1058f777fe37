"""A table that somebody uploads (CSV or XLSX): read apart, its columns found, odd cells refused.

The file is a stranger's, so it is read in a process of its own (`handlers.papers.sandbox`). Cells
that a spreadsheet would run as a formula are refused, for what was read is exported again.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handlers.kit.sentences import sentence_of
from handlers.papers.sandbox import Bounds, ReaderFailed, SandboxReader, read_apart, tables
from states.kit.invalid import Invalid
from states.kit.text import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

LARGEST = 5 * 1024 * 1024
"""Bytes of an uploaded file."""

LONGEST_CELL = 500

TABLES = SandboxReader(
    Path(tables.__file__), Bounds(memory=512 * 1024**2, cpu=20, wall=45, answer=48 * 1024**2)
)
"""Who reads the file, and what with: 20,000 rows of 11 columns take 2 seconds and 60 MB."""

FAULTS = frozenset({"type", "old", "ods", "document_type", "unpacked", "encoding", "rows"})
"""Why a file is not read, as the reader names it; the code is ``upload.<fault>``."""

_FORMULA = ("=", "+", "-", "@")
_ERROR = re.compile(r"#[A-ZÇĞİÖŞÜ][A-ZÇĞİÖŞÜ0-9/_]*[!?]?|(?:Err|Hata):[0-9]{3}")
"""What a spreadsheet shows instead of a value, in any language: ``#N/A``, ``#YOK``, ``#REF!``."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken: its number in the file, a stable code and a Turkish reason."""

    number: int
    code: str
    reason: str


def reject(number: int, invalid: Invalid) -> RejectedRow:
    """Return a row that was not taken for what is invalid in it."""
    return RejectedRow(number, invalid.code, sentence_of(invalid))


@dataclass(frozen=True, slots=True)
class TableShape:
    """What the table of an upload looks like.

    ``columns`` are our names with their headings, ``fold`` says how a heading is compared, and
    ``signed`` names the columns whose cells may begin with a sign, such as a phone number.
    """

    columns: Mapping[str, str]
    headings: Mapping[str, str]
    fold: Callable[[str], str]
    most_rows: int
    signed: frozenset[str] = frozenset()

    def read(self, content: bytes) -> Mapping[str, Any]:
        """Read a file, told by its content and not by its name; Invalid for a large or odd one."""
        if len(content) > LARGEST:
            raise Invalid("upload.large", megabytes=LARGEST // 1024**2)
        try:
            table: Mapping[str, Any] = read_apart(TABLES, content, str(self.most_rows))
        except ReaderFailed as error:
            raise self._unreadable("type") from error
        return table

    def lines(self, table: Mapping[str, Any]) -> Iterator[tuple[int, list[str]]]:
        """Return the numbered lines of a table that was read, the heading first; Invalid."""
        if "fault" in table:
            # The reader works on a stranger's file: what it says is believed only if it is known.
            raise self._unreadable(table["fault"] if table["fault"] in FAULTS else "type")
        return iter(table["rows"])

    def _unreadable(self, fault: str) -> Invalid:
        return Invalid(f"upload.{fault}", most=self.most_rows)

    def names(self, heading: Iterable[str]) -> list[str | None]:
        """Return our name of each column, None for one that is not ours; Invalid for one twice."""
        names = [self.headings.get(self.fold(cell)) for cell in heading]
        counted = Counter(filter(None, names))
        twice = [self.columns[name] for name, times in counted.items() if times > 1]
        if twice:
            raise Invalid("upload.heading_twice", twice=twice)
        return names

    def missing(self, names: Iterable[str | None], required: Iterable[str]) -> list[str]:
        """Return the headings that a table has to have and has not."""
        there = set(names)
        return [self.columns[name] for name in required if name not in there]

    def values(self, names: Iterable[str | None], cells: Iterable[str]) -> dict[str, str]:
        """Return the cells of a line by our names, "" where there is none; Invalid for odd ones."""
        found = {name: normal(cell) for name, cell in zip(names, cells, strict=False) if name}
        values = {name: found.get(name, "") for name in self.columns}
        for name, value in values.items():
            self._refuse_odd(name, value)
        return values

    def _refuse_odd(self, name: str, value: str) -> None:
        column = self.columns[name]
        if len(value) > LONGEST_CELL:
            raise Invalid("cell.long", column=column, longest=LONGEST_CELL)
        if _ERROR.fullmatch(value):
            raise Invalid("cell.error", column=column, value=value)
        if value.startswith("=" if name in self.signed else _FORMULA):
            raise Invalid("cell.formula", column=column)
