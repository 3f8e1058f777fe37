"""What an account leaves behind when it loses a right: its claims and its bulk work.

It is written in the transaction of the grant that takes the right away, so that no case waits for
somebody who is gone. A claim that returns is a line of the desk: released, by who decided, with
the account and the reason as its text (``user:3 account_closed``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from handlers.desk import claims as desk
from handlers.kit import entitlement, notes
from handlers.kit.roles import ADMINISTRATOR, APPLICANT, DESK, SYSTEM, acts_as
from states.cases.application import Application
from states.cases.batch import Batch
from states.cases.grant import RoleGrant
from states.logs.desk import RELEASED, DeskEntry
from states.logs.journal import JournalEntry
from states.papers.upload import StaffUpload
from states.people.user import User
from workflow.engine.cases import earlier_moves
from workflow.model.actor import Actor
from workflow.running import batch
from workflow.running.batch import ACCOUNT_CLOSED, ROLE_LOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from handlers.kit.context import CaseEngine, Context
    from workflow.model.definition import Definition

OWN_CASE = "own_case"
"""Why a case returned whose applicant the account was tied to."""

WHY = {"close": ACCOUNT_CLOSED, "role": ROLE_LOST, "tie": OWN_CASE}
"""What takes claims away, and what the desk's line calls it."""

_UNFINISHED = (batch.REHEARSING, batch.REHEARSED, batch.RUNNING, batch.PAUSED)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case that somebody holds or held; ``alone`` says that no other open account may go on."""

    case_id: int
    reference: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """What an account would leave behind: claims, and how many bulk moves and lists would end."""

    cases: Sequence[HeldCase]
    batches: int
    uploads: int


def hand_back(context: Context, act: str) -> None:
    """Give back what an account may not work on any more; the journal counts it."""
    if act not in WHY:
        return
    account = f"user:{context.case['user_id']}"
    counts = {"returned": _release(context, account, act)}
    if act != "tie":
        counts["batches"] = _stop_batches(context, account)
        counts["lists"] = _stop_lists(context, account)
    context.note(**{name: count for name, count in counts.items() if count})


def _stop_lists(context: Context, account: str) -> int:
    # Whoever opens accounts in the terminal reads no lists, and need not load what does.
    from handlers.lists.uploads import stop_of  # noqa: PLC0415 - see above

    return stop_of(context.connection, account, context.now)


def _taken(act: str, user_id: object, person_id: object) -> ColumnElement[bool]:
    """Return which claims an act takes away: all, or those on what is the account's own."""
    held = Application.holder_id == user_id
    return held & (Application.person_id == person_id) if act == "tie" else held


def _release(context: Context, account: str, act: str) -> int:
    connection, case = context.connection, context.case
    held = connection.execute(
        select(Application.id, Application.state)
        .where(_taken(act, case["user_id"], case["person_id"]))
        .order_by(Application.id)
        .with_for_update(key_share=True)
    ).all()
    role = ADMINISTRATOR if acts_as(context.actor, ADMINISTRATOR) else SYSTEM
    hand = notes.Hand(context.actor.name, role, context.now)
    free = {"assignee_id": None, "assigned_version": None}
    ids = [row.id for row in held]
    connection.execute(update(Application).where(Application.id.in_(ids)).values(free))
    for row in held:
        notes.keep(connection, ("application", row.id), hand, RELEASED, f"{account} {WHY[act]}")
        if row.state == "queued":
            context.wake(row.id)
    return len(held)


def _stop_batches(context: Context, account: str) -> int:
    """End the bulk moves that nobody may go on with: only their maker ever could."""
    found = context.connection.execute(
        select(Batch.id, Batch.role).where(_of(Batch, account)).order_by(Batch.id)
    )
    stopped = 0
    for number, role in found.all():
        why = entitlement.why_not(context.connection, account, role)
        if why is not None:
            values = {"state": batch.STOPPED, "why": why, "finished_at": context.now}
            ended = update(Batch).where(Batch.id == number, Batch.state.in_(_UNFINISHED))
            stopped += context.connection.execute(ended.values(values)).rowcount
    return stopped


def _of(table: type[Batch | StaffUpload], account: str) -> ColumnElement[bool]:
    return (table.actor == account) & table.state.in_(_UNFINISHED)


def behind(engine: CaseEngine, act: str, user_id: int, person_id: int | None) -> Behind:
    """Return what an act would take from an account as it stands now."""
    account = f"user:{user_id}"
    query = _facts().where(_taken(act, user_id, person_id)).order_by(Application.id)
    with engine.database.connect() as connection:
        cases = _left(engine, connection, query, user_id) if act in WHY else []
        counts = [
            connection.scalar(select(func.count()).select_from(table).where(_of(table, account)))
            for table in (Batch, StaffUpload)
            if act in {"close", "role"}
        ] or [0, 0]
    return Behind(cases, *(count or 0 for count in counts))


def returned(engine: CaseEngine, user_id: int, grant_id: int | None = None) -> list[HeldCase]:
    """Return the cases that came back from an account, by one grant or by all; newest first."""
    query = (
        _facts()
        .join(DeskEntry, DeskEntry.case_id == Application.id)
        .join(JournalEntry, JournalEntry.at == DeskEntry.at)
        .join(RoleGrant, RoleGrant.id == JournalEntry.case_id)
        .where(
            RoleGrant.user_id == user_id,
            JournalEntry.trigger == "approve",
            DeskEntry.what == RELEASED,
            DeskEntry.text.startswith(f"user:{user_id} ", autoescape=True),
        )
        .order_by(DeskEntry.id.desc())
    )
    if grant_id is not None:
        query = query.where(RoleGrant.id == grant_id)
    with engine.database.connect() as connection:
        return _left(engine, connection, query, user_id)


def _facts() -> Select[int, str, str, str, int]:
    return select(
        Application.id,
        Application.reference,
        Application.state,
        Application.definition,
        Application.person_id,
    )


def _left(
    engine: CaseEngine,
    connection: Connection,
    query: Select[int, str, str, str, int],
    user_id: int,
) -> list[HeldCase]:
    """Name the cases, and of each whether another open account may carry it on."""
    others = connection.execute(
        select(User.id, User.roles, User.person_id)
        .where(User.active, User.id != user_id, User.roles.overlap(list(DESK)))
        .order_by(User.id)
    ).all()
    people = [
        Actor(f"user:{one.id}", frozenset(one.roles), "", person_id=one.person_id) for one in others
    ]
    left = []
    for row in connection.execute(query).all():
        definition = engine.library.published(row.definition)
        alone = not definition.states[row.state].final and not any(
            _may(connection, definition, row, actor) for actor in people
        )
        left.append(HeldCase(row.id, row.reference, alone))
    return left


def _may(
    connection: Connection,
    definition: Definition,
    case: Row[int, str, str, str, int],
    actor: Actor,
) -> bool:
    """Say whether somebody may carry a case on from where it stands, four eyes included."""
    return actor.person_id != case.person_id and any(
        not actor.roles.isdisjoint(move.by)
        and APPLICANT not in move.by
        and desk.carries_on(definition, move)
        and not (move.not_by and earlier_moves(connection, definition, move.name, case.id, actor))
        for move in definition.moves_from(case.state)
    )
