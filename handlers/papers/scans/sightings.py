"""Who has had which page of a scan before their eyes, by the record of reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from states.logs.access import AccessEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from handlers.papers.scans import KeptScan


@dataclass(frozen=True, slots=True)
class ScanReader:
    """Who looked (the key of the journal, ``user:3``), and whose paper it was."""

    actor: str
    person_id: int


def whole_scan(sha256: str) -> str:
    """Return what the record of reads calls a scan that was opened with all its pages."""
    return f"scan:{sha256}"


def one_page(sha256: str, page: int) -> str:
    """Return what the record of reads calls one page of a scan, counted from 1."""
    return f"scan:{sha256}:{page}"


def unseen_pages(connection: Connection, reader: ScanReader, scans: Sequence[KeptScan]) -> int:
    """Return how many pages of the scans a reader has not opened, alone or with the whole scan."""
    pages = [(scan.sha256, n) for scan in scans for n in range(1, scan.pages + 1)]
    names = {whole_scan(sha256) for sha256, _ in pages} | {one_page(*page) for page in pages}
    query = select(AccessEntry.what).where(
        AccessEntry.person_id == reader.person_id,
        AccessEntry.actor == reader.actor,
        AccessEntry.what.in_(names),
    )
    opened = set(connection.scalars(query))
    return sum(
        whole_scan(sha256) not in opened and one_page(sha256, n) not in opened
        for sha256, n in pages
    )
