"""What is on the line of production at this moment, and what came off it today."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.cards.station_queue import MAKING
from handlers.kit.roles import OPERATOR
from states.kit.reference import reference
from web.gate.language import language, spoken
from web.office.production.queue import COUNTED
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.present.sentences import reason_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row

    from workflow.model.definition import Definition

MADE = ("produced", "not_booked", "booked")
"""The states of a card that was made and has not left the house."""

TROUBLED = ("production_stopped", "awaiting_token", "not_booked")
"""The states in which production or booking stands still and somebody has to look."""

FAILED = "production_failed"
FINISHED, HANDED_OVER = "finish_production", "hand_to_courier"

HOUR = timedelta(hours=1)
RECENT = timedelta(minutes=5)
"""What the forecast is drawn from; without a card in it there is none."""

SHORTEST = timedelta(minutes=1)
"""What a pace is reckoned over at the least: a first card says nothing of the next hour."""

SHOWN = 10
"""Cases that are listed of each kind; all are counted."""

_STANDING = text("""
SELECT s.state, (SELECT count(*) FROM (
        SELECT FROM application a WHERE a.state = s.state
        ORDER BY a.kind, a.deadline, a.id LIMIT :counted) one) AS cases
FROM unnest(CAST(:states AS text[])) AS s (state)
""")

_OUTPUT = text("""
SELECT trigger, count(*) FILTER (WHERE at >= :day) AS today,
    count(*) FILTER (WHERE at > :hour) AS hour,
    count(*) FILTER (WHERE at > :recent) AS recent,
    min(at) FILTER (WHERE at > :recent) AS first, max(at) AS last
FROM (SELECT trigger, at FROM journal
    WHERE workflow = 'application' AND trigger = ANY(:triggers)
        AND at > least(CAST(:day AS timestamptz), CAST(:hour AS timestamptz))) done
GROUP BY 1
""")

# The worker has taken them: all other orders of cards wait for their turn.
_AT_WORK = text("""
SELECT split_part(queueing_lock, '/', 1)::bigint AS case_id FROM procrastinate_jobs
WHERE status = 'doing' AND queueing_lock LIKE '%/production.make'
ORDER BY id LIMIT :shown
""")

_STANDING_STILL = text("""
SELECT c.id, c.state, c.entered_at AS at, j.trigger, j.body
FROM unnest(CAST(:states AS text[])) AS s (state), LATERAL (
    SELECT a.id, a.state, a.version, a.entered_at FROM application a WHERE a.state = s.state
    ORDER BY a.kind, a.entered_at, a.id LIMIT :shown) c
JOIN journal j ON j.case_id = c.id AND j.n = c.version
ORDER BY c.entered_at, c.id
""")

_FAILURES = text("""
SELECT j.case_id AS id, a.state, j.at, j.trigger, j.body
FROM (SELECT case_id, at, trigger, body FROM journal
    WHERE workflow = 'application' AND trigger = 'production_failed' AND at > :day
    ORDER BY at DESC, case_id DESC, n DESC LIMIT :shown) j
JOIN application a ON a.id = j.case_id
ORDER BY j.at DESC, j.case_id DESC
""")


@dataclass(frozen=True, slots=True)
class TroubledCase:
    """A case whose production or booking stands still or failed, why, and what may be done."""

    reference: str
    state: str
    at: datetime
    reason: str
    next_steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """What was done so far today, in the last hour, and in the last minutes."""

    today: int = 0
    hour: int = 0
    recent: int = 0
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProductionLine:
    """The line as it stands: how many cases each state holds, and who is on the bench.

    ``at_work`` are the references of cards that a worker has in hand, ``troubled`` what stands
    still, ``failures`` today's tries that failed, the newest first.
    """

    standing: Mapping[str, int]
    at_work: list[str]
    made: Output
    failed: Output
    handed_over: Output
    troubled: list[TroubledCase]
    failures: list[TroubledCase]

    @property
    def making(self) -> int:
        """How many cards are ordered and not made."""
        return sum(self.standing.get(state, 0) for state in MAKING)

    @property
    def stuck(self) -> int:
        """How many cases stand still."""
        return sum(self.standing.get(state, 0) for state in TROUBLED)


def read_line(connection: Connection, definition: Definition, now: datetime) -> ProductionLine:
    """Return the line as it stands: five statements, however long it is."""
    states = [name for name in dict.fromkeys((*MAKING, *TROUBLED, *MADE))
              if name in definition.states]  # fmt: skip
    given = {"states": states, "counted": COUNTED + 1}
    standing = {row.state: row.cases for row in connection.execute(_STANDING, given)}
    day = start_of_day(day_in_istanbul(now))
    output = _output(connection, now, day)
    still = connection.execute(_STANDING_STILL, {"states": list(TROUBLED), "shown": SHOWN}).all()
    failures = connection.execute(_FAILURES, {"day": day, "shown": SHOWN}).all()
    at_work = connection.execute(_AT_WORK, {"shown": SHOWN}).scalars().all()
    return ProductionLine(
        standing=standing,
        at_work=[reference("application", case_id) for case_id in at_work],
        made=output.get(FINISHED, Output()),
        failed=output.get(FAILED, Output()),
        handed_over=output.get(HANDED_OVER, Output()),
        troubled=_troubled(definition, still),
        failures=_troubled(definition, failures),
    )


def _output(connection: Connection, now: datetime, day: datetime) -> dict[str, Output]:
    given = {
        "day": day,
        "hour": now - HOUR,
        "recent": now - RECENT,
        "triggers": [FINISHED, FAILED, HANDED_OVER],
    }
    return {
        row.trigger: Output(row.today, row.hour, row.recent, row.first, row.last)
        for row in connection.execute(_OUTPUT, given)
    }


def _troubled(definition: Definition, found: Sequence[Row[*tuple[Any, ...]]]) -> list[TroubledCase]:
    return [
        TroubledCase(
            reference("application", row.id),
            row.state,
            row.at,
            _reason(definition, row.trigger, row.body),
            _next_steps(definition, row.state),
        )
        for row in found
    ]


def _reason(definition: Definition, trigger: str, body: str) -> str:
    """Return why a case stands where it does: the reason of its last move, else what that was."""
    stated = reason_words(definition, trigger, json.loads(body).get("reason"), language())
    # What stopped a machine is written as its code, and then its words.
    code, _, words = stated.partition(": ")
    told = words if words and code.isascii() and code.replace("_", "").isalpha() else stated
    move = definition.transitions.get(trigger)
    return told or (spoken(move.title) if move is not None else trigger)


def _next_steps(definition: Definition, state: str) -> tuple[str, ...]:
    """Return the titles of what an operator may do with a case that stands in a state."""
    moves = definition.moves_from(state)
    return tuple(spoken(move.title) for move in moves if OPERATOR in move.by)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many cards an hour are made now, and when the rest will be; no guess beyond that."""

    an_hour: int
    at: datetime


def forecast(made: Output, left: int, now: datetime) -> Forecast | None:
    """Return when so many cards will be made at the pace of the last minutes.

    None where nothing was made in them, or nothing is left: then there is nothing to tell.
    """
    if not made.recent or not left or made.first is None:
        return None
    span = min(max(now - made.first, SHORTEST), RECENT)
    an_hour = made.recent * HOUR / span
    return Forecast(round(an_hour), now + left / an_hour * HOUR)
