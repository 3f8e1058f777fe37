"""Who of the desk is away, on which days, and what becomes of the cases that they hold.

On the first day of an absence the cases that somebody holds go to their deputy, or are free for
everybody of the role; nobody who is away is given a case. What goes to a deputy is what the deputy
could take up themselves; the rest is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from handlers.desk import heads
from handlers.desk.claims import user_id
from handlers.kit import notes
from handlers.kit.roles import DESK, SYSTEM
from states.cases.application import Application
from states.kit.invalid import Invalid
from states.logs.desk import ASSIGNED, RELEASED
from states.people.absence import Absence
from states.people.user import User
from workflow.model.actor import system
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import RuleFailed
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from handlers.kit.context import CaseEngine
    from workflow.engine.transaction import Work
    from workflow.model.actor import Actor

AWAY = "absent"
"""Why a case came back from somebody, as the line of the desk says it (``user:3 absent``)."""

LONGEST_DAYS = 366
"""Days of one absence; who is away for longer loses the account."""

KEEPER = system("absences")
"""Who hands over the cases when the first day has come."""


@dataclass(frozen=True, slots=True)
class PlannedAbsence:
    """Whose absence is entered, its days, both included, and who stands in (None: everybody)."""

    user_id: int
    first_day: date
    last_day: date
    deputy_id: int | None


def on(day: date) -> ColumnElement[bool]:
    """Return the condition that an absence counts on a day."""
    return Absence.ended_at.is_(None) & (Absence.first_day <= day) & (Absence.last_day >= day)


def away(connection: Connection, day: date) -> dict[int, date]:
    """Return the accounts that are away on a day, each with the last day of it."""
    query = select(Absence.user_id, func.max(Absence.last_day)).where(on(day))
    found = connection.execute(query.group_by(Absence.user_id)).all()
    return {account: until for account, until in found}  # noqa: C416 - rows are no pairs to mypy


def coming(connection: Connection, role: str, day: date) -> Sequence[Row[int, int, str, date]]:
    """Return the absences of a role that are not over: id, account, name, days, deputy's name."""
    deputy = User.__table__.alias("deputy")
    query = (
        select(
            Absence.id, Absence.user_id, User.name, Absence.first_day, Absence.last_day,
            deputy.c.name.label("deputy"),
        )
        .join(User, User.id == Absence.user_id)
        .outerjoin(deputy, deputy.c.id == Absence.deputy_id)
        .where(Absence.ended_at.is_(None), Absence.last_day >= day, User.roles.contains([role]))
        .order_by(Absence.first_day, Absence.id)
    )  # fmt: skip
    return connection.execute(query).all()


def enter(engine: CaseEngine, actor: Actor, planned: PlannedAbsence) -> None:
    """Enter an absence: one's own, or as the head of the desk a colleague's.

    Invalid ``absence.days`` for days that are over, turned round or too many; RuleFailed
    ``absence.not_yours`` for another's absence by somebody who leads no desk,
    ``absence.overlaps`` beside one of the same days, ``absence.deputy`` for who cannot stand in.
    What begins today is handed over at once.
    """
    now = engine.clock.now()
    today = day_in_istanbul(now)
    days = (planned.last_day - planned.first_day).days
    if planned.last_day < today or not 0 <= days < LONGEST_DAYS:
        raise Invalid("absence.days", most=LONGEST_DAYS)
    with engine.together() as work:
        connection = work.connection
        role = _judge(connection, actor, planned)
        values = {
            "user_id": planned.user_id, "first_day": planned.first_day,
            "last_day": planned.last_day, "deputy_id": planned.deputy_id,
            "noted_at": now, "noted_by": actor.name,
        }  # fmt: skip
        connection.execute(insert(Absence).values(values))
        _hand_over_begun(work, notes.Hand(actor.name, role, now), today)


def _judge(connection: Connection, actor: Actor, planned: PlannedAbsence) -> str:
    """Return the role whose desk it concerns; hold the account, so that no two overlap."""
    account = connection.execute(
        select(User.roles, User.active).where(User.id == planned.user_id).with_for_update()
    ).one_or_none()
    role = next((role for role in DESK if account and role in account.roles), None)
    if account is None or role is None or not account.active:
        raise RuleFailed(deny("absence.not_yours"))
    if not _may(connection, actor, planned.user_id, role):
        raise RuleFailed(deny("absence.not_yours"))
    if connection.scalar(_overlapping(planned.user_id, planned)) is not None:
        raise RuleFailed(deny("absence.overlaps"))
    if planned.deputy_id is not None and not _stands_in(connection, role, planned):
        raise RuleFailed(deny("absence.deputy"))
    return role


