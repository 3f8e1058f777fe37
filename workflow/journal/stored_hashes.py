"""The recomputing of every SHA-256 that is stored beside the bytes it is of.

It goes row by row, so that memory stays constant however much is kept. A server with OpenSSL hashes
where the bytes lie; one without has only slow code of its own, and hands the bytes over. Papers
that are kept packed are always handed over: the hash is of the paper.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import text

from states.papers.packing import MARK, unpack
from states.postgres.database import raise_absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class HashedColumn:
    """A table that keeps bytes and their SHA-256 (hex); ``case`` and ``key`` are SQL over it.

    ``kind`` is how a row is broken whose bytes do not give its hash; ``packed`` says that some may
    be kept packed (`states.papers.packing`).
    """

    table: str
    sha256: str
    content: str
    case: str
    key: str
    kind: str = "content"
    packed: bool = False

    @property
    def wrong(self) -> str:
        """SQL that is true for a row whose bytes do not give its hash."""
        return f"encode(sha256({self.content}), 'hex') IS DISTINCT FROM {self.sha256}"


STORED = (
    HashedColumn(
        "definition", "sha256", "convert_to(canonical, 'UTF8')", "0", "sha256", "definition"
    ),
    HashedColumn(
        "document", "sha256", "content", "coalesce(case_id, 0)", "sha256", packed=True
    ),
    HashedColumn("scan", "sha256", "content", "case_id", "id::text"),
    HashedColumn("signature", "container_sha256", "container", "case_id", "id::text"),
    HashedColumn(
        "augmentation", "container_sha256", "container",
        "(SELECT s.case_id FROM signature s WHERE s.id = signature_id)",
        "signature_id || '/' || n",
    ),
    HashedColumn("certificate", "sha256", "der", "id", "id::text"),
)  # fmt: skip
"""Every hash of bytes that are kept; of a certificate the bytes go with the erasing of a person."""


_IS_PACKED = f"substr({{}}, 1, {len(MARK)}) = '\\x{MARK.hex()}'::bytea"


def recomputed(connection: Connection) -> dict[str, int]:
    """Return of how many rows of each table the hash can be recomputed."""
    counts = " UNION ALL ".join(
        f"SELECT '{one.table}' AS name, count(*) AS rows{_where(one)}" for one in STORED
    )
    return {row.name: row.rows for row in connection.execute(text(counts))}


SIDE_BY_SIDE = (
    "max_parallel_workers_per_gather = 2",
    "min_parallel_table_scan_size = 0",
    "parallel_setup_cost = 0",
    "parallel_tuple_cost = 0",
)
"""How PostgreSQL is told that hashing is worth two processes: what lies out of line it sees not."""


def hashes_swiftly(connection: Connection) -> bool:
    """Say whether the server has OpenSSL, which uses what the processor has for SHA-256.

    Measured: 0.2 GB/s a core without it, 1.2 with it; handing over and hashing here 0.5.
    """
    return bool(connection.exec_driver_sql("SHOW ssl_library").scalar_one() == "OpenSSL")


def broken_rows(
    connection: Connection, one: HashedColumn, most: int, *, there: bool
) -> Iterator[tuple[int, str]]:
    """Yield case and row of at most so many rows of a table whose bytes do not give their hash.

    ``there`` says that the server hashes, and not this process.
    """
    if not there:
        found = _found_here(connection, one)
    elif one.packed:
        found = chain(
            _found_there(connection, one, f"NOT {_IS_PACKED.format(one.content)}"),
            _found_here(connection, one, _IS_PACKED.format(one.content)),
        )
    else:
        found = _found_there(connection, one)
    yield from nsmallest(most, found)


def _found_there(
    connection: Connection, one: HashedColumn, which: str = "true"
) -> Iterator[tuple[int, str]]:
    for setting in SIDE_BY_SIDE:
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    statement = f"{_named(one)}{_where(one)} AND {which} AND {one.wrong}"
    with connection.execute(text(statement), execution_options={"stream_results": True}) as rows:
        for row in rows:
            yield row.case_id, row.row


def _found_here(
    connection: Connection, one: HashedColumn, which: str = "true"
) -> Iterator[tuple[int, str]]:
    # In bytes as they lie: SQLAlchemy would have each as two digits.
    driver = connection.connection.driver_connection
    query = f"{_named(one)}, {one.sha256}, {one.content}{_where(one)} AND {which}"
    try:
        with driver.cursor(binary=True) as cursor:  # type: ignore[union-attr]  # it is open
            for case_id, row, said, content in cursor.stream(query):
                if _digest(one, content) != said:
                    yield case_id, row
    except psycopg.Error as error:
        raise_absence(error, str(connection.engine.url))
        raise


def _digest(one: HashedColumn, kept: bytes) -> str | None:
    """Return the SHA-256 of what is kept, None of packed bytes that cannot be opened."""
    try:
        return hashlib.sha256(unpack(kept) if one.packed else kept).hexdigest()
    except ValueError:
        return None


def _named(one: HashedColumn) -> str:
    return f"SELECT {one.case} AS case_id, '{one.table} ' || {one.key} AS row"


def _where(one: HashedColumn) -> str:
    return f" FROM {one.table} WHERE {one.content} IS NOT NULL"
