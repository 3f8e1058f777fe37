"""Where the demo keeps the mail that it has caught: one file, the newest messages only."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from states.kit.text import fold
from web.demo.post.reading import read_mail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = 20_000
"""How many messages stay; older ones go."""

TIDY = 100
"""After so many messages the older ones are taken out."""

_TABLES = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL,
    message_id TEXT NOT NULL, sought TEXT NOT NULL, content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS mail_message_id ON mail (message_id);
"""

_LIST = """
SELECT id, at, recipient, subject, message_id,
    (SELECT count(*) FROM mail other
        WHERE other.message_id = mail.message_id AND other.message_id <> '' AND other.id <= mail.id)
FROM mail
"""


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A message that came in; ``times`` counts those under its Message-ID, up to this one."""

    id: int
    at: datetime
    to: str
    subject: str
    message_id: str
    times: int


def mail_file(var: Path) -> Path:
    """Return where a demo keeps its mail."""
    return var / "demo" / "post.sqlite"


@dataclass(frozen=True, slots=True)
class CaughtMails:
    """The file of the caught mail: one process writes it, any may read."""

    file: Path
    kept: int = KEPT

    def prepare(self) -> None:
        """Make the file, for its own account only."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file.touch(mode=0o600)
        with self._open() as rows:
            rows.execute("PRAGMA journal_mode = WAL")
            rows.executescript(_TABLES)

    def add(self, to: str, content: bytes, at: datetime) -> int:
        """Keep a message and return its number."""
        said = read_mail(content)
        sought = fold(f"{to} {said.subject} {said.text}")
        values = (at.isoformat(), to, said.subject, said.message_id, sought, content)
        with self._open() as rows, rows:
            added = rows.execute(
                "INSERT INTO mail (at, recipient, subject, message_id, sought, content)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            ).lastrowid
            number = int(added or 0)
            if number % TIDY == 0:
                rows.execute("DELETE FROM mail WHERE id <= ?", (number - self.kept,))
        return number

    def newest(self, words: str, before: int | None, most: int) -> list[CaughtMail]:
        """Return messages in which all the words stand, the newest first, before a number."""
        if not self.file.exists():
            return []
        asked = ["1"]
        values: list[str | int] = []
        if before is not None:
            asked.append("id < ?")
            values.append(before)
        for word in fold(words).split():
            asked.append("instr(sought, ?)")
            values.append(word)
        with self._open() as rows:
            found = rows.execute(
                f"{_LIST} WHERE {' AND '.join(asked)} ORDER BY id DESC LIMIT ?",
                (*values, most),
            )
            return [_mail(row) for row in found]

    def one(self, number: int) -> tuple[CaughtMail, bytes] | None:
        """Return a message with its bytes, None where there is none of that number."""
        if not self.file.exists():
            return None
        with self._open() as rows:
            row = rows.execute(f"{_LIST} WHERE id = ?", (number,)).fetchone()
            content = rows.execute("SELECT content FROM mail WHERE id = ?", (number,)).fetchone()
        return (_mail(row), content[0]) if row and content else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.file, timeout=10)) as rows:
            rows.execute("PRAGMA synchronous = NORMAL")
            yield rows


def _mail(row: tuple[int, str, str, str, str, int]) -> CaughtMail:
    number, at, *words, times = row
    to, subject, message_id = (str(word) for word in words)
    return CaughtMail(number, datetime.fromisoformat(at), to, subject, message_id, times)
