"""What the pages of support units read: which counts for whom, and what waits for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g
from sqlalchemy import false, select, true
from sqlalchemy.exc import SQLAlchemyError

from handlers.institutions.units import unit_of
from handlers.kit.roles import APPLICANT, COORDINATOR, acts_as
from states.cases.requests.support_change import SupportChange
from states.kit.errors import DatabaseUnavailable
from states.people.institution import Institution
from states.people.person import Person
from states.people.user import User
from web.gate.composition import composed
from web.gate.session import current, signed_in

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from handlers.institutions.units import SupportUnit
    from workflow.model.actor import Actor

PER_PAGE = 50
"""Rows of the list; more are reached by the keyset ``sonra``."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One line of the list: a proposal, its institution, what it names, until when it waits."""

    id: int
    reference: str
    institution: str
    unit: str | None
    due_at: datetime | None


def own_place() -> Institution | None:
    """Return the institution at the top of a coordinator's subtree; None of anybody else."""
    actor = current().actor
    if not acts_as(actor, COORDINATOR):
        return None
    query = select(Institution.__table__).join(User, User.institution_id == Institution.id)
    with composed().database.connect() as connection:
        row = connection.execute(query.where(User.id == _number(actor))).mappings().one_or_none()
    return None if row is None else Institution(**row)


def place_of(institution_id: int) -> Institution:
    """Return an institution."""
    query = select(Institution.__table__).where(Institution.id == institution_id)
    with composed().database.connect() as connection:
        return Institution(**connection.execute(query).mappings().one())


def unit_for(institution_id: int) -> SupportUnit | None:
    """Return the support unit that counts for an institution."""
    with composed().database.connect() as connection:
        return unit_of(connection, institution_id)


def proposed(after: int) -> list[Proposed]:
    """Return the proposals that wait, the oldest first; a coordinator sees those of their own."""
    query = (
        select(
            SupportChange.id, SupportChange.reference, Institution.name, SupportChange.unit,
            SupportChange.due_at,
        )
        .join(Institution, Institution.id == SupportChange.institution_id)
        .where(SupportChange.state == "proposed", SupportChange.id > after)
        .order_by(SupportChange.id)
        .limit(PER_PAGE + 1)
    )  # fmt: skip
    with composed().database.connect() as connection:
        return [Proposed(*row) for row in connection.execute(query.where(seen_by_me()))]


def seen_by_me() -> ColumnElement[bool]:
    """Return what lets a coordinator see the rows of their own subtree, everybody else all."""
    if not acts_as(current().actor, COORDINATOR):
        return true()
    top = own_place()
    return Institution.path.startswith(top.path, autoescape=True) if top else false()


def support_here() -> SupportUnit | None:
    """Return whom the holder who is signed in asks; asked once a request.

    None of anybody else: whoever works with the office has its own telephone number. None too
    while the database is away or broken, for the page that says so stands in the same frame.
    """
    if "support" not in g:
        try:
            g.support = _support_of_holder()
        except (DatabaseUnavailable, SQLAlchemyError):
            g.support = None
    found: SupportUnit | None = g.support
    return found


def _support_of_holder() -> SupportUnit | None:
    here = signed_in()
    if here is None or not acts_as(here.actor, APPLICANT):
        return None
    query = select(Person.institution_id).where(Person.id == here.actor.person_id)
    with composed().database.connect() as connection:
        place = connection.scalar(query)
        return None if place is None else unit_of(connection, place)


def _number(actor: Actor) -> int:
    return int(actor.name.partition(":")[2])
