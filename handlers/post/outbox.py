"""The outbox: what is to be told, put in once for each occasion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from states.cases.notice import IN_TURN, Notice
from states.people.person import DEAD, Person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from workflow.model.context import Row


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """A message as its reader gets it."""

    template: str
    subject: str
    text: str


def put(
    connection: Connection,
    case: Row,
    key: str,
    letter: NoticeLetter,
    now: datetime,
    lane: int = IN_TURN,
) -> None:
    """Put a message into the outbox, once for each key; nobody writes to the dead."""
    if rows.fetch(connection, Person, case["person_id"]).standing == DEAD:
        return
    row = {
        "key": key, "case_id": case["id"], "person_id": case["person_id"],
        "template": letter.template, "subject": letter.subject, "text": letter.text,
        "created_at": now, "due_at": now, "lane": lane,
    }  # fmt: skip
    connection.execute(insert(Notice).values(row).on_conflict_do_nothing())
