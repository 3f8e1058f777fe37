"""What is said of an export, and the answer that streams it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from web.kit.formats import utc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from web.audit.filters import AuditFilter
    from workflow.journal.export import Takeout

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xes": "application/xml; charset=utf-8",
}


def head_of(
    taken: Takeout, filters: AuditFilter, exported_at: datetime, exported_by: str
) -> Mapping[str, object]:
    """Return what stands at the top (CSV: below): filter, time, exporter, count and last hash."""
    return {
        "filter": filters.said(),
        "exported_at": utc(exported_at),
        "exported_by": exported_by,
        "entries": taken.entries,
        "last_hash": taken.last_hash,
    }


class _Body:
    """The blocks of an export; closing it gives the snapshot back, read to the end or not."""

    def __init__(self, taken: Takeout, head: Mapping[str, object]) -> None:
        self._taken = taken
        self._blocks = taken.blocks(head)

    def __iter__(self) -> Iterator[bytes]:
        return self._blocks

    def close(self) -> None:
        self._blocks.close()  # type: ignore[attr-defined]  # a generator has it
        self._taken.close()


def answer(taken: Takeout, head: Mapping[str, object], name: str) -> Response:
    """Return an export as a file to keep."""
    found = Response(_Body(taken, head), content_type=MEDIA_TYPES[taken.fmt])
    found.headers["Content-Disposition"] = f'attachment; filename="{name}.{taken.fmt}"'
    return found
