"""The query behind the coordinator's list: the certificates of a subtree by their last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from handlers.lists.intake import SPENT
from handlers.ways import facts, router
from handlers.ways.days import apply_by, apply_from
from handlers.ways.fit import by_id
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.cases.terms import Terms
from states.kit.text import sort_key
from states.people.institution import Institution
from states.people.person import Person
from web.gate.language import lazy_gettext as _
from web.institution.standing import Facts, StandingText, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Engine, Row, Select

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

LISTED = ("active", "suspended", "expired")
"""States of a certificate that has or had a holder who counts on it."""

_old = aliased(Certificate)
_new = aliased(Certificate)
_replaced = aliased(Certificate)
_own = aliased(Application)

_renewal = (
    select(
        Application.id,
        Application.state,
        Application.production_opens_on,
        Application.certificate_id,
    )
    .where(Application.old_certificate_id == _old.id, Application.state.not_in(SPENT))
    .order_by(Application.id.desc())
    .limit(1)
    .lateral("renewal")
)

_current_terms = select(Terms.version).order_by(Terms.valid_from.desc()).limit(1).scalar_subquery()
_consented = exists().where(
    Consent.person_id == _old.person_id,
    Consent.state == "in_force",
    Consent.terms_version == _current_terms,
)


@dataclass(frozen=True, slots=True)
class RosterFilter:
    """What the list is filtered by; everything stands in the address.

    ``within`` is the path of the subtree; ``month`` the first day of a month.
    """

    within: str
    band: str = ""
    month: date | None = None
    text: str = ""
    after: tuple[date, int] | None = None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person's certificate: when it ends, by when to apply, and how far the renewal is.

    ``overdue`` says that the last day to apply is over and nothing is under way.
    """

    id: int
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
    subtree = _subtree(filters.within)
    band, month = _band(today), _month()
    filtered = _filtered(subtree, filters, today)
    with database.connect() as connection:
        counts = subtree.with_only_columns(band, func.count()).group_by(band)
        months = subtree.with_only_columns(month, func.count()).group_by(month).order_by(month)
        total = connection.scalar(filtered.with_only_columns(func.count())) or 0
        found = {row[0]: row[1] for row in connection.execute(counts)}
        rows = connection.execute(_page(filtered, filters)).all()
        late = _overdue(connection, rows[:PAGE], routing)
        by_month = [(first.date(), count) for first, count in connection.execute(months)]
    return RosterPage(
        [_line(row, routing, overdue=row.id in late) for row in rows[:PAGE]],
        total,
        {name: found.get(name, 0) for name in BANDS},
        by_month,
        _following(rows),
    )


def _subtree(within: str) -> Select[Any]:
    """Select the certificates that count, one for each need.

    A new certificate that is not in use yet is told of in the line of the one it will replace,
    unless that one is revoked; once it is in use, it stands in its place.
    """
    renewed = and_(_renewal.c.state == "delivered", _new.state.in_(("active", "expired")))
    takes_over = and_(_old.state == "suspended", _replaced.state.in_(LISTED))
    return (
        select(_old.id)
        .join(Person, Person.id == _old.person_id)
        .join(Institution, Institution.id == Person.institution_id)
        .outerjoin(_renewal, true())
        .outerjoin(_new, _new.id == _renewal.c.certificate_id)
        .outerjoin(_own, _own.id == _old.application_id)
        .outerjoin(_replaced, _replaced.id == _own.old_certificate_id)
        .where(
            Institution.path.startswith(within, autoescape=True),
            _old.state.in_(LISTED),
            or_(renewed.is_(None), ~renewed),
            or_(takes_over.is_(None), ~takes_over),
        )
    )


def _filtered(subtree: Select[Any], filters: RosterFilter, today: date) -> Select[Any]:
    if filters.band in BANDS:
        subtree = subtree.where(_band(today) == filters.band)
    if filters.month is not None:
        subtree = subtree.where(func.date_trunc("month", _old.ends_on) == filters.month)
    if filters.text:
        key = sort_key(filters.text)
        subtree = subtree.where(Person.sort_key.startswith(key, autoescape=True))
    return subtree


def _page(filtered: Select[Any], filters: RosterFilter) -> Select[Any]:
    query = filtered.with_only_columns(*_shown()).order_by(_old.ends_on, _old.id).limit(PAGE + 1)
    if filters.after is not None:
        day, number = filters.after
        query = query.where(or_(_old.ends_on > day, and_(_old.ends_on == day, _old.id > number)))
    return query


def _shown() -> list[Any]:
    """Return the columns of a line; a first certificate not in use yet tells its own way."""
    first_own = and_(_old.state == "suspended", _old.application_id.is_not(None))
    return [
        _old.id,
        _old.person_id,
        _old.reference,
        Person.given_name,
        Person.surname,
        Person.tckn_masked,
        Institution.name.label("institution"),
        _old.ends_on,
        func.coalesce(_renewal.c.state, case((first_own, _own.state))).label("application"),
        _renewal.c.production_opens_on,
        _consented.label("consented"),
    ]


def _band(today: date) -> ColumnElement[str]:
    return case(
        (_old.ends_on < today, "doldu"),
        *((_old.ends_on <= today + timedelta(days=days), str(days)) for days in (30, 60, 90)),
        else_="sonra",
    )


def _month() -> ColumnElement[Any]:
    return func.date_trunc("month", _old.ends_on)


def _overdue(
    connection: Connection, rows: Sequence[Row[Any]], routing: RoutingDay
) -> frozenset[int]:
    """Return those whose last day to apply is over with nothing under way, as the router sees it.

    The persons of a page are read at once.
    """
    persons = facts.read_all(connection, [row.person_id for row in rows])
    found = ((row.id, persons[row.person_id]) for row in rows)
    return frozenset(
        number
        for number, person in found
        if (old := by_id(person, number)) is not None and router.overdue(person, old, routing)
    )


def _line(row: Row[Any], routing: RoutingDay, *, overdue: bool) -> RosterRow:
    standing = Facts(
        apply_from(row.ends_on, routing.window),
        row.consented,
        row.application,
        row.production_opens_on,
    )
    return RosterRow(
        row.id,
        row.reference,
        f"{row.given_name} {row.surname}",
        row.tckn_masked,
        row.institution,
        row.ends_on,
        apply_by(row.ends_on, routing.window),
        overdue,
        tell(standing, routing.today),
    )


def _following(rows: Sequence[Row[Any]]) -> str:
    """Return the mark of the last shown row when there is more, else nothing."""
    if len(rows) <= PAGE:
        return ""
    last = rows[PAGE - 1]
    return f"{last.ends_on:%Y-%m-%d}.{last.id}"
