"""Which institutions a coordinator answers for: the one of their account and all below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from states.people.institution import Institution
from states.people.user import User
from web.gate.composition import composed
from web.gate.session import current

if TYPE_CHECKING:
    from workflow.model.actor import Actor


def own_institution() -> Institution | None:
    """Return the top of the signed-in coordinator's subtree; None when their account names none."""
    return institution_of(current().actor)


def unit_within(top: Institution, code: str) -> Institution:
    """Return a unit of a subtree by its code; to its coordinator all others are not there (404)."""
    query = select(Institution).where(
        Institution.code == code, Institution.path.startswith(top.path, autoescape=True)
    )
    with Session(composed().database, expire_on_commit=False) as session:
        found = session.scalar(query)
    return found or abort(404)


def institution_of(actor: Actor) -> Institution | None:
    """Return the institution of an account, by the actor's key ``user:<id>``."""
    number = int(actor.name.partition(":")[2])
    query = (
        select(Institution)
        .join(User, User.institution_id == Institution.id)
        .where(User.id == number, User.active)
    )
    with Session(composed().database, expire_on_commit=False) as session:
        return session.scalar(query)
