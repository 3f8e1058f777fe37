"""The reading of lists: a page of rows and counts that stop at a thousand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Text, cast, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from states.cases.application import NO_DEADLINE, Application
from states.people.institution import Institution
from states.people.person import Person
from states.people.user import User
from web.gate.language import gettext
from web.kit.formats import number
from web.office.queues import worklist
from web.office.queues.worklist import GROUPS, QueueCursor, QueueFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Engine, Row

    from web.office.queues.worklist import Rows

CAP = 1_000
"""Where counting stops: nobody works through more, and to count a million takes seconds."""

# Plain SQL, for it is asked on every page and never changes its shape. The order, which is that of
# an index, makes each count a walk that stops, instead of a scan that looks for rows which may
# stand at the end.
_SIZES = text("""
    SELECT 'held' AS name, count(*) AS cases
    FROM (SELECT FROM application WHERE holder_id = :user LIMIT :cap) held
    UNION ALL
    SELECT 'free', count(*) FROM (
        SELECT FROM unnest(CAST(:states AS text[])) AS s (state), LATERAL (
            SELECT FROM application a WHERE a.state = s.state AND a.holder_id IS NULL
            ORDER BY a.kind, a.deadline, a.id LIMIT :cap) one
        LIMIT :cap) free
    UNION ALL
    SELECT 'state:' || s.state, (SELECT count(*) FROM (
        SELECT FROM application a WHERE a.state = s.state
        ORDER BY a.kind, a.deadline, a.id LIMIT :cap) one)
    FROM unnest(CAST(:states AS text[])) AS s (state)
""")


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; ``more`` when counting stopped before the end."""

    value: int
    more: bool = False

    def __str__(self) -> str:
        """Write the count in words: ``214`` or ``1.000'den çok``."""
        return (
            gettext("%(number)s'den çok", number=number(CAP)) if self.more else number(self.value)
        )

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return self.value > 0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How long the lists of somebody are."""

    held: Count
    free: Count
    by_state: Mapping[str, Count]
    together: Count


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case of a list."""

    id: int
    reference: str
    name: str
    tckn: str
    state: str
    kind: str
    deadline: date | None
    group: str
    institution: str | None
    holder_id: int | None
    holder: str | None
    tracking_number: str | None
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a list, how many the whole list has, and the mark of the next page."""

    lines: list[QueueRow]
    counts: Mapping[str, Count]
    total: Count
    following: str

    def of(self, group: str) -> list[QueueRow]:
        """Return the lines of a group."""
        return [line for line in self.lines if line.group == group]


def read(database: Engine, filters: QueueFilter, today: date) -> QueuePage:
    """Return a page of applications with its counts: two statements, whatever stands there."""
    with database.connect() as connection:
        rows = connection.execute(_page(filters, today, worklist.PAGE + 1)).all()
        found = {row.name: row.cases for row in connection.execute(_counts(filters, today))}
    counts = {name: _count(found.get(name, 0)) for name in GROUPS}
    lines = [_line(row, today) for row in rows[: worklist.PAGE]]
    return QueuePage(lines, counts, _sum(counts.values()), _following(filters, rows))


def top(database: Engine, filters: QueueFilter, today: date, limit: int) -> list[QueueRow]:
    """Return the first rows of a list, without any count."""
    with database.connect() as connection:
        rows = connection.execute(_page(filters, today, limit)).all()
    return [_line(row, today) for row in rows]


def sizes(database: Engine, states: tuple[str, ...], user: int) -> Sizes:
    """Return how much a user holds, how much is free in some states, and how much each has."""
    values = {"user": user, "states": list(states), "cap": CAP + 1}
    with database.connect() as connection:
        found = {row.name: row.cases for row in connection.execute(_SIZES, values)}
    by_state = {state: _count(found[f"state:{state}"]) for state in states}
    return Sizes(_count(found["held"]), _count(found["free"]), by_state, _sum(by_state.values()))


def _counts(filters: QueueFilter, today: date) -> Rows:
    """Count each group of lateness, or the one that is asked for, up to one more than the cap."""
    names = [filters.group] if filters.group in GROUPS else list(GROUPS)
    firsts, lasts = zip(*(worklist.days_of(name, today) for name in names), strict=True)
    groups = (
        func.unnest(
            cast(names, ARRAY(Text)),
            cast(list(firsts), ARRAY(Date)),
            cast(list(lasts), ARRAY(Date)),
        )
        .table_valued("name", "first", "last", name="groups")
        .render_derived()
    )
    plain = replace(filters, sort=worklist.BY_DEADLINE, descending=False, after=None)
    days = Application.deadline.between(groups.c.first, groups.c.last)
    one = worklist.walk(plain, [days], CAP + 1, groups)
    few = one.limit(CAP + 1).subquery()
    return select(
        groups.c.name, select(func.count()).select_from(few).scalar_subquery().label("cases")
    )


def _count(value: int) -> Count:
    return Count(min(value, CAP), value > CAP)


def _sum(counts: Iterable[Count]) -> Count:
    parts = list(counts)
    value = sum(part.value for part in parts)
    return Count(value, value > CAP or any(part.more for part in parts))


def _page(filters: QueueFilter, today: date, limit: int) -> Rows:
    """Return the query of a page: the walks merged to one page of ids, then what each row shows."""
    every = worklist.walk(filters, worklist.within(filters, today), limit).subquery()
    first = worklist.ordered(filters, every.c.at, every.c.id)
    top = select(every).order_by(*first).limit(limit).subquery()
    query: Rows = (
        select(
            Application.id,
            Application.reference,
            Person.given_name,
            Person.surname,
            Person.tckn_masked,
            Application.state,
            Application.kind,
            Application.deadline,
            Institution.name.label("institution"),
            Application.holder_id,
            User.name.label("holder"),
            Application.tracking_number,
            Application.entered_at,
        )
        .select_from(top)
        .join(Application, Application.id == top.c.id)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(Institution, Institution.id == Application.institution_id)
        .outerjoin(User, User.id == Application.holder_id)
        .order_by(*worklist.ordered(filters, top.c.at, top.c.id))
    )
    return query


def _line(row: Row[*tuple[Any, ...]], today: date) -> QueueRow:
    return QueueRow(
        row.id,
        row.reference,
        f"{row.given_name} {row.surname}",
        row.tckn_masked,
        row.state,
        row.kind,
        None if row.deadline == NO_DEADLINE else row.deadline,
        worklist.group_of(row.deadline, today),
        row.institution,
        row.holder_id,
        row.holder,
        row.tracking_number,
        row.entered_at,
    )


def _following(filters: QueueFilter, rows: Sequence[Row[*tuple[Any, ...]]]) -> str:
    """Return the mark of the last shown row when there is more, else nothing."""
    if len(rows) <= worklist.PAGE:
        return ""
    last = rows[worklist.PAGE - 1]
    values = {"son-tarih": last.deadline, "gelis": last.entered_at, "ad": None}
    value = values[filters.sort]
    return str(QueueCursor(value.isoformat() if value else "", last.id))
