"""What a list asks for: which applications, in which order, and from which row on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, Text, cast, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from handlers.desk.claims import carries_on, workable
from states.cases.application import NO_DEADLINE, Application
from states.kit.reference import read_number
from states.people.institution import Institution
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import CTE, ColumnElement, FromClause, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from workflow.model.definition import Definition

    Rows = Select[*tuple[Any, ...]]

__all__ = [
    "GROUPS", "NO_DEADLINE", "PAGE", "SORTS", "TITLES", "QueueCursor", "QueueFilter",
    "awaited", "carries_on",
    "ending", "known_states", "matching", "open_states", "sort_column", "walk",
    "workable",
]  # fmt: skip

PAGE = 50
"""Rows on a page."""

SOON = timedelta(days=3)

TITLES = {
    "late": _("Süresi geçti"),
    "today": _("Bugün"),
    "soon": _("3 gün içinde"),
    "later": _("Sonra"),
}
"""The groups of lateness, most urgent first."""

GROUPS = tuple(TITLES)

SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "son-tarih": Application.deadline,
    "ad": Application.applicant_key,
    "gelis": Application.entered_at,
}
"""What a list can be sorted by; each has an index that begins with state and kind."""

BY_DEADLINE = "son-tarih"


def ending(definition: Definition) -> tuple[str, ...]:
    """Return the states whose timer closes the case: only there is it a deadline for people."""
    return tuple(
        state.name
        for state in definition.states.values()
        if state.then
        and all(definition.states[definition.transitions[name].target].final for name in state.then)
    )


def awaited(definition: Definition) -> tuple[str, ...]:
    """Return the states in which somebody has to act by a day, and nothing happens by itself."""
    return tuple(state.name for state in definition.states.values() if state.due and not state.then)


@dataclass(frozen=True, slots=True)
class QueueCursor:
    """The last row of a page: what it was sorted by and its id.

    A name is not written into the address: its mark is the id alone, and the key is read again.
    """

    value: str
    id: int

    def __str__(self) -> str:
        """Write the mark as it stands in an address."""
        return f"{self.value}~{self.id}"

    @classmethod
    def read(cls, text: str, sort: str) -> QueueCursor | None:
        """Read a mark of a sort order; one that is not ours is the first page."""
        value, _, written = text.rpartition("~")
        number = read_number(written)
        if number is None:
            return None
        mark = cls(value, number)
        try:
            mark.bound(sort)
        except ValueError:
            return None
        return mark

    def bound(self, sort: str) -> ColumnElement[Any]:
        """Return the value that the walk begins after; ValueError for one of another order."""
        if sort == BY_DEADLINE:
            return literal(date.fromisoformat(self.value), Date)
        if sort == "gelis":
            return literal(_aware(self.value), DateTime(timezone=True))
        if self.value:
            raise ValueError(self.value)
        return (
            select(cast(SORTS[sort], Text(collation="C")))
            .where(Application.id == self.id)
            .scalar_subquery()
        )


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a list is filtered and sorted by.

    ``states`` empty means every state (only with ``holder``, whose cases are few); ``holder`` is
    the user who has taken the cases up, ``free`` asks for those that nobody has. ``institution`` is
    the code of one whose cases are meant with those of its units; ``first`` and ``last`` are the
    deadlines between which a case has its own; ``name`` is the sort key with which the applicant's
    begins.
    """

    states: tuple[str, ...] = ()
    kind: str = ""
    group: str = ""
    holder: int | None = None
    free: bool = False
    institution: str = ""
    first: date | None = None
    last: date | None = None
    name: str = ""
    sort: str = BY_DEADLINE
    descending: bool = False
    after: QueueCursor | None = None

    @property
    def grouped(self) -> bool:
        """Say whether the rows come in the order of the groups of lateness."""
        return self.sort == BY_DEADLINE and not self.descending


def open_states(definition: Definition) -> tuple[str, ...]:
    """Return the states in which an application is under way."""
    return tuple(name for name, state in definition.states.items() if not state.final)


