"""Giving a case to a colleague, and how much each of them has in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from handlers.desk import absences, claims, heads
from handlers.kit import notes
from states.cases.application import Application
from states.logs.desk import ASSIGNED
from states.people.user import User
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import RuleFailed, WorkflowError
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor

SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody of the desk has in hand: open cases, those that are late, those due soon.

    ``leads`` marks the head of the desk; ``away_until`` is the last day of an absence of today.
    """

    user_id: int
    name: str
    leads: bool
    held: int
    late: int
    soon: int
    away_until: date | None = None


def assign(engine: CaseEngine, case_id: int, actor: Actor, colleague: int) -> None:
    """Give a case to a colleague of one's role: one's own, or as the head of the desk any.

    RuleFailed as for a claim, ``desk.held`` for a case that another holds and ``desk.head_gives``
    for a free one where the actor is no head, ``desk.not_for_colleague`` for whoever has no open
    account in that role or is the applicant, and ``desk.colleague_away`` for who is absent today.
    """
    me = claims.user_id(actor)
    with engine.database.begin() as connection:
        hand = claims.hand_of(engine, connection, case_id, actor)
        _refuse_colleague(connection, case_id, hand.role, colleague)
        _refuse_away(connection, colleague, day_in_istanbul(hand.at))
        meant = Application.holder_id.is_distinct_from(colleague)
        if not heads.leads(connection, me, hand.role):
            meant = Application.holder_id == me
        if claims.give(connection, case_id, colleague, meant):
            notes.keep(connection, ("application", case_id), hand, ASSIGNED, f"user:{colleague}")
            return
        holder = claims.holder_of(connection, case_id)
    raise RuleFailed(deny("desk.held", holder=holder) if holder else deny("desk.head_gives"))


def assign_many(
    engine: CaseEngine, case_ids: Sequence[int], actor: Actor, colleague: int
) -> list[WorkflowError]:
    """Give several cases to a colleague, each on its own merits; return what refused the others."""
    refusals: list[WorkflowError] = []
    for case_id in case_ids:
        try:
            assign(engine, case_id, actor, colleague)
        except WorkflowError as refusal:
            refusals.append(refusal)
    return refusals


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


def _refuse_away(connection: Connection, colleague: int, today: date) -> None:
    until = absences.away(connection, today).get(colleague)
    if until is not None:
        raise RuleFailed(deny("desk.colleague_away", until=until))


def loads(connection: Connection, role: str, today: date) -> list[Load]:
    """Return the open accounts of a role with what each has in hand, by name."""
    late = Application.deadline < today
    soon = Application.deadline.between(today, today + SOON)
    query = (
        select(
            User.id, User.name, User.leads, func.count(Application.id),
            func.count(Application.id).filter(late), func.count(Application.id).filter(soon),
        )
        .outerjoin(Application, Application.holder_id == User.id)
        .where(User.active, User.roles.contains([role]))
        .group_by(User.id)
        .order_by(User.sort_key, User.id)
    )  # fmt: skip
    away = absences.away(connection, today)
    return [Load(*row, away.get(row.id)) for row in connection.execute(query)]
