"""Taking the journal out: as of one moment, in constant memory, in a form others read.

JSON Lines can be verified by an outsider, CSV is for people, XES (IEEE 1849) for process mining. A
CSV file opens in a Turkish Excel by a double click: it has a byte order mark and semicolons, its
first line are the names of the columns, and what is said of the export stands below the rows.
PostgreSQL writes the lines (``workflow/journal/lines.py``); here they are counted, opened and
handed on.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql

from states.logs.journal import JournalEntry, RefusedAttempt
from states.tables import METADATA
from workflow.journal import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine, FromClause, Select

Format = Literal["jsonl", "csv", "xes"]

CSV_KEYS = lines.CSV_KEYS

BYTE_ORDER_MARK = "\ufeff"
"""By this Excel knows a text file for UTF-8."""

BLOCK = 64 * 1024
"""Bytes handed on at a time, at least; the last block is shorter."""

SORT_MEMORY = "64MB"
"""What PostgreSQL may use to bring the lines of an export into their order."""

JOURNAL: FromClause = METADATA.tables[JournalEntry.__tablename__]
REFUSED: FromClause = METADATA.tables[RefusedAttempt.__tablename__]


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

    def conditions(self, table: FromClause = JOURNAL) -> list[ColumnElement[bool]]:
        """Return what the filter asks of the journal, or of the refused attempts."""
        found = []
        if self.since is not None:
            found.append(table.c.at >= self.since)
        if self.until is not None:
            found.append(table.c.at < self.until)
        for name in ("case_id", "workflow", "trigger", "actor", "batch"):
            wanted = getattr(self, name)
            if wanted is not None:
                found.append(table.c[name] == wanted)
        return found


@dataclass(slots=True)
class Takeout:
    """An export about to be handed on: how many rows, the hash of the last, and the lines.

    It holds a connection with the snapshot that it was counted in until it is closed.
    """

    entries: int
    last_hash: str
    fmt: Format
    statement: str
    parameters: Mapping[str, Any]
    header: str
    connection: Connection

    def blocks(self, head: Mapping[str, object] | None = None) -> Iterator[bytes]:
        """Yield the export in blocks, with what ``head`` says of it, and close it at the end."""
        try:
            opening = _OPENING[self.fmt](head or {}) + self.header
            block = bytearray(opening.encode())
            driver = self.connection.connection.driver_connection
            cursor = driver.cursor()  # type: ignore[union-attr]  # an open connection has a driver's
            with cursor.copy(self.statement, self.parameters) as copy:
                for line in copy:
                    block += line
                    if len(block) >= BLOCK:
                        yield bytes(block)
                        block.clear()
            yield bytes(block) + _CLOSING[self.fmt](head or {}).encode()
        finally:
            self.close()

    def close(self) -> None:
        """Give the snapshot back; what was not handed on yet is dropped."""
        self.connection.close()


def take_out(
    database: Engine, wanted: JournalFilter, fmt: Format, *, refused: bool = False
) -> Takeout:
    """Open an export of what a filter finds, ordered by case and number (refused: by number).

    An entry that somebody has tampered with comes out as it stands. XES holds no reason, because
    people write it, and has no form for what was refused.
    """
    connection = database.connect().execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    try:
        connection.exec_driver_sql(f"SET LOCAL work_mem = '{SORT_MEMORY}'")
        entries, last_hash = (_count_refused if refused else _count)(connection, wanted)
    except BaseException:
        connection.close()
        raise
    writer = lines.REFUSED[fmt] if refused else lines.ENTRIES[fmt]
    query, parameters = _compiled(_chosen(wanted, REFUSED if refused else JOURNAL))
    keys = lines.REFUSED_KEYS if refused else (*CSV_KEYS, "hash")
    header = csv_line(list(keys)) if fmt == "csv" else ""
    statement = f"COPY ({writer(query)}) TO STDOUT ({lines.OPTIONS[fmt]})"
    return Takeout(entries, last_hash, fmt, statement, parameters, header, connection)


def export(database: Engine, wanted: JournalFilter, fmt: Format) -> Iterator[bytes]:
    """Yield an export without a head in blocks.

    A JSON line holds ``prev`` and ``hash`` (hex) and, as a text, ``body`` letter by letter as it
    was hashed: SHA-256 over the bytes of ``prev`` and the UTF-8 of ``body`` gives ``hash``.
    """
    yield from take_out(database, wanted, fmt).blocks()


def _chosen(wanted: JournalFilter, table: FromClause) -> Select[*tuple[Any, ...]]:
    return select(*table.c).where(*wanted.conditions(table))


def _compiled(query: Select[*tuple[Any, ...]]) -> tuple[str, Mapping[str, Any]]:
    compiled = query.compile(dialect=_DIALECT)
    return str(compiled), compiled.params


_DIALECT = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]  # the module has no stub


def _count(connection: Connection, wanted: JournalFilter) -> tuple[int, str]:
    """Return how many entries the filter finds, and the hash of the last one (hex)."""
    entry = JOURNAL.c
    # The index of any filter holds case and number, so nothing but the index is read.
    last = func.max(postgresql.array([entry.case_id, entry.n]))
    query = select(func.count(), last).select_from(JOURNAL).where(*wanted.conditions())
    entries, place = connection.execute(query).one()
    if place is None:
        return 0, ""
    the_last = select(entry.hash).where(entry.case_id == place[0], entry.n == place[1])
    return entries, connection.execute(the_last).scalar_one().hex()


def _count_refused(connection: Connection, wanted: JournalFilter) -> tuple[int, str]:
    query = select(func.count()).select_from(REFUSED).where(*wanted.conditions(REFUSED))
    return connection.execute(query).scalar_one(), ""


def _csv_mark(_: Mapping[str, object]) -> str:
    return BYTE_ORDER_MARK


def _csv_foot(head: Mapping[str, object]) -> str:
    """Return what is said of the export, below an empty line: a sheet's table ends there."""
    said = "".join(csv_line([f"# {name}", _flat(value)]) for name, value in head.items())
    return f"\n{said}" if said else ""


def _json_head(head: Mapping[str, object]) -> str:
    return json.dumps({"export": dict(head)}, ensure_ascii=False) + "\n" if head else ""


def _xes_head(head: Mapping[str, object]) -> str:
    said = (lines.xes_string(f"export:{name}", _flat(value)) for name, value in head.items())
    return lines.XES_OPENING + "".join(f"{line}\n" for line in said)


def _flat(value: object) -> object:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value


def _nothing(_: Mapping[str, object]) -> str:
    return ""


def _xes_foot(_: Mapping[str, object]) -> str:
    return lines.XES_CLOSING


_OPENING = {"csv": _csv_mark, "jsonl": _json_head, "xes": _xes_head}
_CLOSING = {"csv": _csv_foot, "jsonl": _nothing, "xes": _xes_foot}


def csv_line(cells: list[object]) -> str:
    """Return a line of a CSV file whose cells are safe in every spreadsheet."""
    line = io.StringIO()
    # The writer quotes what its own line ending is made of: without CR in it, a lone CR would
    # begin a new line, and a formula could begin there.
    writer = csv.writer(line, delimiter=lines.CSV_DELIMITER, lineterminator="\r\n")
    writer.writerow([_harmless(cell) for cell in cells])
    return line.getvalue().removesuffix("\r\n") + "\n"


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(cell, str) and cell[:1] in lines.FORMULA_MARKS:
        return "'" + cell
    return cell
