"""Who holds a case at the desk: claim, release, take over, apart from the states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from handlers.kit import notes
from handlers.kit.roles import APPLICANT, DESK
from states.cases.application import Application
from states.logs.desk import CLAIMED, RELEASED, TAKEN_OVER
from states.people.user import User
from workflow.model.refusal import RuleFailed, UnknownCase
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor
    from workflow.model.definition import Definition, Transition

_WORKFLOW = "application"


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    """How a claim ended: who holds the case now, and whether that is news."""

    holder_id: int
    changed: bool


STANDSTILLS = frozenset({"production_stopped", "recalled", "delivery_contested"})
"""States into which a case is brought to a stop: a move there brings no card nearer."""


def carries_on(definition: Definition, move: Transition) -> bool:
    """Say whether a move brings a case nearer to its card: not closed, handed back or stopped."""
    target = definition.states[move.target]
    if target.name in STANDSTILLS:
        return False
    return target.name == "delivered" or not (target.final or target.next == APPLICANT)


def workable(definition: Definition, role: str) -> tuple[str, ...]:
    """Return the states from which this role, not the applicant, carries a case on."""
    return tuple(
        name
        for name in definition.states
        if any(
            role in move.by and APPLICANT not in move.by and carries_on(definition, move)
            for move in definition.moves_from(name)
        )
    )


def takeable(definition: Definition, role: str) -> tuple[str, ...]:
    """Return the states in which this role may take a case up: wherever it may do something.

    That is more than where it carries one on: who is about to stop or return a case takes it up, so
    that it does not go on under their hands.
    """
    return tuple(
        name
        for name in definition.states
        if any(
            role in move.by and APPLICANT not in move.by and not definition.states[name].final
            for move in definition.moves_from(name)
        )
    )


def user_id(actor: Actor) -> int:
    """Return the number of the account that acts; LookupError for somebody without one."""
    sort, _, number = actor.name.partition(":")
    if sort != "user":
        raise LookupError(actor.name)
    return int(number)


def claim(engine: CaseEngine, case_id: int, actor: Actor) -> ClaimOutcome:
    """Take up an application that nobody holds; one that they hold already stays as it is.

    Of several at once one wins; the others are told who (RuleFailed ``desk.held``). RuleFailed
    ``desk.not_for_you`` when nobody of their role has anything to do with it here,
    ``desk.own_case`` when they are the applicant.
    """
    with engine.database.begin() as connection:
        hand = hand_of(engine, connection, case_id, actor)
        if _assign(connection, case_id, actor, Application.holder_id.is_(None)):
            notes.keep(connection, (_WORKFLOW, case_id), hand, CLAIMED, "")
            return ClaimOutcome(user_id(actor), changed=True)
        holder = holder_of(connection, case_id)
    if holder == user_id(actor):
        return ClaimOutcome(holder, changed=False)
    raise RuleFailed(deny("desk.held", holder=holder))


def take_over(engine: CaseEngine, case_id: int, actor: Actor, seen: int) -> ClaimOutcome:
    """Take an application from the one who was seen to hold it, when they still do.

    When it is free by now it is claimed; refused as ``claim`` is when somebody else holds it.
    """
    with engine.database.begin() as connection:
        hand = hand_of(engine, connection, case_id, actor)
        others = (Application.holder_id == seen) & (Application.holder_id != user_id(actor))
        if _assign(connection, case_id, actor, others):
            notes.keep(connection, (_WORKFLOW, case_id), hand, TAKEN_OVER, f"user:{seen}")
            return ClaimOutcome(user_id(actor), changed=True)
    return claim(engine, case_id, actor)


def release(engine: CaseEngine, case_id: int, actor: Actor) -> bool:
    """Give an application back that one holds oneself; say whether it was still held.

    Production, which left it alone meanwhile, is tried again at once.
    """
    hand = notes.at_desk(engine, actor, "release", DESK)
    mine = Application.holder_id == user_id(actor)
    free = {"assignee_id": None, "assigned_version": None}
    giving = update(Application).where(Application.id == case_id, mine).values(free)
    with engine.together() as work:
        state = work.connection.scalar(giving.returning(Application.state))
        if state is not None:
            notes.keep(work.connection, (_WORKFLOW, case_id), hand, RELEASED, "")
        if state == "queued":
            work.wake(work.definition_of(case_id), case_id)
    return state is not None


def hand_of(engine: CaseEngine, connection: Connection, case_id: int, actor: Actor) -> notes.Hand:
    """Return the actor in the role in which they may do something with the case where it stands.

    Their account is held as it is until the claim is written: a grant that closes it meanwhile
    comes before, and refuses the claim, or after, and gives the case back.
    """
    account = connection.execute(
        select(User.active, User.roles).where(User.id == user_id(actor)).with_for_update(read=True)
    ).one_or_none()
    row = _standing(connection, case_id)
    definition = engine.library.pinned(row.definition)
    roles = [role for role in DESK if role in actor.roles]
    role = next((role for role in roles if row.state in takeable(definition, role)), None)
    if role is None:
        raise RuleFailed(deny("desk.not_for_you"))
    if account is None or not account.active or role not in account.roles:
        raise RuleFailed(deny("desk.rights_changed"))
    if actor.person_id == row.person_id:
        raise RuleFailed(deny("desk.own_case"))
    return notes.Hand(actor.name, role, engine.clock.now())


def _standing(connection: Connection, case_id: int) -> Row[str, str, int]:
    """Read where a case stands and hold it there until the claim is written."""
    found = connection.execute(
        select(Application.state, Application.definition, Application.person_id)
        .where(Application.id == case_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if found is None:
        raise UnknownCase(case=case_id)
    return found


def _assign(
    connection: Connection, case_id: int, actor: Actor, condition: ColumnElement[bool]
) -> bool:
    return give(connection, case_id, user_id(actor), condition)


def give(connection: Connection, case_id: int, holder: int, condition: ColumnElement[bool]) -> bool:
    """Give a case to an account where the condition holds; say whether it did."""
    statement = (
        update(Application)
        .where(Application.id == case_id, condition)
        .values(assignee_id=holder, assigned_version=Application.version)
    )
    return connection.execute(statement).rowcount == 1


def holder_of(connection: Connection, case_id: int) -> int | None:
    """Return the account that holds a case; None where nobody does."""
    return connection.execute(
        select(Application.holder_id).where(Application.id == case_id)
    ).scalar_one()
