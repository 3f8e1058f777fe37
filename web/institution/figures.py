"""What the radar reads: the kept figures of a unit and of those right below it, never people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from handlers.radar.standing import RadarStanding
from states.people.institution import Institution
from states.people.radar import RadarFigure, RadarSweep, RadarWeek

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine, Row

MONTHS = 12
"""How many months ahead are drawn, this one included."""

COHORT = 20
"""From how many ends on one day on that day is told by itself: a wave for office and courier."""

MOST_COHORTS = 20
"""Days of that sort that are listed, the next ones."""

PER_PAGE = 200
"""Units below that are shown on a page."""

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """One row of the matrix: a unit, and what it and all below it come to."""

    code: str
    name: str
    total: int = 0
    unconsented: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def consented(self) -> int:
        """How many have an e-onay in force."""
        return self.total - self.unconsented

    @property
    def share(self) -> int:
        """How many of a hundred have one, rounded down: a campaign is over at 100 only."""
        return 100 * self.consented // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class WeekAgo:
    """The figures that this week's are compared with, and their day."""

    week: date
    total: int
    unconsented: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Radar:
    """What the page shows; ``swept_at`` is None where no sweep has come to its end yet.

    ``own`` are those of the unit itself; ``children`` one page of the units below, of ``units``.
    """

    swept_at: datetime | None
    whole: UnitFigures
    own: UnitFigures
    children: Sequence[UnitFigures]
    units: int
    days: Mapping[date, int]
    before: WeekAgo | None

    def months(self, today: date) -> list[tuple[date, int]]:
        """Return how many end in this month, whatever its day, and in each of the next ones."""
        found: Counter[date] = Counter()
        for day, number in self.days.items():
            found[day.replace(day=1)] += number
        first = today.year * 12 + today.month - 1
        ahead = [date(n // 12, n % 12 + 1, 1) for n in range(first, first + MONTHS)]
        return [(month, found[month]) for month in ahead]

    def cohorts(self, today: date) -> list[tuple[date, int]]:
        """Return the next days on which more end than on others."""
        large = sorted((d, n) for d, n in self.days.items() if d >= today and n >= COHORT)
        return large[:MOST_COHORTS]


def read(database: Engine, unit: Institution, today: date, page: int) -> Radar:
    """Return the figures of a unit, with a page of those below it in the order of their names."""
    below = _below(unit)
    with database.connect() as connection:
        swept = connection.scalar(select(RadarSweep.swept_at).limit(1))
        own = connection.execute(
            select(RadarFigure.__table__).where(RadarFigure.institution_id == unit.id)
        ).one_or_none()
        units = connection.scalar(select(func.count()).select_from(Institution).where(*below)) or 0
        query = (
            select(Institution.code, Institution.name, *_FIGURES)
            .outerjoin(RadarFigure, RadarFigure.institution_id == Institution.id)
            .where(*below)
            .order_by(Institution.sort_key, Institution.id)
            .limit(PER_PAGE)
            .offset((page - 1) * PER_PAGE)
        )
        children = [_of(row.code, row.name, row) for row in connection.execute(query)]
        before = _before(connection, unit.id, today)
    alone = own.own if own is not None else {}
    return Radar(
        swept,
        _of(unit.code, unit.name, own),
        UnitFigures(unit.code, unit.name, sum(alone.values()), 0, alone),
        children,
        units,
        {date.fromisoformat(d): n for d, n in own.days.items()} if own is not None else {},
        before,
    )


_FIGURES = (RadarFigure.total, RadarFigure.unconsented, RadarFigure.counts)


def _below(unit: Institution) -> tuple[ColumnElement[bool], ...]:
    """Select the units right below; one whose path is not below goes round in a circle."""
    path = Institution.path
    return Institution.parent_id == unit.id, path.startswith(unit.path, autoescape=True)


def _of(code: str, name: str, row: Row[*tuple[Any, ...]] | None) -> UnitFigures:
    """Return a row of the matrix; a unit that was never counted has nobody."""
    if row is None or row.total is None:
        return UnitFigures(code, name)
    return UnitFigures(code, name, row.total, row.unconsented, row.counts)


def _before(connection: Connection, unit_id: int, today: date) -> WeekAgo | None:
    """Return the figures of at least a week ago; the oldest there are where none is that old."""
    kept = select(RadarWeek.__table__).where(RadarWeek.institution_id == unit_id)
    old = kept.where(RadarWeek.week <= today - A_WEEK).order_by(RadarWeek.week.desc())
    row = connection.execute(old.limit(1)).one_or_none()
    if row is None:
        row = connection.execute(kept.order_by(RadarWeek.week).limit(1)).one_or_none()
    return None if row is None else WeekAgo(row.week, row.total, row.unconsented, row.counts)


def changes(radar: Radar) -> list[tuple[RadarStanding, int, int]]:
    """Return what is another number than at the week before: standing, then, now."""
    if radar.before is None:
        return []
    then, now = radar.before.counts, radar.whole.counts
    pairs = ((one, then.get(one, 0), now.get(one, 0)) for one in RadarStanding)
    return [pair for pair in pairs if pair[1] != pair[2]]


def parents(database: Engine, top: Institution) -> list[tuple[str, str]]:
    """Return code and name of each unit of a subtree that others are below of, itself first."""
    other = select(Institution.parent_id).where(Institution.parent_id.is_not(None))
    query = (
        select(Institution.code, Institution.name)
        .where(
            Institution.path.startswith(top.path, autoescape=True),
            (Institution.id == top.id) | Institution.id.in_(other),
        )
        .order_by(Institution.path)
        .limit(PER_PAGE)
    )
    with database.connect() as connection:
        return [(row.code, row.name) for row in connection.execute(query)]


def above(database: Engine, top: Institution, unit: Institution) -> list[tuple[str, str]]:
    """Return code and name of the units from the coordinator's own down to the parent of one."""
    codes = unit.path.removeprefix(top.path).strip("/").split("/")[:-1]
    if unit.id == top.id:
        return []
    query = (
        select(Institution.code, Institution.name)
        .where(Institution.code.in_([top.code, *codes]))
        .order_by(Institution.path)
    )
    with database.connect() as connection:
        return [(row.code, row.name) for row in connection.execute(query)]
