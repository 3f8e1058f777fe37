"""Owns from when until when a certificate is valid, and which ones of a person are at a moment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from states.certificate import Certificate
from workflow.clock import day_in_istanbul
from workflow.duration import Duration

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

VALIDITY = Duration(months=36)
"""How long a certificate is valid, where its kind does not take over the old one's end."""

HELD = ("active", "suspended")
"""States of a certificate that its holder has: valid, or on hold for a time."""

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


def in_force(certificate: Certificate | None, now: datetime) -> bool:
    """Say whether a certificate is held by somebody (a suspended one is) and has not ended.

    One that is being revoked in this very transaction still stands where it stood, but is gone.
    """
    if certificate is None or certificate.ends_at is None or certificate.revoked_at is not None:
        return False
    return certificate.state in HELD and now <= certificate.ends_at


def valid_of(
    connection: Connection,
    person_id: object,
    now: datetime,
    states: tuple[str, ...] = HELD,
    *,
    seen: bool = False,
) -> str | None:
    """Return the reference of a certificate of a person that is in force, the longest; or None.

    ``seen`` leaves out those that were only typed.
    """
    standing = (
        select(Certificate.reference)
        .where(
            Certificate.person_id == person_id, Certificate.state.in_(states),
            now <= Certificate.ends_at,
        )
        .order_by(Certificate.ends_at.desc(), Certificate.id)
    )  # fmt: skip
    if seen:
        standing = standing.where(Certificate.seen.is_not(None))
    return connection.execute(standing.limit(1)).scalar_one_or_none()
