"""Owns the making of actors: who a user of the office or an applicant is to the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.actor import Actor

if TYPE_CHECKING:
    from states.person import Person
    from states.user import User

STAFF_ROLES = ("officer", "operator", "auditor", "coordinator", "administrator")
"""Roles of accounts; each account has exactly one (EN 319 411-1: separation of duties)."""


@dataclass(frozen=True, slots=True)
class Known:
    """An actor and the name he reads on the screen."""

    actor: Actor
    name: str


def of_user(user: User, auth: str) -> Known | None:
    """Return the actor of an account; None when it is closed or holds not exactly one role."""
    roles = frozenset(user.roles)
    if not user.active or len(roles) != 1 or not roles <= set(STAFF_ROLES):
        return None
    return Known(Actor(f"user:{user.id}", roles, auth, user.person_id), user.name)


def of_person(person: Person, auth: str) -> Known:
    """Return the actor of a person who applies for himself."""
    actor = Actor(f"person:{person.id}", frozenset({"applicant"}), auth, person.id)
    return Known(actor, person.name)
