"""Owns taking the journal out: JSON Lines that an outsider can verify, CSV for people."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlalchemy import Select, select

from states.journal import JournalEntry
from workflow.entry import canonical, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Engine, Row

Format = Literal["jsonl", "csv"]

_Query = TypeVar("_Query", bound="Select[*tuple[Any, ...]]")

BATCH = 2_000
"""How many entries are held in memory at once."""

CSV_KEYS = (
    "case", "n", "at", "workflow", "trigger", "from", "to",
    "actor", "role", "auth", "batch", "reason", "definition",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which entries: from a moment (inclusive) to a moment (exclusive), and exact matches."""

    since: datetime | None = None
    until: datetime | None = None
    case_id: int | None = None
    workflow: str | None = None
    trigger: str | None = None
    actor: str | None = None
    batch: str | None = None

    def apply(self, query: _Query) -> _Query:
        """Return the query with the conditions of the filter."""
        if self.since is not None:
            query = query.where(JournalEntry.at >= self.since)
        if self.until is not None:
            query = query.where(JournalEntry.at < self.until)
        for name in ("case_id", "workflow", "trigger", "actor", "batch"):
            wanted = getattr(self, name)
            if wanted is not None:
                query = query.where(getattr(JournalEntry, name) == wanted)
        return query


def export(database: Engine, wanted: JournalFilter, fmt: Format) -> Iterator[str]:
    """Yield the lines of an export, each ended by a newline, ordered by case and number.

    A JSON line holds ``prev`` and ``hash`` (hex) and, as a text, ``body`` letter by letter as it
    was hashed: SHA-256 over the bytes of ``prev`` and the UTF-8 of ``body`` gives ``hash``. An
    entry that somebody has tampered with comes out as it stands.
    """
    columns = select(JournalEntry.body, JournalEntry.prev, JournalEntry.hash)
    query = wanted.apply(columns).order_by(JournalEntry.case_id, JournalEntry.n)
    write = _json_line if fmt == "jsonl" else _csv_line
    if fmt == "csv":
        yield csv_line([*CSV_KEYS, "hash"])
    with database.connect() as connection:
        streaming = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
        for row in streaming.execute(query):
            yield write(row)


def _json_line(row: Row[str, bytes, bytes]) -> str:
    return canonical({"body": row.body, "hash": row.hash.hex(), "prev": row.prev.hex()}) + "\n"


def _csv_line(row: Row[str, bytes, bytes]) -> str:
    said = parsed(row.body)
    return csv_line([*(said.get(key) for key in CSV_KEYS), row.hash.hex()])


def csv_line(cells: list[object]) -> str:
    """Return a line of a CSV file whose cells are safe in every spreadsheet."""
    line = io.StringIO()
    # The writer quotes what its own line ending is made of: without CR in it, a lone CR would
    # begin a new line, and a formula could begin there.
    csv.writer(line, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return line.getvalue().removesuffix("\r\n") + "\n"


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + cell
    return cell
