"""The making of actors: who a user of the office or an applicant is to the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.kit.roles import APPLICANT, STAFF
from states.people.person import Person
from states.people.user import User, untied
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from sqlalchemy import Engine

BY_CARD = "e-imza"
"""How the journal names a sign-in with the card."""


@dataclass(frozen=True, slots=True)
class Known:
    """An actor and the name he reads on the screen."""

    actor: Actor
    name: str


class Untied(Exception):
    """The account belongs to nobody known, so it can be kept apart from nothing."""


def of_user(user: User, auth: str) -> Known | None:
    """Return the actor of an account; None when it is closed or holds not exactly one role.

    Raises Untied for an account of the house that belongs to nobody known.
    """
    roles = frozenset(user.roles)
    if not user.active or len(roles) != 1 or not roles <= set(STAFF):
        return None
    if untied(roles, user.person_id):
        raise Untied(user.id)
    return Known(Actor(f"user:{user.id}", roles, auth, user.person_id), user.name)


def of_person(person: Person, auth: str) -> Known:
    """Return the actor of a person who applies for themselves."""
    actor = Actor(f"person:{person.id}", frozenset({APPLICANT}), auth, person.id)
    return Known(actor, person.name)


def of_card(database: Engine, person_id: int | None) -> list[Known]:
    """Return all that the holder of a card may sign in as; nothing for one who is unknown here.

    An account that is closed is not among them.
    """
    if person_id is None:
        return []
    with Session(database) as session:
        person = session.get_one(Person, person_id)
        user = session.scalar(select(User).where(User.person_id == person_id, User.active))
        account = of_user(user, BY_CARD) if user else None
        return [known for known in (of_person(person, BY_CARD), account) if known]
