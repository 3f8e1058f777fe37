"""Finding persons by the beginning of a name, and what records each of them has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, func, literal, select, tuple_, union_all

from states.kit.reference import read_number
from states.kit.text import normal, sort_key
from states.people.institution import Institution
from states.people.person import Person
from states.tables import METADATA
from web.office.queues.lists import CAP, Count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select
    from sqlalchemy.orm import InstrumentedAttribute

    Rows = Select[*tuple[Any, ...]]

PAGE = 50
"""Persons on a page."""

RECORDS = ("application", "certificate", "consent")
"""Workflows of what a person may have, in the order in which it is shown."""

FEWEST = 2
"""Letters of a name below which nothing is looked for."""

_BEYOND = "\U0010ffff"
"""Sorts after every letter of a key."""

_KEYS: Mapping[str, InstrumentedAttribute[str]] = {
    "s": Person.sort_key,
    "a": Person.given_key,
}
"""The two orders of a name: surname first, given name first."""


@dataclass(frozen=True, slots=True)
class PersonCase:
    """One case of a person: its reference, its workflow, its state."""

    reference: str
    workflow: str
    state: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One person that was found, with their records."""

    id: int
    name: str
    tckn: str
    institution: str | None
    records: list[PersonCase]


@dataclass(frozen=True, slots=True)
class Persons:
    """A page of persons, how many there are, and the mark of the next page."""

    hits: list[Hit]
    total: Count
    following: str


def nameable(text: str) -> bool:
    """Say whether a text may be the beginning of a name."""
    return len(normal(text)) >= FEWEST and any(letter.isalpha() for letter in text)


def named(connection: Connection, text: str, mark: str = "") -> Persons:
    """Return a page of the persons whose surname or given name begins with a text (Turkish)."""
    key = sort_key(text)
    walks = [_walk(connection, order, key, mark) for order in _KEYS]
    merged = union_all(*(select(walk.limit(PAGE + 1).subquery()) for walk in walks)).subquery()
    page = select(merged).order_by(merged.c.at, merged.c.id).limit(PAGE + 1).subquery()
    rows = connection.execute(_shown(page).order_by(page.c.at, page.c.id)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = f"{last.walked}{last.id}" if last else ""
    return Persons(_hits(connection, rows[:PAGE]), _number(connection, key), following)


def _walk(connection: Connection, order: str, key: str, mark: str) -> Rows:
    """Return the walk of one order of names, from the person on whose mark the last page ended."""
    column = _KEYS[order]
    query: Rows = select(Person.id, column.label("at"), literal(order).label("walked")).where(
        *_begins(order, key)
    )
    after = _after(connection, mark)
    if after is not None:
        query = query.where(tuple_(column, Person.id) > tuple_(*(literal(part) for part in after)))
    return query.order_by(column, Person.id)


def _begins(order: str, key: str) -> list[ColumnElement[bool]]:
    """Return the range of keys that begin so; who is found by their surname is not found twice."""
    column = _KEYS[order]
    found = [column >= key, column < key + _BEYOND]
    if order == "s":
        return found
    return [*found, ~((Person.sort_key >= key) & (Person.sort_key < key + _BEYOND))]


def _after(connection: Connection, mark: str) -> tuple[str, int] | None:
    """Read the mark of a page: by which key, and whose; the key itself is in no address."""
    order, person = mark[:1], read_number(mark[1:])
    if order not in _KEYS or person is None:
        return None
    key = connection.execute(select(_KEYS[order]).where(Person.id == person)).scalar_one_or_none()
    return None if key is None else (key, person)


def _number(connection: Connection, key: str) -> Count:
    walks = [_walk(connection, order, key, "").limit(CAP + 1) for order in _KEYS]
    found = union_all(*(select(walk.subquery().c.id) for walk in walks)).subquery()
    capped = select(found).limit(CAP + 1).subquery()
    value = connection.execute(select(func.count()).select_from(capped)).scalar_one()
    return Count(min(value, CAP), value > CAP)


def person(connection: Connection, number: int) -> Hit | None:
    """Return one person with all records."""
    page = select(
        literal(number).label("id"),
        literal("").label("at"),
        literal("").label("walked"),
    ).subquery()
    hits = _hits(connection, connection.execute(_shown(page)).all())
    return hits[0] if hits else None


def _shown(page: Any) -> Rows:  # noqa: ANN401 - a subquery with id and walked
    return (
        select(
            Person.id,
            Person.given_name,
            Person.surname,
            Person.tckn_masked,
            Institution.name.label("institution"),
            page.c.walked,
        )
        .select_from(page)
        .join(Person, Person.id == page.c.id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
    )


def _hits(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Hit]:
    records = _records(connection, [row.id for row in rows])
    return [
        Hit(
            row.id,
            f"{row.given_name} {row.surname}",
            row.tckn_masked,
            row.institution,
            records.get(row.id, []),
        )
        for row in rows
    ]


def _records(connection: Connection, people: list[int]) -> dict[int, list[PersonCase]]:
    """Return the records of some people: applications first, the newest first."""
    if not people:
        return {}
    parts = [_records_of(METADATA.tables[name], people) for name in RECORDS]
    every = union_all(*parts).subquery()
    query = select(every).order_by(every.c.place, every.c.id.desc())
    found: dict[int, list[PersonCase]] = {}
    for row in connection.execute(query):
        record = PersonCase(row.reference, row.workflow, row.state)
        found.setdefault(row.person_id, []).append(record)
    return found


def _records_of(table: Table, people: list[int]) -> Rows:
    return select(
        table.c.person_id,
        table.c.reference,
        literal(table.name).label("workflow"),
        table.c.state,
        literal(RECORDS.index(table.name)).label("place"),
        table.c.id,
    ).where(table.c.person_id.in_(people))
