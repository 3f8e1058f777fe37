"""Owns the recomputing of every SHA-256 that is stored beside the bytes it is of.

PostgreSQL hashes where the bytes lie, row by row, so that memory stays constant however large the
documents are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Stored:
    """A table that keeps bytes and their SHA-256 (hex); ``case`` and ``key`` are SQL over it.

    ``kind`` is how a row is broken whose bytes do not give its hash.
    """

    table: str
    sha256: str
    content: str
    case: str
    key: str
    kind: str = "content"

    @property
    def wrong(self) -> str:
        """SQL that is true for a row whose bytes do not give its hash."""
        return f"encode(sha256({self.content}), 'hex') IS DISTINCT FROM {self.sha256}"


STORED = (
    Stored("definition", "sha256", "convert_to(canonical, 'UTF8')", "0", "sha256", "definition"),
    Stored("document", "sha256", "content", "coalesce(case_id, 0)", "sha256"),
    Stored("scan", "sha256", "content", "case_id", "id::text"),
    Stored("signature", "container_sha256", "container", "case_id", "id::text"),
    Stored(
        "augmentation", "container_sha256", "container",
        "(SELECT s.case_id FROM signature s WHERE s.id = signature_id)",
        "signature_id || '/' || n",
    ),
    Stored("certificate", "sha256", "der", "id", "id::text"),
)  # fmt: skip
"""Every hash of bytes that are kept; of a certificate the bytes go with the erasing of a person."""


def recomputed(connection: Connection) -> dict[str, int]:
    """Return of how many rows of each table the hash can be recomputed."""
    counts = " UNION ALL ".join(
        f"SELECT '{one.table}' AS name, count(*) AS rows FROM {one.table} WHERE {_kept(one)}"
        for one in STORED
    )
    return {row.name: row.rows for row in connection.execute(text(counts))}


def broken_rows(connection: Connection, one: Stored, most: int) -> Iterator[tuple[int, str]]:
    """Yield case and row of at most so many rows of a table whose bytes do not give their hash."""
    statement = (
        f"SELECT {one.case} AS case_id, '{one.table} ' || {one.key} AS row FROM {one.table}"
        f" WHERE {_kept(one)} AND {one.wrong} ORDER BY 1, 2 LIMIT {most}"
    )
    for row in connection.execute(text(statement)):
        yield row.case_id, row.row


def _kept(one: Stored) -> str:
    return f"{one.content} IS NOT NULL"
