"""Giving a case to a colleague, and how much each of them has in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from handlers.desk import claims
from handlers.kit import notes
from states.cases.application import Application
from states.logs.desk import ASSIGNED
from states.people.user import User
from workflow.model.refusal import RuleFailed
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor

SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases somebody holds, how many are late, and how many are due soon."""

    user_id: int
    name: str
    held: int
    late: int
    soon: int


def assign(engine: CaseEngine, case_id: int, actor: Actor, colleague: int) -> None:
    """Give a case that one holds, or that nobody holds, to a colleague of one's role.

    RuleFailed as for a claim, ``desk.held`` for a case that another holds, and
    ``desk.not_for_colleague`` for whoever has no open account in that role or is the applicant.
    """
    with engine.database.begin() as connection:
        hand = claims.hand_of(engine, connection, case_id, actor)
        _refuse_colleague(connection, case_id, hand.role, colleague)
        free = Application.holder_id.is_(None) | (Application.holder_id == claims.user_id(actor))
        if not claims.give(connection, case_id, colleague, free):
            holder = claims.holder_of(connection, case_id)
            raise RuleFailed(deny("desk.held", holder=holder))
        notes.keep(connection, ("application", case_id), hand, ASSIGNED, f"user:{colleague}")


def _refuse_colleague(connection: Connection, case_id: int, role: str, colleague: int) -> None:
    """Refuse somebody who could not have taken the case up themselves."""
    person = select(Application.person_id).where(Application.id == case_id).scalar_subquery()
    query = select(User.id).where(
        User.id == colleague,
        User.active,
        User.roles.contains([role]),
        User.person_id.is_distinct_from(person),
    )
    if connection.execute(query.with_for_update(read=True)).one_or_none() is None:
        raise RuleFailed(deny("desk.not_for_colleague"))


def loads(connection: Connection, role: str, today: date) -> list[Load]:
    """Return the open accounts of a role with what each has in hand, by name."""
    late = Application.deadline < today
    soon = Application.deadline.between(today, today + SOON)
    query = (
        select(
            User.id, User.name, func.count(Application.id),
            func.count(Application.id).filter(late), func.count(Application.id).filter(soon),
        )
        .outerjoin(Application, Application.holder_id == User.id)
        .where(User.active, User.roles.contains([role]))
        .group_by(User.id)
        .order_by(User.sort_key, User.id)
    )  # fmt: skip
    return [Load(*row) for row in connection.execute(query)]
