"""From when until when a certificate is valid, and which ones of a person are at a moment."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, DateTime, and_, exists, or_, select

from handlers.kit import rows
from handlers.kit.moves import MADE_USABLE
from states.cases.certificate import Certificate
from states.logs.journal import JournalEntry
from workflow.model.clock import day_in_istanbul
from workflow.model.duration import Duration

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

VALIDITY = Duration(months=36)
"""How long a certificate is valid, where its kind does not take over the old one's end."""

HELD = ("active", "suspended")
"""States of a certificate that stands: valid, or on hold for a time, be it on its way."""

_ONE_SECOND = timedelta(seconds=1)


def last_day(moment: datetime) -> date:
    """Return the last day (Istanbul) of what is valid until a moment, that moment itself included.

    A day of which it has the first second only is not its last day: the one before is.
    """
    return day_in_istanbul(moment - _ONE_SECOND)


def span_from(start: datetime) -> tuple[datetime, datetime]:
    """Return first and last moment of a certificate that is valid for the whole time from a start.

    Both are part of it (RFC 5280, 4.1.2.5), so the last one is a second before the next would
    begin: one that begins with 01.02.2027 ends with 31.01.2030.
    """
    return start, start + VALIDITY - _ONE_SECOND


def in_hand() -> ColumnElement[bool]:
    """Return the condition for certificates that their holders have in their hands.

    That are the valid ones, and those on hold that were valid before. A new one is on hold while
    its card travels: until its holder has signed by it, it proves nothing of anybody.
    """
    was_usable = exists().where(
        JournalEntry.case_id == Certificate.id, JournalEntry.trigger.in_(MADE_USABLE)
    )
    return or_(Certificate.state == "active", and_(Certificate.state == "suspended", was_usable))


def in_force(certificate: Certificate | None, now: datetime) -> bool:
    """Say whether a certificate stands (a suspended one does) and has not ended.

    That its holder has it is another question (`in_hand`). One that is being revoked in this very
    transaction still stands where it stood, but is gone.
    """
    if certificate is None or certificate.ends_at is None or certificate.revoked_at is not None:
        return False
    return certificate.state in HELD and now <= certificate.ends_at


def valid_of(
    connection: Connection,
    person_id: object,
    now: datetime,
    *,
    seen: bool = False,
    signs: bool = False,
) -> str | None:
    """Return the reference of a certificate in a person's hands, the longest; or None.

    ``seen`` leaves out those that were only typed, ``signs`` those on hold.
    """
    return _reference(_longest_valid(seen, signs), connection, person_id, now)


@cache
def _longest_valid(seen: bool, signs: bool) -> rows.Question:  # noqa: FBT001 - what the question is kept by
    found = in_hand()
    if seen:
        found &= Certificate.seen.is_not(None)
    if signs:
        found &= Certificate.state == "active"
    return _longest(found)


def made_for(connection: Connection, person_id: object, now: datetime) -> str | None:
    """Return the reference of a certificate of a person that stands, be it on its way; or None."""
    return _reference(_longest_standing(), connection, person_id, now)


@cache
def _longest_standing() -> rows.Question:
    return _longest(Certificate.state.in_(HELD))


def _longest(which: ColumnElement[bool]) -> rows.Question:
    found = (
        select(Certificate.reference)
        .where(
            Certificate.person_id == rows.given("person"),
            rows.given("now", DateTime(timezone=True)) <= Certificate.ends_at,
            which,
        )
        .order_by(Certificate.ends_at.desc(), Certificate.id)
    )
    return rows.Question.of(found.limit(1))


def _reference(
    longest: rows.Question, connection: Connection, person_id: object, now: datetime
) -> str | None:
    found = longest.ask(connection, person=person_id, now=now)
    return found[0]["reference"] if found else None
