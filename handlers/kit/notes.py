"""What is written down at the desk beside the states: notes, and that something was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from handlers.kit.roles import DESK
from states.logs.desk import NOTE, DeskEntry
from states.people.tckn import mask_all
from workflow.engine.transaction import table_of
from workflow.model.entry import storable
from workflow.model.refusal import RoleNotAllowed, RuleFailed
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor

LONGEST_NOTE = 2000
ONE_CLICK = timedelta(minutes=10)
"""The same note by the same person within this time is one note, sent twice."""

Case = tuple[str, int]
"""A case as the desk names it: its workflow and its id."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something at the desk, in which role, and when."""

    actor: str
    role: str
    at: datetime


def add_note(engine: CaseEngine, case: Case, actor: Actor, text: str) -> bool:
    """Keep a note on a case for good; say whether it is new, for a form may come twice.

    A TCKN in it is masked. RuleFailed when there is nothing to keep or too much, and
    ``desk.own_case`` when the case is about the actor.
    """
    note = mask_all(storable(text).strip())
    if not note:
        raise RuleFailed(deny("desk.note_missing"))
    if len(note) > LONGEST_NOTE:
        raise RuleFailed(deny("desk.note_too_long", longest=LONGEST_NOTE))
    hand = at_desk(engine, actor, "note", DESK)
    with engine.database.begin() as connection:
        refuse_own(engine, connection, case, actor)
        alone(connection, case[1])
        if _said_before(connection, case[1], hand, note):
            return False
        keep(connection, case, hand, NOTE, note)
    return True


def _said_before(connection: Connection, case_id: int, hand: Hand, note: str) -> bool:
    same = select(DeskEntry.id).where(
        DeskEntry.case_id == case_id,
        DeskEntry.what == NOTE,
        DeskEntry.actor == hand.actor,
        DeskEntry.text == note,
        DeskEntry.at > hand.at - ONE_CLICK,
    )
    return connection.execute(same.limit(1)).first() is not None


def at_desk(engine: CaseEngine, actor: Actor, trigger: str, allowed: Sequence[str]) -> Hand:
    """Return somebody at the desk in their first role that may; RoleNotAllowed without one."""
    roles = [role for role in allowed if role in actor.roles]
    if not roles:
        raise RoleNotAllowed(trigger=trigger, roles=sorted(actor.roles), allowed=list(allowed))
    return Hand(actor.name, roles[0], engine.clock.now())


def refuse_own(engine: CaseEngine, connection: Connection, case: Case, actor: Actor) -> None:
    """Raise RuleFailed ``desk.own_case`` when a case is about the actor.

    An account that is tied to a person acts as the office, never for or about that person.
    """
    definition = engine.library.workflow(case[0])
    table = table_of(definition)
    query = select(table.c[definition.subject]).where(table.c.id == case[1])
    if actor.person_id is not None and connection.scalar(query) == actor.person_id:
        raise RuleFailed(deny("desk.own_case"))


def alone(connection: Connection, case_id: int) -> None:
    """Wait until nobody else writes about this case at the desk; ends with the transaction."""
    connection.execute(select(func.pg_advisory_xact_lock(case_id)))


def keep(connection: Connection, case: Case, hand: Hand, what: str, text: str) -> int:
    """Write one line about a case and return its id; no TCKN and no address stands in it."""
    workflow, case_id = case
    values = {
        "at": hand.at,
        "workflow": workflow,
        "case_id": case_id,
        "actor": hand.actor,
        "role": hand.role,
        "what": what,
        "text": text,
    }
    statement = insert(DeskEntry).values(values).returning(DeskEntry.id)
    return connection.execute(statement).scalar_one()
