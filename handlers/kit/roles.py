"""The roles of ``workflows.yaml`` by name, and the sets of them that the product tells apart.

Which role makes which move stands in ``workflows.yaml`` alone. A set here says who may use a page
or a desk operation that is no move of a case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow.model.actor import Actor

APPLICANT = "applicant"
COORDINATOR = "coordinator"
OFFICER = "officer"
OPERATOR = "operator"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"
SYSTEM = "system"

STAFF = (OFFICER, OPERATOR, AUDITOR, COORDINATOR, ADMINISTRATOR)
"""Roles that an account holds, in the order in which they are offered.

An account holds exactly one of them (EN 319 411-1: separation of duties). The applicant signs in
without an account, and the system does not sign in.
"""

REGISTRARS = (OFFICER,)
"""Who enters what the office knows of people: names, institutions, standings, addresses.

EN 319 411-1, 6.4.4 keeps registration apart from production and from audit.
"""

DESK = (OFFICER, OPERATOR)
"""Who carries cases on: holds them, writes notes on them, moves many of them at once."""

READERS = (*DESK, AUDITOR)
"""Who may open any case and any person: the desk, and the auditor, who only reads."""

OVERSEERS = (AUDITOR, ADMINISTRATOR)
"""Who looks after the work without doing it: reads of batches, and makes none."""

HOUSE = (*DESK, *OVERSEERS)
"""Who works inside the office. A coordinator's account belongs to an institution outside it."""


def acts_as(actor: Actor, role: str) -> bool:
    """Return whether somebody acts in a role."""
    return role in actor.roles


def acts_alone(actor: Actor) -> bool:
    """Return whether the system acts: a timer, or what follows from another case."""
    return acts_as(actor, SYSTEM)
