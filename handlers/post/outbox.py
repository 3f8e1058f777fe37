"""The outbox: what is to be told, put in once for each occasion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from handlers.post.channels import channel_for, channels_of
from states.cases.notice import AT_ONCE, IN_TURN, Notice
from states.people.person import DEAD, Person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.services import Services
    from workflow.model.context import Row


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """A message as its reader gets it.

    ``revision`` is that of the text it was written by, ``language`` that of its subject.
    """

    template: str
    subject: str
    text: str
    revision: int | None = None
    language: str = "tr"


@dataclass(frozen=True, slots=True)
class PostWay:
    """The channels for which there is a carrier, and the lane in which a message waits."""

    have: frozenset[str] = frozenset()
    lane: int = IN_TURN


BY_MAIL = PostWay()
"""How a message goes of which nothing else is said: by mail, in its turn."""


def at_once(services: Services) -> PostWay:
    """Return the way of a message about what somebody has just done."""
    return PostWay(channels_of(services), AT_ONCE)


def put(
    connection: Connection,
    case: Row,
    key: str,
    letter: NoticeLetter,
    now: datetime,
    way: PostWay = BY_MAIL,
) -> None:
    """Put a message into the outbox, once for each key; nobody writes to the dead."""
    person = rows.fetch(connection, Person, case["person_id"])
    if person.standing == DEAD:
        return
    row = {
        "key": key, "case_id": case["id"], "person_id": case["person_id"],
        "template": letter.template, "subject": letter.subject, "text": letter.text,
        "revision": letter.revision, "language": letter.language,
        "created_at": now, "due_at": now, "lane": way.lane,
        "channel": channel_for(person.email, person.phone, way.have),
    }  # fmt: skip
    connection.execute(insert(Notice).values(row).on_conflict_do_nothing())
