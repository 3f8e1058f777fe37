"""The units of an institution: which there are, how deep they lie, and where somebody is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from handlers.kit import rows
from handlers.ways import facts, router
from handlers.ways.days import apply_by
from handlers.ways.fit import by_id
from states.cases.certificate import Certificate
from states.people.institution import Institution
from states.people.person import Person

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Select

    from handlers.ways.facts import CertificateFacts
    from handlers.ways.way import RoutingDay

ALL, LEVEL, LATE, PICKED = "all", "level", "late", "picked"
"""By what the units of a letter are chosen."""

AT_ONCE = 1_000
"""Persons whose facts are held in memory at once."""

LATE_STATES = ("active", "suspended", "expired")


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; ``level`` is 1 for what lies directly below the sender."""

    id: int
    code: str
    name: str
    path: str
    level: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which units are meant: by ``scope``, its ``level``, and those that are named by their codes.

    ``info`` are the codes of units that are told only, whatever the scope says of them.
    """

    scope: str
    level: int = 1
    codes: tuple[str, ...] = ()
    info: tuple[str, ...] = ()


def is_open(today: date) -> ColumnElement[bool]:
    """Return the condition that an institution still is one on a day."""
    return or_(Institution.closed_on.is_(None), Institution.closed_on > today)


def below(top: Institution, today: date) -> Select[int, str, str, str]:
    """Select the open units below an institution."""
    return select(Institution.id, Institution.code, Institution.name, Institution.path).where(
        Institution.path.startswith(top.path, autoescape=True),
        Institution.id != top.id,
        is_open(today),
    )


def listed(
    connection: Connection, top: Institution, today: date, most: int, level: int | None = None
) -> list[Unit]:
    """Return the units below an institution in the order of the tree, the first ``most``."""
    query = below(top, today).order_by(Institution.path).limit(most)
    if level is not None:
        query = query.where(_slashes(Institution.path) == top.path.count("/") + level)
    return [_unit(row, top) for row in connection.execute(query)]


def levels(connection: Connection, top: Institution, today: date) -> dict[int, int]:
    """Return how many units lie how deep."""
    depth = _slashes(Institution.path)
    counted = below(top, today).with_only_columns(depth, func.count()).group_by(depth)
    base = top.path.count("/")
    return {deep - base: count for deep, count in connection.execute(counted.order_by(depth))}


def late(connection: Connection, top: Institution, day: RoutingDay) -> list[Unit]:
    """Return the units with people for whom the last day to apply is over and nothing is done."""
    found = _late_places(connection, top, day)
    if not found:
        return []
    query = below(top, day.today).where(Institution.id.in_(found)).order_by(Institution.path)
    return [_unit(row, top) for row in connection.execute(query)]


def by_codes(
    connection: Connection, top: Institution, codes: Collection[str]
) -> tuple[list[Unit], list[str]]:
    """Return the units of these codes, closed ones too, and the codes that name none below."""
    query = select(Institution.id, Institution.code, Institution.name, Institution.path).where(
        Institution.code.in_(sorted(set(codes))),
        Institution.path.startswith(top.path, autoescape=True),
        Institution.id != top.id,
    )
    found = [_unit(row, top) for row in connection.execute(query.order_by(Institution.path))]
    known = {unit.code for unit in found}
    return found, sorted(set(codes) - known)


def _late_places(connection: Connection, top: Institution, day: RoutingDay) -> set[int]:
    query = (
        select(Certificate.id, Certificate.person_id, Person.institution_id)
        .join(Person, Person.id == Certificate.person_id)
        .join(Institution, Institution.id == Person.institution_id)
        .where(
            Institution.path.startswith(top.path, autoescape=True),
            Institution.id != top.id,
            Certificate.state.in_(LATE_STATES),
            Certificate.ends_on <= _last_late_end(day),
        )
        .order_by(Certificate.person_id)
    )
    places: set[int] = set()
    found = connection.execute(query).all()
    for at in range(0, len(found), AT_ONCE):
        chunk = found[at : at + AT_ONCE]
        persons = facts.read_all(connection, sorted({row.person_id for row in chunk}))
        for row in chunk:
            if row.institution_id in places:
                continue
            person = persons[row.person_id]
            old = by_id(person, row.id)
            if old is not None and counts(old) and router.overdue(person, old, day):
                places.add(row.institution_id)
    return places


def counts(old: CertificateFacts) -> bool:
    """Say whether somebody has or had a certificate and counts on it, on hold or over as it is."""
    return old.in_hand or old.state == "expired"


def _last_late_end(day: RoutingDay) -> date:
    """Return the last day of a certificate whose limit is over: the limit never runs backwards."""
    end = day.today
    while apply_by(end, day.window) < day.today:
        end += timedelta(days=1)
    return end


def _slashes(path: Any) -> ColumnElement[int]:  # noqa: ANN401 - a column of texts
    return func.length(path) - func.length(func.replace(path, "/", ""))


def _unit(row: Any, top: Institution) -> Unit:  # noqa: ANN401 - a row of `below`
    level = row.path.count("/") - top.path.count("/")
    return Unit(row.id, row.code, row.name, row.path, level)


def institution(connection: Connection, number: int) -> Institution:
    """Return an institution that must be there."""
    return rows.fetch(connection, Institution, number)


def of_ids(connection: Connection, ids: Sequence[int]) -> dict[int, Institution]:
    """Return institutions by their ids; one that is not there is left out."""
    table = Institution.__table__
    query = select(table).where(table.c.id.in_(list(ids)))
    return {row["id"]: Institution(**row) for row in connection.execute(query).mappings()}
