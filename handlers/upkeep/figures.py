"""The figures of the overview: counted once a minute by the worker, read by every page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from handlers.kit.roles import SYSTEM
from handlers.post.receipts import refused_receipts
from handlers.post.unreachable import count_unreachable
from handlers.upkeep import token_faults
from states.cases.application import QUEUE_DAYS
from states.logs.figure import StoredFigure
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.running.clock_difference import difference

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Engine

    from handlers.kit.context import CaseEngine

DAYS_AHEAD = 90
"""Days of production windows that are shown: certificates end in cohorts."""

DAYS_BACK = 30
"""Days of throughput and refusals that are shown."""

STUCK_AFTER = timedelta(hours=1)
"""How long a case may stand where the system acts next and its timer has rung."""

QUEUE_STUCK_AFTER = timedelta(days=QUEUE_DAYS)
"""How long a case may stand in the queue of production."""

MOST_STUCK = 50
"""Stuck cases that are listed; all are counted."""

TRIES = 5
"""How often an effect is tried before it is told as one that does not come to its end."""

OUTPUT = (
    "finish_production", "production_failed", "hand_to_courier", "deliver", "courier_return",
)  # fmt: skip
"""The transitions whose number a day is the throughput."""

_SQL = {
    "totals": "SELECT state, count(*) AS cases FROM application GROUP BY state",
    "standing": """
        SELECT state,
            count(*) FILTER (WHERE entered_at > :now - interval '1 day') AS day,
            count(*) FILTER (WHERE entered_at <= :now - interval '1 day'
                AND entered_at > :now - interval '7 days') AS week,
            count(*) FILTER (WHERE entered_at <= :now - interval '7 days'
                AND entered_at > :now - interval '30 days') AS month,
            count(*) FILTER (WHERE entered_at <= :now - interval '30 days') AS older
        FROM application WHERE state = ANY(:open) GROUP BY state
    """,
    "openings": """
        SELECT production_opens_on AS day, count(*) AS cases FROM application
        WHERE state = 'held' AND production_opens_on < :last_day GROUP BY 1 ORDER BY 1
    """,
    "throughput": """
        SELECT trigger, (at AT TIME ZONE 'Europe/Istanbul')::date AS day, count(*) AS cases
        FROM journal WHERE workflow = 'application' AND trigger = ANY(:output) AND at >= :since
        GROUP BY 1, 2 ORDER BY 1, 2
    """,
    "spoilt": """
        SELECT (at AT TIME ZONE 'Europe/Istanbul')::date AS day, count(*) AS cases
        FROM journal WHERE workflow = 'card' AND trigger = 'spoil' AND at >= :since
        GROUP BY 1 ORDER BY 1
    """,
    "refusals": """
        SELECT workflow, code, count(*) AS attempts, max(at) AS last,
            (array_agg(params ORDER BY at DESC))[1] AS params
        FROM refused_attempt WHERE at >= :since GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 20
    """,
    "stuck": """
        SELECT reference, state, entered_at AS since, count(*) OVER () AS all
        FROM application
        WHERE state = ANY(:unattended) AND entered_at < :stuck AND coalesce(due_at < :stuck, true)
            OR state = 'queued' AND entered_at < :queue_stuck
            OR state = ANY(:awaited) AND due_at < :now
        ORDER BY entered_at, id LIMIT :most
    """,
    "returned": """
        SELECT a.reference, a.state, max(d.at) AS since, split_part(min(d.text), ' ', 1) AS holder,
            count(*) OVER () AS all
        FROM desk_entry d JOIN application a ON a.id = d.case_id
        WHERE d.at >= :since AND d.what = 'released' AND d.text <> '' AND d.at >= a.entered_at
            AND a.holder_id IS NULL AND a.state = ANY(:open)
        GROUP BY a.id ORDER BY max(d.at), a.id LIMIT :most
    """,
    "asked": """
        SELECT reference, end_asked_at AS since, count(*) OVER () AS all
        FROM certificate WHERE end_asked_at IS NOT NULL AND state IN ('active', 'suspended')
        ORDER BY end_asked_at, id LIMIT :most
    """,
    "effects": """
        SELECT j.queueing_lock AS key, j.attempts, w.party, w.code, w.since, w.next_at AS again,
            count(*) OVER () AS all
        FROM procrastinate_jobs j LEFT JOIN outside_wait w ON w.job_id = j.id
        WHERE j.status IN ('todo', 'doing') AND j.attempts >= :tries
        ORDER BY j.attempts DESC, j.id LIMIT :most
    """,
    "outside": """
        SELECT w.party, w.code, count(*) AS waits, min(w.since) AS since, max(w.at) AS last,
            min(w.next_at) AS again,
            (array_agg(coalesce(a.reference, c.reference, e.reference) ORDER BY w.since, w.key))
                [1:CAST(:most AS integer)] AS cases
        FROM outside_wait w
        LEFT JOIN procrastinate_jobs j ON j.id = w.job_id
        LEFT JOIN application a ON a.id = w.case_id
        LEFT JOIN certificate c ON c.id = w.case_id
        LEFT JOIN consent e ON e.id = w.case_id
        WHERE w.job_id IS NULL OR j.status IN ('todo', 'doing')
        GROUP BY w.party, w.code ORDER BY min(w.since), w.party, w.code
    """,
}
"""Each figure and its query; a query that counts everything runs here and on no page."""

_STORE = """
INSERT INTO figure (name, counted_at, rows)
SELECT :name, :now, coalesce(jsonb_agg({row}), '[]') FROM ({query}) found
ON CONFLICT (name) DO UPDATE SET counted_at = excluded.counted_at, rows = excluded.rows
"""

UNREACHABLE = "unreachable"
"""The figure of addresses at which nobody is reached (handlers/post/unreachable.py)."""

REFUSED_RECEIPTS = "refused_receipts"
"""The figure of what came back by mail and did not count, by reason (handlers/post/receipts.py)."""

TOKENS = "tokens"
"""The figure of the tokens that need somebody (handlers/upkeep/token_faults.py)."""

CLOCK = "clock"
"""The figure of the worker's clock: by how many seconds it is ahead of the database's."""

_GIVEN = "SELECT value FROM jsonb_array_elements(:given)"


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures as last counted; ``at`` is the oldest of them, None when none was counted."""

    at: datetime | None
    rows: Mapping[str, list[dict[str, Any]]]

    def of(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a figure."""
        return self.rows.get(name, [])


def count(engine: CaseEngine) -> None:
    """Count every figure anew, each in a transaction of its own."""
    known = _known(engine)
    for name, query in _SQL.items():
        with engine.database.begin() as connection:
            source = _STORE.format(query=query, row="to_jsonb(found)")
            connection.execute(text(source), {**known, "name": name})
    faults = token_faults.find(engine.database, engine.services)
    _keep(engine, TOKENS, [asdict(one) for one in faults])
    with engine.database.connect() as connection:
        number = count_unreachable(connection, engine.services.vault, engine.clock.now())
    _keep(engine, UNREACHABLE, [{"addresses": number}])
    refused = refused_receipts(engine)
    _keep(engine, REFUSED_RECEIPTS, [{"reason": name, "mails": n} for name, n in refused.items()])
    _keep(engine, CLOCK, [{"seconds": round(difference(engine.database).total_seconds(), 3)}])


def _keep(engine: CaseEngine, name: str, rows: list[dict[str, Any]]) -> None:
    """Store a figure that was not counted by the database."""
    given = {"name": name, "now": engine.clock.now(), "given": Jsonb(rows)}
    with engine.database.begin() as connection:
        connection.execute(text(_STORE.format(query=_GIVEN, row="value")), given)


def _known(engine: CaseEngine) -> dict[str, object]:
    now = engine.clock.now()
    today = day_in_istanbul(now)
    states = engine.library.workflow("application").states.values()
    return {
        "now": now,
        "last_day": today + timedelta(days=DAYS_AHEAD),
        "since": start_of_day(today - timedelta(days=DAYS_BACK - 1)),
        "stuck": now - STUCK_AFTER,
        "queue_stuck": now - QUEUE_STUCK_AFTER,
        "open": [state.name for state in states if not state.final],
        "unattended": [state.name for state in states if state.next == SYSTEM and not state.final],
        "awaited": [state.name for state in states if state.due and not state.then],
        "output": list(OUTPUT),
        "most": MOST_STUCK,
        "tries": TRIES,
    }


def retried(database: Engine, tries: int = TRIES) -> list[dict[str, Any]]:
    """Return the effects that were tried so often and more, as they are at this moment."""
    with database.connect() as connection:
        found = connection.execute(text(_SQL["effects"]), {"tries": tries, "most": MOST_STUCK})
        return [dict(row) for row in found.mappings()]


def outside(database: Engine) -> list[dict[str, Any]]:
    """Return what waits for the world outside at this moment, each party and error in a row."""
    source = f"SELECT to_jsonb(found) FROM ({_SQL['outside']}) found"  # noqa: S608 - fixed words
    with database.connect() as connection:
        return list(connection.scalars(text(source), {"most": MOST_STUCK}))


def counted(engine: CaseEngine) -> Counted:
    """Return the figures as they were last counted."""
    with Session(engine.database) as session:
        found = session.scalars(select(StoredFigure)).all()
        rows = {figure.name: figure.rows for figure in found}
        return Counted(min((figure.counted_at for figure in found), default=None), rows)
