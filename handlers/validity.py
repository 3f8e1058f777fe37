"""Owns until when a certificate is valid, and which ones of a person are at a moment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, Interval, cast, func, literal, select

from states.certificate import Certificate
from workflow.clock import start_of_day

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

HELD = ("active", "suspended")
"""States of a certificate that its holder has: valid, or on hold for a time."""

_ONE_SECOND = timedelta(seconds=1)
_NEXT_MIDNIGHT = func.timezone(
    "Europe/Istanbul", cast(Certificate.ends_on + 1, DateTime(timezone=False))
)

ENDS_AT: ColumnElement[datetime] = func.coalesce(
    Certificate.not_after, _NEXT_MIDNIGHT - literal(_ONE_SECOND, Interval)
)
"""The last moment of a certificate in SQL: to the second, or the end of its last day."""


def last_moment(certificate: Certificate | None) -> datetime | None:
    """Return the last moment of a certificate: to the second, or the end of its last day."""
    if certificate is None or certificate.ends_on is None:
        return None
    if certificate.not_after is not None:
        return certificate.not_after
    return start_of_day(certificate.ends_on + timedelta(days=1)) - _ONE_SECOND


def in_force(certificate: Certificate | None, now: datetime) -> bool:
    """Say whether a certificate is held by somebody (a suspended one is) and has not ended."""
    end = last_moment(certificate)
    return certificate is not None and certificate.state in HELD and end is not None and now <= end


def valid_of(
    connection: Connection, person_id: object, now: datetime, states: tuple[str, ...] = HELD
) -> str | None:
    """Return the reference of a certificate of a person that is in force, the longest; or None."""
    standing = (
        select(Certificate.reference)
        .where(
            Certificate.person_id == person_id, Certificate.state.in_(states), now <= ENDS_AT
        )
        .order_by(ENDS_AT.desc(), Certificate.id)
    )  # fmt: skip
    return connection.execute(standing.limit(1)).scalar_one_or_none()
