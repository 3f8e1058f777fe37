"""The work on a batch: the rehearsal and the run, in chunks, by whichever worker is free.

One worker at a time holds a batch, through an advisory lock of its database session; when it dies
the lock goes with it and another goes on. What has moved is read from the journal, never from
memory: the move of a case by this batch is the entry that follows the version seen and bears the
batch's name. So a case that moved just before a crash is counted as moved, once, and is not tried
again; and should two workers meet after all, the version guard lets one of them move it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select, update

from states.cases.batch import Batch
from states.kit.errors import DatabaseUnavailable
from states.kit.log_events import LogEvent
from workflow.engine.case_sets import HANDLER_FAILED, try_ids
from workflow.engine.driver import fetch_alone
from workflow.engine.statement import driver_sql
from workflow.model.actor import Actor
from workflow.model.refusal import DefinitionMissing
from workflow.model.request import Request
from workflow.running import batch as batches
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflow.engine.engine import CaseEngine

    WhyNot = Callable[[str, str], str | None]

log = structlog.get_logger()

LOCK_SPACE = 0x4E4542
"""The first key of the advisory lock that the worker at a batch holds; the second is its id."""

CHUNK = 10_000
"""Cases that one statement moves: enough to be fast, few enough to be stopped soon."""

HOOKED_CHUNK = 100
"""Cases of a chunk where each has a transaction of its own."""

TURN = 20
"""Chunks of one batch in one turn, so that a worker who is told to stop does so soon."""


@dataclass(frozen=True, slots=True)
class BatchCase:
    """A case of a batch, the version that was seen, and what it is pinned to once that is read."""

    case_id: int
    seen_version: int
    definition: str = ""


def work_off(engine: CaseEngine[object], why_not: WhyNot) -> int:
    """Do a turn of work on every batch that nobody else works on; return how many chunks it was.

    ``why_not`` is asked about the actor's name and the role of the batch before each chunk of a
    run: the code it returns stops the batch, None lets it go on. A batch that breaks is told in the
    log and keeps no other waiting. Raises DatabaseUnavailable.
    """
    return sum(_turn(engine, batch_id, why_not) for batch_id in _open(engine))


def rehearse(engine: CaseEngine[object], batch_id: int) -> None:
    """Judge a batch to the end here and now, unless a worker is at it: for small ones."""
    with held_alone(engine, LOCK_SPACE, batch_id) as holder:
        while holder and _work(
            engine, batch_id, lambda _actor, _role: None, only=batches.REHEARSING
        ):
            continue


def _open(engine: CaseEngine[object]) -> list[int]:
    query = select(Batch.id).where(Batch.state.in_(batches.OPEN)).order_by(Batch.id)
    with engine.database.connect() as connection:
        return list(connection.scalars(query))


def _turn(engine: CaseEngine[object], batch_id: int, why_not: WhyNot) -> int:
    try:
        with held_alone(engine, LOCK_SPACE, batch_id) as holder:
            return _work(engine, batch_id, why_not) if holder else 0
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever ails one batch, the others go on
        log.error(LogEvent.BATCH_FAILED, batch=batch_id, code=type(error).__name__)  # noqa: TRY400 - a traceback may hold personal data
        return 0


def _work(
    engine: CaseEngine[object], batch_id: int, why_not: WhyNot, only: str | None = None
) -> int:
    """Do a turn of chunks and close the batch when they were the last; say how many they were."""
    batch = batches.read(engine.database, batch_id)
    if batch is None or batch.state not in batches.OPEN or batch.state != (only or batch.state):
        return 0
    size = _size(engine, batch)
    pending = _pending(engine, batch, TURN * size)
    starts = range(0, len(pending), size)
    for chunks, start in enumerate(starts):
        if not _may_go_on(engine, batch, why_not):
            return chunks
        _chunk(engine, batch, pending[start : start + size])
    if len(pending) < TURN * size:
        rehearsed = batch.state == batches.REHEARSING
        _end(engine, batch, batches.REHEARSED if rehearsed else batches.DONE)
    return len(starts)


def _size(engine: CaseEngine[object], batch: Batch) -> int:
    move = engine.library.workflow(batch.workflow).transitions.get(batch.trigger)
    return CHUNK if move is not None and move.pure else HOOKED_CHUNK


def _may_go_on(engine: CaseEngine[object], batch: Batch, why_not: WhyNot) -> bool:
    """Say whether the batch still stands where the turn began; stop one that may run no more."""
    now = batches.read(engine.database, batch.id)
    if now is None or now.state != batch.state:
        return False
    why = why_not(batch.actor, batch.role) if batch.state == batches.RUNNING else None
    if why is not None:
        _end(engine, batch, batches.STOPPED, why)
    return why is None


def _chunk(engine: CaseEngine[object], batch: Batch, cases: list[BatchCase]) -> None:
    rehearsal = batch.state == batches.REHEARSING
    refused = _try(engine, batch, _standing(engine, batch, cases), dry_run=rehearsal)
    engine.point("batch_tried")
    _settle(engine, batch, cases, refused, rehearsal=rehearsal)


def _end(engine: CaseEngine[object], batch: Batch, state: str, why: str | None = None) -> None:
    """Close what was under way, unless its maker was faster."""
    finished = None if state == batches.REHEARSED else engine.clock.now()
    statement = (
        update(Batch)
        .where(Batch.id == batch.id, Batch.state == batch.state)
        .values(state=state, why=why, finished_at=finished)
    )
    with engine.database.begin() as connection:
        connection.execute(statement)


def _pending(engine: CaseEngine[object], batch: Batch, limit: int) -> list[BatchCase]:
    """Return the next cases that the batch has not come to, each with the version seen."""
    column = "rehearsed" if batch.state == batches.REHEARSING else "outcome"
    source = _PENDING.format(column=column)
    rows = fetch_alone(engine.database, driver_sql(source), {"batch": batch.id, "limit": limit})
    return [BatchCase(**row) for row in rows]


_PENDING = """
SELECT case_id, seen_version FROM batch_item
WHERE batch_id = :batch AND {column} IS NULL ORDER BY case_id LIMIT :limit
"""


def _standing(engine: CaseEngine[object], batch: Batch, cases: list[BatchCase]) -> list[BatchCase]:
    """Return the cases that the batch has not moved yet, with their definitions."""
    table = engine.library.workflow(batch.workflow).table
    parameters = {
        "ids": [case.case_id for case in cases],
        "versions": [case.seen_version for case in cases],
        "name": batch.name,
    }
    rows = fetch_alone(engine.database, driver_sql(_STANDING.format(table=table)), parameters)
    return [BatchCase(**row) for row in rows]


_STANDING = """
SELECT w.id AS case_id, w.seen AS seen_version, c.definition
FROM unnest(CAST(:ids AS bigint[]), CAST(:versions AS integer[])) w(id, seen)
JOIN {table} c ON c.id = w.id LEFT JOIN journal j ON j.case_id = w.id AND j.n = w.seen + 1
WHERE (j.batch = :name) IS NOT TRUE
"""


def _try(
    engine: CaseEngine[object], batch: Batch, cases: list[BatchCase], *, dry_run: bool
) -> dict[int, str]:
    """Move what may move, or only judge it; return the refused cases with their codes."""
    actor = Actor(batch.actor, frozenset({batch.role}), batch.auth, batch.person_id)
    request = Request(batch.trigger, actor, reason=batch.reason, batch=batch.name)
    groups: dict[str, dict[int, int]] = defaultdict(dict)
    for case in cases:
        groups[case.definition][case.case_id] = case.seen_version
    refused: dict[int, str] = {}
    for sha256, seen in groups.items():
        try:
            definition = engine.library.pinned(sha256)
        except DefinitionMissing as error:
            log.error(LogEvent.DEFINITION_MISSING, definition=sha256, cases=len(seen))  # noqa: TRY400 - not this process's fault
            refused |= dict.fromkeys(seen, error.code)
            continue
        refused |= try_ids(engine, definition, request, list(seen), dry_run=dry_run, seen=seen)
    return refused


def _settle(
    engine: CaseEngine[object],
    batch: Batch,
    cases: list[BatchCase],
    refused: dict[int, str],
    *,
    rehearsal: bool,
) -> None:
    """Write what came of a chunk, its refused attempts and the counts: one statement."""
    table = engine.library.workflow(batch.workflow).table
    parameters = {
        "batch": batch.id,
        "name": batch.name,
        "ids": [case.case_id for case in cases],
        "versions": [case.seen_version + 1 for case in cases],
        "codes": [refused.get(case.case_id) for case in cases],
        "untold": HANDLER_FAILED,
        "failures": [HANDLER_FAILED, DefinitionMissing.code],
        "now": engine.clock.now(),
        "workflow": batch.workflow,
        "trigger": batch.trigger,
        "actor": batch.actor,
        "role": batch.role,
    }
    source = _JUDGED if rehearsal else _SETTLED.format(table=table)
    fetch_alone(engine.database, driver_sql(source), parameters)


# What a chunk is about comes first and is materialized, the batch's number in it as a value like
# others: so every table is reached by its whole key, however little the database knows of tables
# that were filled a second ago.
_JUDGED = """
WITH wanted AS MATERIALIZED (
    SELECT CAST(:batch AS bigint) AS batch, w.*
    FROM unnest(CAST(:ids AS bigint[]), CAST(:codes AS text[])) w(id, code)
),
judged AS (
    UPDATE batch_item i SET rehearsed = coalesce(w.code, 'moved') FROM wanted w
    WHERE i.batch_id = w.batch AND i.case_id = w.id AND i.rehearsed IS NULL RETURNING i.case_id
)
UPDATE batch SET judged = judged + (SELECT count(*) FROM judged) WHERE id = :batch
"""

# The journal says what has moved, whatever this worker believes; a case that is settled already
# is neither counted nor recorded again.
_SETTLED = """
WITH found AS MATERIALIZED (
    SELECT CAST(:batch AS bigint) AS batch, w.id,
        CASE WHEN j.batch = :name THEN NULL ELSE coalesce(w.code, :untold) END AS code
    FROM unnest(CAST(:ids AS bigint[]), CAST(:versions AS integer[]), CAST(:codes AS text[]))
        w(id, n, code)
    LEFT JOIN journal j ON j.case_id = w.id AND j.n = w.n
),
settled AS (
    UPDATE batch_item i SET code = f.code, outcome = CASE
        WHEN f.code IS NULL THEN 'moved' WHEN f.code = ANY(:failures) THEN 'failed'
        ELSE 'refused' END
    FROM found f WHERE i.batch_id = f.batch AND i.case_id = f.id AND i.outcome IS NULL
    RETURNING i.case_id, i.outcome, i.code
),
recorded AS (
    INSERT INTO refused_attempt
        (at, case_id, workflow, trigger, state, actor, role, code, params, batch)
    SELECT :now, s.case_id, :workflow, :trigger, c.state, :actor, :role, s.code, '{{}}', :name
    FROM settled s JOIN {table} c ON c.id = s.case_id WHERE s.outcome <> 'moved'
)
UPDATE batch SET
    moved = moved + (SELECT count(*) FROM settled WHERE outcome = 'moved'),
    refused = refused + (SELECT count(*) FROM settled WHERE outcome = 'refused'),
    failed = failed + (SELECT count(*) FROM settled WHERE outcome = 'failed')
WHERE id = :batch
"""
