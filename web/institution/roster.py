"""The query behind the coordinator's list: the certificates of a subtree by their last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_

from handlers.radar.lines import facts_of, overdue_of
from handlers.radar.needs import CONSENTED, COUNTED, known_columns, needs
from handlers.ways.days import apply_by
from states.kit.text import sort_key
from states.people.institution import Institution
from states.people.person import Person
from states.people.radar import RadarLine
from web.gate.language import lazy_gettext as _
from web.institution.standing import StandingText, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Engine, Row, Select

    from handlers.ways.way import RoutingDay

PAGE = 50
"""Rows on a page."""

BANDS = {
    "doldu": _("Süresi doldu"),
    "30": _("30 gün içinde"),
    "60": _("31–60 gün"),
    "90": _("61–90 gün"),
    "sonra": _("Sonra"),
}
"""How soon a certificate ends; a band does not hold those of the ones before it."""

WITH, WITHOUT = "var", "yok"
"""The two answers about an e-onay as they stand in the address."""


@dataclass(frozen=True, slots=True)
class RosterFilter:
    """What the list is filtered by; everything stands in the address.

    ``within`` is the path of the subtree, of which ``alone`` leaves the topmost unit only;
    ``month`` is the first day of a month and ``day`` one last day; ``standing`` is one of the
    radar, as it was last swept; ``consent`` says whether there is an e-onay in force; each word of
    ``text`` occurs in the name.
    """

    within: str
    alone: bool = False
    band: str = ""
    month: date | None = None
    day: date | None = None
    standing: str = ""
    consent: str = ""
    text: str = ""
    after: tuple[date, int] | None = None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person's certificate: when it ends, by when to apply, and how far the renewal is.

    ``overdue`` says that the last day to apply is over and nothing is under way.
    """

    id: int
    person: int
    reference: str
    name: str
    tckn: str
    institution: str
    ends_on: date
    apply_by: date
    overdue: bool
    told: StandingText


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One page of the list, the counts by band and by month, and where the next page begins."""

    lines: list[RosterRow]
    total: int
    bands: Mapping[str, int]
    months: Sequence[tuple[date, int]]
    following: str


def read(database: Engine, filters: RosterFilter, routing: RoutingDay) -> RosterPage:
    """Return a page, the certificates that end first first (day, then id)."""
    today = routing.today
    subtree = _subtree(filters)
    band, month = _band(today), _month()
    filtered = _filtered(subtree, filters, today)
    with database.connect() as connection:
        counts = subtree.with_only_columns(band, func.count()).group_by(band)
        months = subtree.with_only_columns(month, func.count()).group_by(month).order_by(month)
        total = connection.scalar(filtered.with_only_columns(func.count())) or 0
        found = {row[0]: row[1] for row in connection.execute(counts)}
        rows = connection.execute(_page(filtered, filters)).all()
        late = overdue_of(connection, rows[:PAGE], routing)
        by_month = [(first.date(), count) for first, count in connection.execute(months)]
    return RosterPage(
        [_line(row, routing, overdue=row.id in late) for row in rows[:PAGE]],
        total,
        {name: found.get(name, 0) for name in BANDS},
        by_month,
        _following(rows),
    )


def selection(
    filters: RosterFilter, today: date, picked: Sequence[int] | None = None
) -> Select[Any]:
    """Select the certificates that a filter finds, or those of them that were picked."""
    found = _filtered(_subtree(filters), filters, today)
    return found if picked is None else found.where(COUNTED.id.in_(picked))


def _subtree(filters: RosterFilter) -> Select[Any]:
    """Select the certificates that count of a unit and all below it, or of that unit alone."""
    if filters.alone:
        return needs().where(Institution.path == filters.within)
    return needs().where(Institution.path.startswith(filters.within, autoescape=True))


def _filtered(subtree: Select[Any], filters: RosterFilter, today: date) -> Select[Any]:
    if filters.band in BANDS:
        subtree = subtree.where(_band(today) == filters.band)
    if filters.month is not None:
        subtree = subtree.where(_month() == filters.month)
    if filters.day is not None:
        subtree = subtree.where(COUNTED.ends_on == filters.day)
    if filters.standing:
        swept = and_(RadarLine.certificate_id == COUNTED.id, RadarLine.standing == filters.standing)
        subtree = subtree.join(RadarLine, swept)
    if filters.consent:
        subtree = subtree.where(CONSENTED if filters.consent == WITH else ~CONSENTED)
    for word in filters.text.split():
        subtree = subtree.where(Person.sort_key.contains(sort_key(word), autoescape=True))
    return subtree


def _page(filtered: Select[Any], filters: RosterFilter) -> Select[Any]:
    query = (
        filtered.with_only_columns(*_shown()).order_by(COUNTED.ends_on, COUNTED.id).limit(PAGE + 1)
    )
    if filters.after is not None:
        day, number = filters.after
        query = query.where(
            or_(COUNTED.ends_on > day, and_(COUNTED.ends_on == day, COUNTED.id > number))
        )
    return query


def _shown() -> list[Any]:
    """Return the columns of a line."""
    return [
        *known_columns(),
        COUNTED.reference,
        Person.given_name,
        Person.surname,
        Person.tckn_masked,
        Institution.name.label("institution"),
    ]


def _band(today: date) -> ColumnElement[str]:
    return case(
        (COUNTED.ends_on < today, "doldu"),
        *((COUNTED.ends_on <= today + timedelta(days=days), str(days)) for days in (30, 60, 90)),
        else_="sonra",
    )


def _month() -> ColumnElement[Any]:
    return func.date_trunc("month", COUNTED.ends_on)


def _line(row: Row[Any], routing: RoutingDay, *, overdue: bool) -> RosterRow:
    return RosterRow(
        row.id,
        row.person_id,
        row.reference,
        f"{row.given_name} {row.surname}",
        row.tckn_masked,
        row.institution,
        row.ends_on,
        apply_by(row.ends_on, routing.window),
        overdue,
        tell(facts_of(row, routing), routing.today),
    )


def _following(rows: Sequence[Row[Any]]) -> str:
    """Return the mark of the last shown row when there is more, else nothing."""
    if len(rows) <= PAGE:
        return ""
    last = rows[PAGE - 1]
    return f"{last.ends_on:%Y-%m-%d}.{last.id}"
