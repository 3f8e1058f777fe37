"""The figures of a shift: cards and parcels by the hour of a day, and by the day of a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.upkeep import figures
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.kit.formats import day as written_day
from web.office.production.line import FAILED, FINISHED, HANDED_OVER
from workflow.model.clock import start_of_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    from handlers.upkeep.figures import Counted

SPOILT = "spoil"

SERIES = {
    FINISHED: _("Yapılan kart"),
    FAILED: _("Başarısız deneme"),
    SPOILT: _("Bozulan kart"),
    HANDED_OVER: _("Kuryeye verilen gönderi"),
}
"""What is counted, by the move of the journal, and its title."""

HOURS = 24

_HOURS = text("""
SELECT trigger, extract(hour FROM at AT TIME ZONE 'Europe/Istanbul')::integer AS hour,
    count(*) AS cases
FROM (
    SELECT trigger, at FROM journal WHERE workflow = 'application' AND trigger = ANY(:output)
        AND at >= :begin AND at < :end
    UNION ALL
    SELECT trigger, at FROM journal WHERE workflow = 'card' AND trigger = :spoilt
        AND at >= :begin AND at < :end
) done
GROUP BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One hour or one day: what it is called, and the count of each series in their order."""

    label: str
    counts: tuple[int, ...]

    @property
    def empty(self) -> bool:
        """Say whether nothing was done."""
        return not any(self.counts)


@dataclass(frozen=True, slots=True)
class ShiftFigures:
    """The rows of a table, in order, and the sums of its columns."""

    rows: list[ShiftRow]

    @property
    def sums(self) -> tuple[int, ...]:
        """The sum of each series."""
        return tuple(sum(row.counts[place] for row in self.rows) for place in range(len(SERIES)))

    def of(self, series: str) -> list[tuple[str, int]]:
        """Return the labels and counts of one series."""
        place = list(SERIES).index(series)
        return [(row.label, row.counts[place]) for row in self.rows]


def by_hour(connection: Connection, day: date) -> ShiftFigures:
    """Return what was done in each hour of a day in Istanbul: one walk of an index."""
    given = {
        "output": [FINISHED, FAILED, HANDED_OVER],
        "spoilt": SPOILT,
        "begin": start_of_day(day),
        "end": start_of_day(day + timedelta(days=1)),
    }
    found = {(row.trigger, row.hour): row.cases for row in connection.execute(_HOURS, given)}
    return ShiftFigures(
        [ShiftRow(f"{hour:02}–{hour + 1:02}", _counts(found, hour)) for hour in range(HOURS)]
    )


def by_day(counted: Counted, today: date) -> ShiftFigures:
    """Return what was done on each of the last days, as the worker has counted it."""
    found: dict[tuple[str, int], int] = {}
    for row in counted.of("throughput"):
        found[str(row["trigger"]), date.fromisoformat(row["day"]).toordinal()] = int(row["cases"])
    for row in counted.of("spoilt"):
        found[SPOILT, date.fromisoformat(row["day"]).toordinal()] = int(row["cases"])
    first = today - timedelta(days=figures.DAYS_BACK - 1)
    days = (first + timedelta(days=n) for n in range(figures.DAYS_BACK))
    return ShiftFigures(
        [ShiftRow(written_day(day), _counts(found, day.toordinal())) for day in days]
    )


def _counts(found: Mapping[tuple[str, int], int], place: int) -> tuple[int, ...]:
    return tuple(found.get((series, place), 0) for series in SERIES)


def as_table(figures_: ShiftFigures, heading: str) -> Iterable[tuple[object, ...]]:
    """Yield the lines of the takeout: the heading, the rows, the sum."""
    yield (heading, *map(str, SERIES.values()))
    for row in figures_.rows:
        yield (row.label, *row.counts)
    yield (gettext("Toplam"), *figures_.sums)
