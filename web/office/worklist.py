"""Owns the query behind the lists: which cases wait for a role, by how late they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, case, cast, func, select, tuple_
from sqlalchemy.orm import aliased

from states.application import Application
from states.certificate import Certificate
from states.institution import Institution
from states.person import Person
from states.reference import parse
from states.text import sort_key
from states.user import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Engine, Row, Select

    from workflow.definition import Definition, Transition

    Rows = Select[*tuple[Any, ...]]

PAGE = 50
"""Rows on a page."""

NO_DEADLINE = date(9999, 12, 31)
"""Where cases without any deadline sort: last."""

GROUPS = ("late", "today", "soon", "later")
SOON = timedelta(days=3)

TITLES = {
    "late": "Süresi geçti",
    "today": "Bugün",
    "soon": "3 gün içinde",
    "later": "Sonra",
}

_old = aliased(Certificate)


def ending(definition: Definition) -> tuple[str, ...]:
    """Return the states whose timer closes the case: only there is it a deadline for people."""
    return tuple(
        state.name
        for state in definition.states.values()
        if state.then
        and all(definition.states[definition.transitions[name].target].final for name in state.then)
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is filtered by; everything stands in the address."""

    states: tuple[str, ...]
    ending: tuple[str, ...]
    kind: str = ""
    group: str = ""
    text: str = ""
    assignee: int | None = None
    after: tuple[date, int] | None = None


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
    assignee: str | None
    production_opens_on: date | None
    tracking_number: str | None
    entered_at: Any


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, the counts of its groups, and where the next page begins."""

    lines: list[Line]
    counts: Mapping[str, int]
    following: str

    @property
    def total(self) -> int:
        """How many cases the filter finds."""
        return sum(self.counts.values())

    def of(self, group: str) -> list[Line]:
        """Return the lines of a group."""
        return [line for line in self.lines if line.group == group]


def workable(definition: Definition, role: str) -> tuple[str, ...]:
    """Return the states from which this role, not the applicant, carries a case on."""
    return tuple(
        name
        for name in definition.states
        if any(
            role in move.by and "applicant" not in move.by and carries_on(definition, move)
            for move in definition.moves_from(name)
        )
    )


def carries_on(definition: Definition, move: Transition) -> bool:
    """Say whether a move brings a case nearer to its card: neither closed nor handed back."""
    target = definition.states[move.target]
    return target.name == "delivered" or not (target.final or target.next == "applicant")


def _deadline(wanted: Wanted) -> ColumnElement[date]:
    """Return the day by which something must happen: the closing timer, the certificate's end."""
    timer = case(
        (
            Application.state.in_(wanted.ending),
            cast(func.timezone("Europe/Istanbul", Application.due_at), Date),
        )
    )
    return func.coalesce(func.least(timer, _old.ends_on), NO_DEADLINE)


def read(database: Engine, wanted: Wanted, today: date) -> Page:
    """Return a page of applications, most urgent first (deadline, then id)."""
    group = _group(wanted, today)
    base = _filtered(wanted, today)
    with database.connect() as connection:
        grouped = base.with_only_columns(group.label("name"), func.count().label("cases"))
        counts = {row.name: row.cases for row in connection.execute(grouped.group_by(group))}
        rows = connection.execute(_page(base, wanted, group)).all()
    lines = [_line(row) for row in rows[:PAGE]]
    return Page(lines, {name: counts.get(name, 0) for name in GROUPS}, _following(rows))


def _filtered(wanted: Wanted, today: date) -> Rows:
    query: Rows = (
        select(Application.id)
        .join(Person, Person.id == Application.person_id)
        .outerjoin(_old, _old.id == Application.old_certificate_id)
        .where(Application.state.in_(wanted.states))
    )
    if wanted.kind:
        query = query.where(Application.kind == wanted.kind)
    if wanted.group in GROUPS:
        query = query.where(_group(wanted, today) == wanted.group)
    if wanted.assignee is not None:
        query = query.where(Application.assignee_id == wanted.assignee)
    if wanted.text:
        query = query.where(_matches(wanted.text))
    return query


def _matches(text: str) -> ColumnElement[bool]:
    """Match a reference, or the beginning of "surname given name" in Turkish order."""
    try:
        workflow, case_id = parse(text)
    except ValueError:
        return Person.sort_key.startswith(sort_key(text), autoescape=True)
    return Application.id == (case_id if workflow == "application" else 0)


def _page(base: Rows, wanted: Wanted, group: ColumnElement[str]) -> Rows:
    deadline = _deadline(wanted)
    query: Rows = (
        base.with_only_columns(
            Application.id,
            Application.reference,
            Person.given_name,
            Person.surname,
            Person.tckn_masked,
            Application.state,
            Application.kind,
            deadline.label("deadline"),
            group.label("grouping"),
            Institution.name.label("institution"),
            User.name.label("assignee"),
            Application.production_opens_on,
            Application.tracking_number,
            Application.entered_at,
        )
        .outerjoin(Institution, Institution.id == Application.institution_id)
        .outerjoin(User, User.id == Application.assignee_id)
        .order_by(deadline, Application.id)
        .limit(PAGE + 1)
    )
    if wanted.after is not None:
        day, number = wanted.after
        query = query.where(tuple_(deadline, Application.id) > tuple_(day, number))
    return query


def _group(wanted: Wanted, today: date) -> ColumnElement[str]:
    deadline = _deadline(wanted)
    return case(
        (deadline < today, "late"),
        (deadline == today, "today"),
        (deadline <= today + SOON, "soon"),
        else_="later",
    )


def _line(row: Row[Any]) -> Line:
    return Line(
        row.id,
        row.reference,
        f"{row.given_name} {row.surname}",
        row.tckn_masked,
        row.state,
        row.kind,
        None if row.deadline == NO_DEADLINE else row.deadline,
        row.grouping,
        row.institution,
        row.assignee,
        row.production_opens_on,
        row.tracking_number,
        row.entered_at,
    )


def _following(rows: Sequence[Row[Any]]) -> str:
    """Return the mark of the last shown row when there is more, else nothing."""
    if len(rows) <= PAGE:
        return ""
    last = rows[PAGE - 1]
    return f"{last.deadline:%Y-%m-%d}.{last.id}"


def parse_after(mark: str) -> tuple[date, int] | None:
    """Read the mark of a page; one that is not ours is the first page."""
    day, _, number = mark.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def known_states(definition: Definition, asked: Iterable[str]) -> tuple[str, ...]:
    """Return those of the asked states that the workflow has."""
    return tuple(name for name in asked if name in definition.states)
