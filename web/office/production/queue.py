"""The queue of production: how urgent it is, what holds cases back, and the most urgent of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select, text

from states.cases.application import Application
from states.logs.journal import RefusedAttempt
from states.logs.timer_wait import TimerWait
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from web.office.queues.worklist import Rows
    from workflow.model.definition import Definition

QUEUED = "queued"

COUNTED = 50_000
"""Where counting stops, so that the page costs the same whatever stands in the queue."""

BANDS = {
    "ended": _("Süresi doldu"),
    "week": _("7 gün ya da daha az"),
    "month": _("8–30 gün"),
    "later": _("30 günden çok"),
    "none": _("Eski sertifika yok"),
}
"""How many days the old certificate has left, most urgent first."""

BY_OPERATOR = ("release.waits", "release.in_doubt", "production.left_to_room")
"""What the timer is refused and an operator is not: they start it."""

_BANDS = text("""
SELECT CASE WHEN old_ends_on IS NULL THEN 'none'
        WHEN old_ends_on < :today THEN 'ended'
        WHEN old_ends_on <= CAST(:today AS date) + 7 THEN 'week'
        WHEN old_ends_on <= CAST(:today AS date) + 30 THEN 'month'
        ELSE 'later' END AS band, count(*) AS cases
FROM (SELECT old_ends_on FROM application WHERE state = 'queued'
    ORDER BY kind, deadline, id LIMIT :counted) queued
GROUP BY 1
""")

# What was refused before the case came into the queue says nothing of why it stands there now.
_WAITING = text("""
SELECT CASE WHEN q.holder_id IS NOT NULL THEN 'taken' ELSE coalesce(r.code, 'ready') END AS why,
    count(*) AS cases, min(q.due_at) FILTER (WHERE q.due_at > :now) AS next_at
FROM (SELECT id, holder_id, entered_at, due_at FROM application WHERE state = 'queued'
    ORDER BY kind, deadline, id LIMIT :counted) q
LEFT JOIN LATERAL (
    (SELECT a.code, a.at FROM refused_attempt a
    WHERE a.case_id = q.id AND a.at >= q.entered_at AND a.trigger = ANY(:triggers)
    ORDER BY a.at DESC, a.id DESC LIMIT 1)
    UNION ALL
    SELECT w.code, w.at FROM timer_wait w WHERE w.case_id = q.id AND w.at >= q.entered_at
    ORDER BY at DESC LIMIT 1) r ON true
GROUP BY 1 ORDER BY 2 DESC, 1
""")


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Cases of the queue that stand there for the same reason; ``code`` is that of a refusal."""

    code: str
    cases: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProductionQueue:
    """The queue as it stands: its cases by urgency, and by what they wait for."""

    bands: dict[str, int]
    groups: list[WaitingGroup]

    @property
    def cases(self) -> int:
        """How many wait, as far as was counted."""
        return min(sum(self.bands.values()), COUNTED)

    @property
    def more(self) -> bool:
        """Say whether counting stopped before the end."""
        return sum(self.bands.values()) > COUNTED

    @property
    def ready(self) -> int:
        """How many may be started: by their timer, or by an operator."""
        return sum(one.cases for one in self.groups if one.code in {"ready", *BY_OPERATOR})

    @property
    def held_back(self) -> list[WaitingGroup]:
        """Those whose start was refused since they came into the queue."""
        return [one for one in self.groups if one.code not in {"ready", "taken", *BY_OPERATOR}]

    def of(self, code: str) -> WaitingGroup | None:
        """Return the cases that wait for one thing."""
        return next((one for one in self.groups if one.code == code), None)


def starting(definition: Definition) -> list[str]:
    """Return the moves that the timer of the queue tries: what they are refused for holds back."""
    return list(definition.states[QUEUED].then)


def read_queue(
    connection: Connection, definition: Definition, now: datetime, today: date
) -> ProductionQueue:
    """Count the queue by urgency and by what it waits for: two statements."""
    given = {
        "today": today,
        "now": now,
        "counted": COUNTED + 1,
        "triggers": starting(definition),
    }
    found = {row.band: row.cases for row in connection.execute(_BANDS, given)}
    groups = [WaitingGroup(*row) for row in connection.execute(_WAITING, given)]
    return ProductionQueue({band: found.get(band, 0) for band in BANDS}, groups)


def tray(definition: Definition, today: date, user: int, most: int) -> Rows:
    """Return the SELECT of the ids of so many cases that are to be started first.

    Urgency is the end of the old certificate, as in the queue of effects: a case without one
    counts as one of today. What was refused comes last, so that it never keeps a tray from those
    that may be made; what somebody else has taken up is left to them.
    """
    refused = exists().where(
        RefusedAttempt.case_id == Application.id,
        RefusedAttempt.at >= Application.entered_at,
        RefusedAttempt.trigger.in_(starting(definition)),
        RefusedAttempt.code.not_in(BY_OPERATOR),
    )
    waits = exists().where(
        TimerWait.case_id == Application.id,
        TimerWait.at >= Application.entered_at,
        TimerWait.code.not_in(BY_OPERATOR),
    )
    free = or_(Application.holder_id.is_(None), Application.holder_id == user)
    urgency = func.coalesce(Application.old_ends_on, today)
    return (
        select(Application.id)
        .where(Application.state == QUEUED, free)
        .order_by(or_(refused, waits), urgency, Application.entered_at, Application.id)
        .limit(most)
    )
