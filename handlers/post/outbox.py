"""The outbox: what is to be told, put in once for each occasion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from handlers.papers.letters.wording import ENGLISH, TURKISH, fill
from handlers.post.channels import channels_for, channels_of
from handlers.post.html import PARTING
from states.cases.notice import AT_ONCE, IN_TURN, Notice
from states.people.person import DEAD, Person
from workflow.model.definition import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.services import Services
    from handlers.papers.letters.message_texts import Wording
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


def letter_of(
    template: str, revision: int, wording: Wording, language: str, values: Mapping[str, object]
) -> NoticeLetter:
    """Return a message as it is sent: in Turkish, or in English with the Turkish below it."""
    subject, text = _filled(wording.subject_tr, wording.body_tr, TURKISH, values)
    if language == ENGLISH:
        title, first = _filled(wording.subject_en, wording.body_en, ENGLISH, values)
        text = f"{first}{PARTING}{subject}\n\n{text}"
        subject = title
    return NoticeLetter(template, subject, text, revision, language)


def _filled(
    subject: str, body: str, language: str, values: Mapping[str, object]
) -> tuple[str, str]:
    values = {name: _in(language, value) for name, value in values.items()}
    return (
        fill(subject, language, values).strip(),
        fill(body, language, values).strip() + "\n",
    )


def _in(language: str, value: object) -> object:
    if not isinstance(value, Text):
        return value
    return value.en if language == ENGLISH else value.tr


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
        "case_id": case["id"], "person_id": case["person_id"],
        "template": letter.template, "subject": letter.subject, "text": letter.text,
        "revision": letter.revision, "language": letter.language,
        "created_at": now, "due_at": now, "lane": way.lane,
    }  # fmt: skip
    # The second one has the key of one that is told once more, so that there is no third.
    keys = (key, f"sms/{key}")
    channels = channels_for(person, letter.template, way.have)
    written = [
        {**row, "key": one, "channel": channel}
        for one, channel in zip(keys, channels, strict=False)
    ]
    connection.execute(insert(Notice).values(written).on_conflict_do_nothing())
