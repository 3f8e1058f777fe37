"""Reminders to holders whose certificate waits for them: to be activated, or reinstated.

A message is put into the outbox under a key that names its occasion, so that a repetition of the
chore, or two workers at once, tell nobody twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from sqlalchemy import BigInteger, and_, func, select
from sqlalchemy import cast as cast_

from handlers.applications import message
from handlers.post import outbox
from handlers.post.channels import channels_of
from handlers.post.outbox import PostWay
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute

    from handlers.kit.context import CaseEngine

AT_ONCE = 500
"""How many reminders of one occasion are written in a transaction."""

_EVER = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What is reminded of: the message, the moment it hangs on, and how many days from it."""

    template: str
    moment: InstrumentedAttribute[datetime | None]
    days: int
    after: datetime
    until: datetime
    condition: ColumnElement[bool]

    def key(self) -> ColumnElement[str]:
        """Return the key of its message in SQL: the certificate, the moment, the days."""
        seconds = cast_(func.floor(func.extract("epoch", self.moment)), BigInteger)
        return func.concat(Certificate.id, f"/{self.template}/", seconds, f"/{self.days}")


def remind(engine: CaseEngine) -> int:
    """Remind whoever is due by the policy of today; return how many were told."""
    now = engine.clock.now()
    told = 0
    for occasion in _occasions(engine, now):
        while found := _tell_some(engine, occasion, now):
            told += found
    return told


def _occasions(engine: CaseEngine, now: datetime) -> Iterator[_Occasion]:
    """Give one for each number of days: the nearest alone counts for a certificate."""
    window = engine.library.workflow("certificate").window_on(day_in_istanbul(now))
    before = sorted(cast("tuple[int, ...]", window["activation_reminders"]))
    by, since = Certificate.activate_by, Certificate.suspended_at
    for nearer, days in pairwise((0, *before)):
        span = (now + timedelta(days=nearer), now + timedelta(days=days))
        yield _Occasion(
            "activate_in_time", by, days, *span, Certificate.suspended_by.is_distinct_from("office")
        )
    own = and_(Certificate.suspended_by == "holder", by.is_(None))
    held = sorted(cast("tuple[int, ...]", window["hold_reminders"]))
    starts = [now - timedelta(days=days) for days in held]
    for days, until, after in zip(held, starts, [*starts[1:], _EVER], strict=True):
        yield _Occasion("still_on_hold", since, days, after, until, own)


def _tell_some(engine: CaseEngine, occasion: _Occasion, now: datetime) -> int:
    told = select(Notice.id).where(Notice.key == occasion.key())
    query = (
        select(Certificate.__table__, occasion.key().label("message"))
        .where(
            Certificate.state == "suspended",
            occasion.moment > occasion.after,
            occasion.moment <= occasion.until,
            occasion.condition,
            ~told.exists(),
        )
        .order_by(Certificate.id)
        .limit(AT_ONCE)
    )
    today, way = day_in_istanbul(now), PostWay(channels_of(engine.services))
    with engine.database.begin() as connection:
        found = [dict(row) for row in connection.execute(query).mappings()]
        for case in found:
            letter = message.write(connection, occasion.template, case, "", today)
            outbox.put(connection, case, str(case["message"]), letter, now, way)
    return len(found)
