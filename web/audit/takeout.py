"""Owns the export of exactly what the filter shows, with a head that says what it is."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Literal

from web.audit.entries import refused_query
from web.formats import utc
from workflow.export import csv_line, export

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Engine

    from web.audit.asked import Asked

Format = Literal["csv", "jsonl"]

BLOCK = 64 * 1024
"""Bytes handed to the browser at a time."""

REFUSED_KEYS = (
    "id",
    "at",
    "case_id",
    "workflow",
    "trigger",
    "state",
    "actor",
    "role",
    "code",
    "batch",
)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of an export."""

    filter: Mapping[str, str]
    exported_at: datetime
    exported_by: str
    entries: int
    last_hash: str

    def lines(self, fmt: Format) -> str:
        """Write the head: one JSON object, or a name and a value in each row."""
        said = {
            "filter": json.dumps(self.filter, ensure_ascii=False, sort_keys=True),
            "exported_at": utc(self.exported_at),
            "exported_by": self.exported_by,
            "entries": self.entries,
            "last_hash": self.last_hash,
        }
        if fmt == "jsonl":
            said["filter"] = dict(self.filter)
            return json.dumps({"export": said}, ensure_ascii=False) + "\n"
        return "".join(csv_line([f"# {name}", value]) for name, value in said.items())


@dataclass(slots=True)
class Takeout:
    """A finished export: its head, and its body in a file that vanishes when it is closed."""

    head: Head
    fmt: Format
    body: IO[str]

    def __iter__(self) -> Iterator[str]:
        """Hand out head and body in blocks, and close the file at the end."""
        with self.body:
            yield self.head.lines(self.fmt)
            self.body.seek(0)
            while block := self.body.read(BLOCK):
                yield block


def take_out(
    database: Engine, asked: Asked, fmt: Format, exported_at: datetime, exported_by: str
) -> Takeout:
    """Write the export into a file first, so that count and last hash are those of its lines."""
    lines = (
        _refused(database, asked, fmt) if asked.refused else export(database, asked.meant(), fmt)
    )
    body = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 - closed when handed out
    entries, last = 0, ""
    try:
        for line in lines:
            body.write(line)
            entries, last = entries + 1, line
    except BaseException:
        body.close()
        raise
    entries -= fmt == "csv"
    last_hash = _hash_of(last, fmt) if entries and not asked.refused else ""
    head = Head(asked.address(), exported_at, exported_by, entries, last_hash)
    return Takeout(head, fmt, body)


def _hash_of(line: str, fmt: Format) -> str:
    return str(json.loads(line)["hash"] if fmt == "jsonl" else next(csv.reader([line]))[-1])


def _refused(database: Engine, asked: Asked, fmt: Format) -> Iterator[str]:
    """Yield the refused attempts in the order of their numbers."""
    if fmt == "csv":
        yield csv_line(list(REFUSED_KEYS))
    with database.connect() as connection:
        streamed = connection.execution_options(stream_results=True)
        for row in streamed.execute(refused_query(asked.meant()).order_by("id")):
            said = {key: getattr(row, key) for key in REFUSED_KEYS} | {"at": utc(row.at)}
            yield (
                csv_line(list(said.values()))
                if fmt == "csv"
                else json.dumps(said, ensure_ascii=False) + "\n"
            )
