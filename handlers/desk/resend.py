"""Sending a message once more: a new row of the outbox, not too often, kept at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, or_, select

from handlers.kit import notes
from handlers.kit.roles import DESK
from states.cases.notice import AT_ONCE, Notice
from states.logs.desk import RESEND
from workflow.model.refusal import RuleFailed, UnknownCase
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from handlers.kit.context import CaseEngine
    from handlers.kit.notes import Case
    from workflow.model.actor import Actor

PAUSE = timedelta(minutes=10)
"""How long after its last sending a message may be sent again."""

_AGAIN = "/again/"


def sent_again(connection: Connection, key: str) -> Sequence[Row[tuple[Notice]]]:
    """Return a message and its repetitions in order; ``key`` is that of any of them."""
    first = key.partition(_AGAIN)[0]
    table = Notice.__table__
    same = or_(table.c.key == first, table.c.key.startswith(f"{first}{_AGAIN}", autoescape=True))
    return connection.execute(select(table).where(same).order_by(table.c.id)).all()


def resend(engine: CaseEngine, case: Case, notice_id: int, actor: Actor, seen: int) -> bool:
    """Send a message of a case once more; say whether this was done, for a form may come twice.

    ``seen`` is how often the page said that it had been sent. UnknownCase when the case has no
    such message; RuleFailed when the last sending is too short ago or the case is about the actor.
    """
    hand = notes.at_desk(engine, actor, "resend", DESK)
    with engine.database.begin() as connection:
        notes.refuse_own(engine, connection, case, actor)
        notes.alone(connection, case[1])
        sent = sent_again(connection, message(connection, case, notice_id).key)
        if len(sent) != seen:
            return False
        if sent[-1].created_at > hand.at - PAUSE:
            raise RuleFailed(deny("notice.too_soon", again_at=sent[-1].created_at + PAUSE))
        again = {
            "key": f"{sent[0].key}{_AGAIN}{len(sent)}",
            "created_at": hand.at,
            "due_at": hand.at,
            "lane": AT_ONCE,
            **{name: getattr(sent[0], name) for name in _SAME},
        }
        connection.execute(insert(Notice).values(again))
        notes.keep(connection, case, hand, RESEND, sent[0].subject)
    return True


def message(connection: Connection, case: Case, notice_id: int) -> Row[tuple[Notice]]:
    """Return a message of a case; UnknownCase when it is of another one, or of none."""
    table = Notice.__table__
    found = connection.execute(
        select(table).where(table.c.id == notice_id, table.c.case_id == case[1])
    ).one_or_none()
    if found is None:
        raise UnknownCase(case=notice_id)
    return found


_SAME = ("case_id", "person_id", "template", "subject", "text", "channel", "revision", "language")
