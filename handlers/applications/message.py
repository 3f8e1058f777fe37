"""A message about a case, written as it will be sent, and the day of the card that it speaks of."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from handlers.institutions.units import line_of
from handlers.kit import rows
from handlers.kit.time_limits import wait_of_state
from handlers.papers import texts
from handlers.papers.letters.wording import ENGLISH, TURKISH
from handlers.post.outbox import letter_of
from handlers.ways.durations import durations
from handlers.ways.facts import ApplicationFacts
from handlers.ways.router import expected_day
from handlers.ways.way import RoutingDay
from states.people.person import Person
from workflow.model.clock import day_in_istanbul
from workflow.model.definition import Text
from workflow.present.sentences import reason_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from sqlalchemy import Connection, Engine

    from handlers.post.outbox import NoticeLetter
    from workflow.model.context import Row
    from workflow.model.definition import Definition

ON_ITS_WAY = frozenset({"queued", "held", "couriered"})
"""Messages of a card that is still to come: they say on which day it is expected."""


def write(
    connection: Connection,
    template: str,
    case: Row,
    reason: str | Text,
    today: date,
    **more: object,
) -> NoticeLetter:
    """Write a message about a case as it will be sent; ``reason`` is in words."""
    person = rows.fetch(connection, Person, case["person_id"])
    values = {"name": person.name, "case": case, "reason": reason, "today": today, **more}
    revision, wording = texts.in_force(connection, template, today)
    letter = letter_of(template, revision, wording, person.language, values)
    return replace(letter, text=letter.text + line_of(connection, person.institution_id))


def preview(
    database: Engine, definition: Definition, trigger: str, case: Row, reason: str, now: datetime
) -> list[NoticeLetter]:
    """Return what a move would tell the person of a case, by the text that it really sends.

    ``reason`` is as the journal would hold it. Nothing is written.
    """
    move, today = definition.transitions[trigger], day_in_istanbul(now)
    subjects = (name.split(".") for name in move.effects)
    told = [template for subject, template in subjects if subject == "notice"]
    words = reason_of(definition, trigger, reason)
    after = {**case, "state": move.target, "entered_at": now}
    more = {
        template: {
            "days_in": days_in(definition, today),
            **day_of_card(database, definition, template, after, now),
        }
        for template in told
    }
    with database.connect() as connection:
        return [
            write(connection, template, case, words, today, **more[template]) for template in told
        ]


def day_of_card(
    database: Engine, definition: Definition, template: str, case: Row, now: datetime
) -> dict[str, date | None]:
    """Return what a message says of the day of the card, nothing if it speaks of none.

    The day is the router's, and today at the earliest; None where the case has gone on meanwhile
    to where nobody can say it, or has ended.
    """
    if template not in ON_ITS_WAY:
        return {}
    known: dict[str, Any] = {field.name: case[field.name] for field in fields(ApplicationFacts)}
    day = RoutingDay(definition, now, durations.of(database, now))
    return {"expected": expected_day(ApplicationFacts(**known), day)}


def reason_of(definition: Definition, trigger: str, reason: str | None) -> Text:
    """Return the reason of a move in words of both languages."""
    turkish, english = (
        reason_words(definition, trigger, reason, language) for language in (TURKISH, ENGLISH)
    )
    return Text(turkish, english)


def days_in(definition: Definition, today: date) -> Callable[[str], int]:
    """Return what tells a message how many days a case may stand in a state."""
    return lambda state: wait_of_state(definition, state, today).days
