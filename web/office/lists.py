"""Owns the reading of lists: a page of rows and counts that stop at a thousand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, union_all
from sqlalchemy import label as labelled

from states.application import NO_DEADLINE, Application
from states.institution import Institution
from states.person import Person
from states.user import User
from web.formats import number
from web.office import worklist
from web.office.worklist import GROUPS, Mark, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Engine, Row, ScalarSelect, Subquery

    from web.office.worklist import Rows

CAP = 1_000
"""Where counting stops: nobody works through more, and to count a million takes seconds."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; ``more`` when counting stopped before the end."""

    value: int
    more: bool = False

    def __str__(self) -> str:
        """Write the count in words: ``214`` or ``1.000'den çok``."""
        return f"{number(CAP)}'den çok" if self.more else number(self.value)

    def __bool__(self) -> bool:
        """Say whether there is any."""
        return self.value > 0


@dataclass(frozen=True, slots=True)
class Line:
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
class Page:
    """One page of a list, how many the whole list has, and the mark of the next page."""

    lines: list[Line]
    counts: Mapping[str, Count]
    total: Count
    following: str

    def of(self, group: str) -> list[Line]:
        """Return the lines of a group."""
        return [line for line in self.lines if line.group == group]


def read(database: Engine, wanted: Wanted, today: date) -> Page:
    """Return a page of applications with its counts: two statements, whatever stands there."""
    asked = _counted(wanted)
    with database.connect() as connection:
        rows = connection.execute(_page(wanted, today, worklist.PAGE + 1)).all()
        found = connection.execute(_counts(asked, today)).one()._mapping  # noqa: SLF001 - public by its documentation
    counts = {name: _count(found[name]) for name in asked}
    lines = [_line(row, today) for row in rows[: worklist.PAGE]]
    return Page(lines, counts, _sum(counts), _following(wanted, rows))


def top(database: Engine, wanted: Wanted, today: date, limit: int) -> list[Line]:
    """Return the first rows of a list, without any count."""
    with database.connect() as connection:
        rows = connection.execute(_page(wanted, today, limit)).all()
    return [_line(row, today) for row in rows]


def count(database: Engine, asked: Mapping[str, Wanted], today: date) -> dict[str, Count]:
    """Count several lists in one statement; each count stops at the cap."""
    if not asked:
        return {}
    with database.connect() as connection:
        found = connection.execute(_counts(asked, today)).one()._mapping  # noqa: SLF001 - the same
    return {name: _count(found[name]) for name in asked}


def _counted(wanted: Wanted) -> dict[str, Wanted]:
    """Return what is counted for a list: each group of lateness, or the one that is asked for."""
    groups = [wanted.group] if wanted.group in GROUPS else list(GROUPS)
    walk = replace(wanted, sort=worklist.BY_DEADLINE, descending=False, after=None)
    return {group: replace(walk, group=group) for group in groups}


def _counts(asked: Mapping[str, Wanted], today: date) -> Rows:
    return select(*(labelled(name, _capped(wanted, today)) for name, wanted in asked.items()))


def _capped(wanted: Wanted, today: date) -> ScalarSelect[int]:
    """Count the rows of a list up to one more than the cap, state by state."""
    found = select(_merged(wanted, today, CAP + 1).c.id).limit(CAP + 1).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def _merged(wanted: Wanted, today: date, limit: int) -> Subquery:
    branches = [select(walk.subquery()) for walk in worklist.walks(wanted, today, limit)]
    return (union_all(*branches) if len(branches) > 1 else branches[0]).subquery()


def _count(value: int) -> Count:
    return Count(min(value, CAP), value > CAP)


def _sum(counts: Mapping[str, Count]) -> Count:
    value = sum(count.value for count in counts.values())
    more = any(count.more for count in counts.values())
    return Count(value, more or value > CAP)


def _page(wanted: Wanted, today: date, limit: int) -> Rows:
    """Return the query of a page: the walks merged to one page of ids, then what each row shows."""
    every = _merged(wanted, today, limit)
    first = worklist.ordered(wanted, every.c.at, every.c.id)
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
        .order_by(*worklist.ordered(wanted, top.c.at, top.c.id))
    )
    return query


def _line(row: Row[*tuple[Any, ...]], today: date) -> Line:
    return Line(
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


def _following(wanted: Wanted, rows: Sequence[Row[*tuple[Any, ...]]]) -> str:
    """Return the mark of the last shown row when there is more, else nothing."""
    if len(rows) <= worklist.PAGE:
        return ""
    last = rows[worklist.PAGE - 1]
    values = {"son-tarih": last.deadline, "gelis": last.entered_at, "ad": None}
    value = values[wanted.sort]
    return str(Mark(value.isoformat() if value else "", last.id))
