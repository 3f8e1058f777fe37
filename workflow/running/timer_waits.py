"""What becomes of a case whose timer rang and moved it nowhere.

The timer is put off, and the answer is written down as what the case waits for: one row a case,
written over at each ring. That a condition is not met yet is no refused attempt; what can be met by
no waiting is one (a handler that failed, a promise of the table, a role that is missing).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from workflow.engine.statement import driver_sql

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Engine

    from workflow.engine.engine import CaseEngine
    from workflow.model.definition import Definition
    from workflow.model.request import Request, Timer


REST = timedelta(days=1)
"""How long a timer that moved nothing rests."""


@dataclass(frozen=True, slots=True)
class Stayed:
    """Why a timer left a case where it stood: the code that tells, and the others by transition."""

    code: str
    others: Mapping[str, str]


def is_condition(definition: Definition, code: str) -> bool:
    """Say whether a code is that of a rule or a check, which may answer otherwise another day.

    A check names itself and its reason with a dot between; all other refusals are single words.
    """
    return code in definition.rules or "." in code


def put_off(
    engine: CaseEngine[object],
    definition: Definition,
    request: Request,
    timer: Timer,
    stayed: Mapping[int, Stayed],
) -> None:
    """Have the timers of cases rest and write down what they wait for: one statement, however many.

    Only timers that still ring are put off: what has moved meanwhile waits for nothing.
    """
    if not stayed:
        return
    faults = [not is_condition(definition, one.code) for one in stayed.values()]
    parameters = {
        "ids": list(stayed),
        "codes": [one.code for one in stayed.values()],
        "tried": [json.dumps(dict(one.others)) for one in stayed.values()],
        "faults": faults,
        "now": engine.clock.now(),
        "workflow": definition.name,
        "trigger": request.trigger,
        "actor": request.actor.name,
        "role": ",".join(sorted(request.actor.roles)),
        "batch": request.batch,
        "retry_at": timer.as_of + REST,
        "timer_state": timer.state,
        "timer_as_of": timer.as_of,
    }
    source = _PUT_OFF.format(table=definition.table)
    with engine.autocommit.connect() as connection:
        connection.exec_driver_sql(driver_sql(source), parameters)


_PUT_OFF = """
WITH wanted AS (SELECT * FROM
    unnest(CAST(:ids AS bigint[]), CAST(:codes AS text[]), CAST(:tried AS text[]),
        CAST(:faults AS boolean[]))
    w(id, code, tried, fault)),
rests AS (
    UPDATE {table} c SET due_at = :retry_at FROM wanted w
    WHERE c.id = w.id AND c.state = :timer_state AND c.due_at <= :timer_as_of
    RETURNING c.id, c.state, w.code, CAST(w.tried AS jsonb) AS tried, w.fault),
faulty AS (
    INSERT INTO refused_attempt
        (at, case_id, workflow, trigger, state, actor, role, code, params, batch)
    SELECT :now, id, :workflow, :trigger, state, :actor, :role, code,
        jsonb_build_object('tried', tried), :batch
    FROM rests WHERE fault)
INSERT INTO timer_wait (case_id, at, workflow, state, trigger, code, tried)
SELECT id, :now, :workflow, state, :trigger, code, tried FROM rests
ON CONFLICT (case_id) DO UPDATE SET at = excluded.at, state = excluded.state,
    trigger = excluded.trigger, code = excluded.code, tried = excluded.tried
"""

_FORGET = text("DELETE FROM timer_wait WHERE at < :since")


def forget_waits(database: Engine, since: datetime) -> int:
    """Remove what no timer has said again since a moment; return how many rows they were.

    What still waits is written anew at each ring, so these are of cases that have moved on.
    """
    with database.begin() as connection:
        return connection.execute(_FORGET, {"since": since}).rowcount