def known_states(definition: Definition, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the asked states that the workflow has, each once."""
    return tuple(dict.fromkeys(name for name in names if name in definition.states))


def matching(filters: QueueFilter, today: date) -> Rows:
    """Return the SELECT of the ids of all applications that a filter finds, in no order."""
    conditions = [*_of_kind(filters), *_whose(filters), *_what(filters), *within(filters, today)]
    query: Rows = select(Application.id).where(*conditions)
    return query.where(Application.state.in_(filters.states)) if filters.states else query


def walk(
    filters: QueueFilter, days: list[ColumnElement[bool]], limit: int, *outside: FromClause
) -> Rows:
    """Return the query of id and sort key (``at``) of a list, in no order.

    For each state and kind an index is walked to at most ``limit`` rows, so that the cost does not
    grow with the table. ``days`` are the conditions of lateness; ``outside`` is what they name that
    the query around this one holds.
    """
    column = sort_column(filters)
    rows: Rows = (
        select(Application.id, column.label("at"))
        .where(*_whose(filters), *_what(filters), *days, *_beyond(filters))
        .order_by(*ordered(filters, column, Application.id))
        .limit(limit)
    )
    if not filters.states:
        rows = rows.where(*_of_kind(filters))
        return rows.correlate(*outside) if outside else rows
    listed, there = _listed(filters)
    one = rows.where(*there).correlate(listed, *outside).lateral("one")
    return select(one.c.id, one.c.at).select_from(listed).join(one, true())


def _listed(filters: QueueFilter) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """Return the states and kinds of a list as rows, and what a case must be to belong to one.

    Of a constant kind the planner knows how frequent it is, and might walk another index, in one
    state perhaps for nothing; so a kind that is asked for stands in these rows too.
    """
    states = cast(list(filters.states), ARRAY(Text))
    if filters.kind:
        kinds = cast([filters.kind] * len(filters.states), ARRAY(Text))
        named = func.unnest(states, kinds).table_valued("state", "kind", name="states")
        listed: FromClause = named.render_derived()
    else:
        listed = _occurring(states)
    return listed, [Application.state == listed.c.state, Application.kind == listed.c.kind]


def _occurring(states: ColumnElement[Any]) -> CTE:
    """Return the kinds that occur in each state, jumping in the index from one to the next.

    The definitions do not tell them: a case may be of a kind that only an older one knows.
    """
    listed = func.unnest(states).table_valued("state", name="states").render_derived()
    kind = select(Application.kind).order_by(Application.kind).limit(1)
    first = kind.where(Application.state == listed.c.state).lateral("first")
    start = select(listed.c.state, first.c.kind).select_from(listed.join(first, true()))
    found = start.cte("occurring", recursive=True)
    beyond = (Application.state == found.c.state, Application.kind > found.c.kind)
    following = kind.where(*beyond).lateral("following")
    return found.union_all(
        select(found.c.state, following.c.kind).select_from(found.join(following, true()))
    )


def sort_column(filters: QueueFilter) -> InstrumentedAttribute[Any]:
    """Return the column that a list is sorted by."""
    return SORTS[filters.sort]


def ordered(filters: QueueFilter, *columns: ColumnElement[Any] | Any) -> list[Any]:  # noqa: ANN401 - columns of any type
    """Return the columns in the direction of a list; the id stands last and settles equals."""
    return [column.desc() for column in columns] if filters.descending else list(columns)


def within(filters: QueueFilter, today: date) -> list[ColumnElement[bool]]:
    """Return the condition that a case is as late as is asked for."""
    if filters.group not in GROUPS:
        return []
    return [Application.deadline.between(*days_of(filters.group, today))]


def _of_kind(filters: QueueFilter) -> list[ColumnElement[bool]]:
    return [Application.kind == filters.kind] if filters.kind else []


def _whose(filters: QueueFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of who holds a case."""
    conditions: list[ColumnElement[bool]] = []
    if filters.holder is not None:
        conditions.append(Application.holder_id == filters.holder)
    if filters.free:
        conditions.append(Application.holder_id.is_(None))
    return conditions


def _what(filters: QueueFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of institution, day range and name."""
    conditions: list[ColumnElement[bool]] = []
    if filters.institution:
        conditions.append(Application.institution_id.in_(_units(filters.institution)))
    if filters.first is not None:
        conditions.append(Application.deadline >= filters.first)
    if filters.last is not None:
        conditions.append(Application.deadline <= filters.last)
    if filters.name:
        conditions.append(Application.applicant_key.startswith(filters.name, autoescape=True))
    return conditions


def _units(code: str) -> Select[int]:
    """Select an institution and all that is below it; nothing for a code that nobody has."""
    top = aliased(Institution)
    below = func.starts_with(Institution.path, top.path)
    return select(Institution.id).join(top, below).where(top.code == code)


def days_of(group: str, today: date) -> tuple[date, date]:
    """Return the first and the last deadline of a group of lateness."""
    day = timedelta(days=1)
    return {
        "late": (date.min, today - day),
        "today": (today, today),
        "soon": (today + day, today + SOON),
        "later": (today + SOON + day, date.max),
    }[group]


def group_of(deadline: date, today: date) -> str:
    """Return the group of lateness that a deadline falls into."""
    if deadline <= today:
        return "late" if deadline < today else "today"
    return "soon" if deadline <= today + SOON else "later"


def _beyond(filters: QueueFilter) -> list[ColumnElement[bool]]:
    """Return the condition that a row comes after the last one of the page before."""
    if filters.after is None:
        return []
    row = tuple_(sort_column(filters), Application.id)
    mark = tuple_(filters.after.bound(filters.sort), literal(filters.after.id))
    return [row < mark] if filters.descending else [row > mark]
