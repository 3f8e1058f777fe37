"""The sweep of the day: finds, as one set after the other, which step each certificate has come to.

What it finds are rows of `states.logs.reminder` without a message; what they tell is written
afterwards (`handlers.reminders.telling`, `handlers.reminders.escalation`). The unique key of a step
is what makes it "once", the row of the day what makes a sweep that was killed go on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from handlers.reminders.escalation import tell_coordinators
from handlers.reminders.steps import due_steps
from handlers.reminders.telling import tell_holders
from states.cases.application import FINAL_STATES
from states.logs.reminder import ReminderSweep
from workflow.model.clock import day_in_istanbul
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Row

    from handlers.kit.context import CaseEngine
    from handlers.reminders.steps import LadderStep

LOCK = 0x4C4144
"""The first key of the advisory lock under which one worker sweeps."""

CHUNK = 20_000
"""Certificates that are looked at in one transaction."""

# Whoever is reminded is in office, counts on this certificate and has nothing on its way: neither
# an application that waits for others, nor a new certificate. Newer steps keep older ones away.
_FOUND = text("""
WITH chunk AS MATERIALIZED (
    SELECT c.id, c.person_id, c.ends_on, c.state, c.suspended_by, c.activate_by,
        c.reminders_stopped_on
    FROM certificate c
    WHERE (c.ends_on, c.id) > (CAST(:after_day AS date), CAST(:after_id AS bigint))
        AND c.ends_on <= CAST(:until AS date)
    ORDER BY c.ends_on, c.id LIMIT :size
),
steps AS (
    SELECT * FROM unnest(CAST(:ends AS date[]), CAST(:ladders AS text[]), CAST(:steps AS integer[]),
        CAST(:days AS date[])) s(ends_on, ladder, step, due_on)
),
written AS (
    INSERT INTO reminder (certificate_id, person_id, ladder, step, due_on, sent_on)
    SELECT c.id, c.person_id, s.ladder, s.step, s.due_on, CAST(:today AS date)
    FROM chunk c JOIN steps s ON s.ends_on = c.ends_on JOIN person p ON p.id = c.person_id
    WHERE (c.state = 'active' OR c.state = 'suspended' AND c.suspended_by = 'holder'
            AND c.activate_by IS NULL AND s.ladder <> 'e_onay')
        AND c.reminders_stopped_on IS NULL AND p.standing = 'in_office'
        AND NOT EXISTS (SELECT FROM application a WHERE a.old_certificate_id = c.id
            AND a.state <> ALL(CAST(:idle AS text[])) AND (a.state <> 'delivered' OR EXISTS
                (SELECT FROM certificate n WHERE n.id = a.certificate_id
                    AND n.state IN ('active', 'suspended'))))
        AND NOT EXISTS (SELECT FROM reminder r WHERE r.certificate_id = c.id
            AND r.ladder = s.ladder AND r.due_on >= s.due_on)
        AND (s.ladder <> 'e_onay' OR NOT EXISTS (SELECT FROM consent e
            WHERE e.person_id = c.person_id AND e.state = 'in_force' AND e.terms_version =
                (SELECT t.version FROM terms t ORDER BY t.valid_from DESC LIMIT 1)))
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM chunk) AS judged, (SELECT count(*) FROM written) AS due,
    l.ends_on, l.id
FROM (SELECT ends_on, id FROM chunk ORDER BY ends_on DESC, id DESC LIMIT 1) l
""")


def remind(engine: CaseEngine) -> int:
    """Do what is left of today's reminders; return how many steps were sent.

    Nothing is done while another worker is at it.
    """
    with held_alone(engine, LOCK, 1) as holder:
        if holder is None:
            return 0
        sweep(engine)
        return tell_holders(engine) + tell_coordinators(engine)


def sweep(engine: CaseEngine) -> None:
    """Find the steps of today, from where an earlier sweep of the day was broken off."""
    now = engine.clock.now()
    today = day_in_istanbul(now)
    steps = due_steps(today, engine.library.workflow("certificate").window_on(today))
    with engine.database.begin() as connection:
        values = {"day": today, "begun_at": now}
        connection.execute(insert(ReminderSweep).values(values).on_conflict_do_nothing())
    while _chunk(engine, today, steps):
        engine.point("ladder_chunk")


def _chunk(engine: CaseEngine, today: date, steps: list[LadderStep]) -> bool:
    """Find the steps of the next certificates; False when there are no more."""
    with engine.database.begin() as connection:
        query = select(ReminderSweep.__table__).where(ReminderSweep.day == today)
        row = connection.execute(query.with_for_update()).one()
        if row.swept_at is not None:
            return False
        found = _find(connection, engine, row, steps)
        values: dict[str, object]
        if found is None:
            values = {"swept_at": engine.clock.now()}
        else:
            values = {
                "after_day": found.ends_on, "after_id": found.id,
                "judged": row.judged + found.judged, "due": row.due + found.due,
            }  # fmt: skip
        connection.execute(update(ReminderSweep).where(ReminderSweep.day == today).values(**values))
        engine.point("ladder_found")
    return found is not None


def _find(
    connection: Connection,
    engine: CaseEngine,
    row: Row[tuple[object, ...]],
    steps: list[LadderStep],
) -> Row[tuple[int, int, date, int]] | None:
    states = engine.library.workflow("application").states.items()
    waiting = [name for name, state in states if state.next == "applicant" and not state.final]
    idle = {*FINAL_STATES, *waiting} - {"delivered"}
    parameters = {
        "after_day": row.after_day or row.day, "after_id": row.after_id or 0, "size": CHUNK,
        "until": max((step.ends_on for step in steps), default=row.day),
        "ends": [step.ends_on for step in steps],
        "ladders": [step.ladder.value for step in steps],
        "steps": [step.step for step in steps],
        "days": [step.due_on for step in steps],
        "today": row.day, "idle": sorted(idle),
    }  # fmt: skip
    return connection.execute(_FOUND, parameters).one_or_none()
