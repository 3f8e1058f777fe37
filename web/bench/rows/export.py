"""The measurement of the journal's export: its rate beside a bare COPY, and its memory."""

from __future__ import annotations

from collections import deque
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, get_args

from states.postgres.database import make_engine
from web.bench.kit.bare import take_out
from web.bench.kit.far import alone
from web.bench.kit.table import ABOVE, BELOW, Figure
from workflow.journal.export import Format, JournalFilter, export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import URL

MOST_MB = 200
LEAST_ROWS = 50_000
"""What an export must hold: rows a second, and the memory of its process."""


def rows(url: URL, since: datetime, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield, for each format, rate and memory of an export of all entries since a moment."""
    tell("taking the journal out by a bare COPY")
    (bare, entries), _ = alone(partial(take_out, url, since))
    for fmt in get_args(Format):
        tell(f"exporting {entries:,} entries as {fmt}")
        seconds, peak = alone(partial(export_seconds, url, since, fmt))
        name, rate = f"export of {entries:,} entries as {fmt}", entries / seconds
        yield Figure(f"{name} against COPY", rate, entries / bare, "rows/s", 0.1, 0.5, ABOVE)
        yield Figure(f"{name}, rate", rate, 1, "rows/s", LEAST_ROWS, 2 * LEAST_ROWS, ABOVE)
        yield Figure(f"{name}, peak memory", peak, 1, "MB", MOST_MB, MOST_MB / 2, BELOW)


def export_seconds(url: URL, since: datetime, fmt: Format) -> float:
    """Return the seconds of an export into nowhere."""
    database = make_engine(url, application="nes bench")
    start = perf_counter()
    deque(export(database, JournalFilter(since=since), fmt), maxlen=0)
    seconds = perf_counter() - start
    database.dispose()
    return seconds