def _may(connection: Connection, actor: Actor, account: int, role: str) -> bool:
    """Say whether somebody may enter or end the absence of an account of a role."""
    me = user_id(actor)
    return me == account or heads.leads(connection, me, role)


def _overlapping(account: int, planned: PlannedAbsence) -> Select[int]:
    return (
        select(Absence.id)
        .where(
            Absence.user_id == account,
            Absence.ended_at.is_(None),
            Absence.first_day <= planned.last_day,
            Absence.last_day >= planned.first_day,
        )
        .limit(1)
    )


def _stands_in(connection: Connection, role: str, planned: PlannedAbsence) -> bool:
    """Say whether the deputy is another open account of the role that is there on the days."""
    deputy = planned.deputy_id
    if deputy is None or deputy == planned.user_id:
        return False
    found = select(User.id).where(User.id == deputy, User.active, User.roles.contains([role]))
    return (
        connection.scalar(found) is not None
        and connection.scalar(_overlapping(deputy, planned)) is None
    )


def end(engine: CaseEngine, actor: Actor, number: int) -> bool:
    """Take back an absence, before it or when somebody is back; say whether it still counted.

    LookupError for none of ours, RuleFailed ``absence.not_yours`` as for entering one. Cases that
    were handed over stay where they are.
    """
    now = engine.clock.now()
    with engine.database.begin() as connection:
        row = connection.execute(
            select(Absence.user_id, User.roles)
            .join(User, User.id == Absence.user_id)
            .where(Absence.id == number)
        ).one_or_none()
        if row is None:
            raise LookupError(number)
        roles = [role for role in DESK if role in row.roles]
        if not any(_may(connection, actor, row.user_id, role) for role in roles):
            raise RuleFailed(deny("absence.not_yours"))
        ending = (
            update(Absence)
            .where(
                Absence.id == number,
                Absence.ended_at.is_(None),
                Absence.last_day >= day_in_istanbul(now),
            )
            .values(ended_at=now, ended_by=actor.name)
        )
        return connection.execute(ending).rowcount == 1


def hand_over(engine: CaseEngine) -> int:
    """Hand over the cases of everybody whose absence has begun; return how many absences did."""
    now = engine.clock.now()
    with engine.together() as work:
        hand = notes.Hand(KEEPER.name, SYSTEM, now)
        return _hand_over_begun(work, hand, day_in_istanbul(now))


def _hand_over_begun(work: Work, hand: notes.Hand, today: date) -> int:
    begun = work.connection.execute(
        select(Absence.id, Absence.user_id, Absence.deputy_id)
        .where(on(today), Absence.handed_at.is_(None))
        .order_by(Absence.id)
        .with_for_update(skip_locked=True)
    ).all()
    for row in begun:
        _give_away(work, hand, row.user_id, _present(work.connection, row.deputy_id, today))
        handed = update(Absence).where(Absence.id == row.id).values(handed_at=hand.at)
        work.connection.execute(handed)
    return len(begun)


def _present(
    connection: Connection, deputy: int | None, today: date
) -> Row[int, int | None] | None:
    """Return the deputy and the person behind the account, where they are there today."""
    if deputy is None or deputy in away(connection, today):
        return None
    query = select(User.id, User.person_id).where(User.id == deputy, User.active)
    return connection.execute(query.with_for_update(read=True)).one_or_none()


def _give_away(
    work: Work, hand: notes.Hand, account: int, deputy: Row[int, int | None] | None
) -> None:
    """Give what an account holds to its deputy, and free what has none or is the deputy's own."""
    connection = work.connection
    held = Application.holder_id == account
    if deputy is not None:
        values = {"assignee_id": deputy.id, "assigned_version": Application.version}
        mine = Application.person_id.is_distinct_from(deputy.person_id)
        giving = update(Application).where(held, mine).values(values).returning(Application.id)
        for case_id in sorted(connection.scalars(giving)):
            notes.keep(connection, ("application", case_id), hand, ASSIGNED, f"user:{deputy.id}")
    free = {"assignee_id": None, "assigned_version": None}
    freeing = update(Application).where(held).values(free)
    rows = connection.execute(freeing.returning(Application.id, Application.state)).all()
    for row in sorted(rows):
        notes.keep(connection, ("application", row.id), hand, RELEASED, f"user:{account} {AWAY}")
        if row.state == "queued":
            work.wake(work.definition_of(row.id), row.id)
