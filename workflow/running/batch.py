"""The life of a batch: made with its cases, started, paused, stopped; who may touch it.

The set is fixed when the batch is made, each case with the version that was seen. A rehearsal
judges it through the engine's dry run; only then it may be started. The worker does both, see
``workflow/running/batch_worker.py``. Every change of state is one guarded statement, so that a form
that is sent twice changes nothing the second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from states.cases.batch import Batch, BatchItem
from workflow.engine.guards import ask_claim
from workflow.engine.permission import claim
from workflow.engine.transaction import table_of
from workflow.model.refusal import WorkflowError
from workflow.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Engine, Select, Table

    from workflow.engine.engine import CaseEngine
    from workflow.model.actor import Actor

REHEARSING, REHEARSED = "rehearsing", "rehearsed"
RUNNING, PAUSED, STOPPED, DONE = "running", "paused", "stopped", "done"

OPEN = (REHEARSING, RUNNING)
"""The states in which a worker has something to do."""

MOST = 100_000
"""Cases of the largest batch."""

ACCOUNT_CLOSED = "account_closed"
"""Why a batch stopped whose maker's account was closed meanwhile."""

ROLE_LOST = "role_lost"
"""Why a batch stopped whose maker no longer holds the role in which it was made."""


class BatchEmpty(WorkflowError):
    """No case was chosen, or the filter finds none any more."""

    code = "batch_empty"


class BatchTooLarge(WorkflowError):
    """The filter finds more cases than one batch may hold."""

    code = "batch_too_large"


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What somebody wants done to many cases at once; ``filter`` says how they were found."""

    workflow: str
    trigger: str
    actor: Actor
    reason: str | None = None
    filter: Mapping[str, object] = field(default_factory=dict)


def make(
    engine: CaseEngine[object], wish: BatchRequest, selection: Select[*tuple[Any, ...]]
) -> int:
    """Fix the cases that a query finds, each with its version, as a batch to rehearse; its id.

    Raises UnknownTrigger, RoleNotAllowed and ReasonMissing when the wish could move no case at
    all, BatchEmpty and BatchTooLarge for a set that is none; nothing is left behind then.
    """
    definition = engine.library.workflow(wish.workflow)
    wanted = claim(definition, Request(wish.trigger, wish.actor, reason=wish.reason))
    ask_claim(wanted)
    values = {
        "workflow": wish.workflow,
        "trigger": wish.trigger,
        "reason": wanted.reason,
        "actor": wish.actor.name,
        "role": wanted.role.name,
        "auth": wish.actor.auth,
        "person_id": wish.actor.person_id,
        "filter": dict(wish.filter),
        "state": REHEARSING,
        "total": 0,
        "created_at": engine.clock.now(),
    }
    with engine.database.begin() as connection:
        batch_id = connection.execute(insert(Batch).values(values).returning(Batch.id)).scalar_one()
        cases = _fix(connection, batch_id, table_of(definition), selection)
        connection.execute(update(Batch).where(Batch.id == batch_id).values(total=cases))
    return batch_id


def _fix(
    connection: Connection,
    batch_id: int,
    table: Table,
    selection: Select[*tuple[Any, ...]],
) -> int:
    """Enter the cases of a batch and return how many they are."""
    chosen = (
        select(literal(batch_id), table.c.id, table.c.version)
        .where(table.c.id.in_(selection))
        .limit(MOST + 1)
    )
    columns = [BatchItem.batch_id, BatchItem.case_id, BatchItem.seen_version]
    connection.execute(insert(BatchItem).from_select(columns, chosen))
    entered = select(func.count()).where(BatchItem.batch_id == batch_id)
    cases = connection.execute(entered).scalar_one()
    if not cases:
        raise BatchEmpty
    if cases > MOST:
        raise BatchTooLarge(most=MOST)
    return cases


def read(database: Engine, batch_id: int) -> Batch | None:
    """Return a batch as it stands, detached; None when there is none of that number."""
    with Session(database, expire_on_commit=False) as session:
        return session.get(Batch, batch_id)


def start(engine: CaseEngine[object], batch_id: int, actor: Actor) -> bool:
    """Let the worker move the cases; False when it is not the actor's or not only rehearsed.

    When the actor no longer holds the role of the batch it is stopped instead; False then, too.
    """
    return _go_on(engine, batch_id, actor, REHEARSED, started_at=engine.clock.now())


def pause(engine: CaseEngine[object], batch_id: int, actor: Actor) -> bool:
    """Let the worker rest after the cases at hand; False when it was not running."""
    return _change(engine, batch_id, actor, (RUNNING,), state=PAUSED)


def resume(engine: CaseEngine[object], batch_id: int, actor: Actor) -> bool:
    """Let the worker go on; False when it was not paused, or is stopped as in `start`."""
    return _go_on(engine, batch_id, actor, PAUSED)


def stop(engine: CaseEngine[object], batch_id: int, actor: Actor) -> bool:
    """End a run for good; what has moved stays moved. False when it was not under way."""
    now = engine.clock.now()
    return _change(engine, batch_id, actor, (RUNNING, PAUSED), state=STOPPED, finished_at=now)


def give_up(engine: CaseEngine[object], batch_id: int, actor: Actor) -> bool:
    """End a batch that was never started; False when it was, or had ended."""
    now = engine.clock.now()
    return _change(engine, batch_id, actor, (REHEARSING, REHEARSED), state=STOPPED, finished_at=now)


def _go_on(
    engine: CaseEngine[object], batch_id: int, actor: Actor, source: str, **values: datetime
) -> bool:
    """Let a batch run whose role the actor still holds; stop one whose role the actor has lost."""
    holds = Batch.role.in_(actor.roles)
    if _change(engine, batch_id, actor, (source,), holds, state=RUNNING, **values):
        return True
    ended = {"state": STOPPED, "why": ROLE_LOST, "finished_at": engine.clock.now()}
    _change(engine, batch_id, actor, (source,), ~holds, **ended)
    return False


def _change(
    engine: CaseEngine[object],
    batch_id: int,
    actor: Actor,
    sources: Iterable[str],
    *conditions: ColumnElement[bool],
    **values: object,
) -> bool:
    """Change a batch of the actor that stands in one of the states; say whether it did."""
    own = (Batch.id == batch_id, Batch.actor == actor.name, Batch.state.in_(sources))
    statement = update(Batch).where(*own, *conditions).values(values)
    with engine.database.begin() as connection:
        return connection.execute(statement).rowcount == 1


def counts(database: Engine, batch_id: int, *, rehearsal: bool) -> dict[str, int]:
    """Return how many cases came to what: ``moved`` or the code of the refusal or failure.

    Of the rehearsal, or of the run; cases that it has not come to are left out.
    """
    code = BatchItem.rehearsed if rehearsal else func.coalesce(BatchItem.code, BatchItem.outcome)
    query = (
        select(code, func.count())
        .where(BatchItem.batch_id == batch_id, code.is_not(None))
        .group_by(code)
        .order_by(func.count().desc(), code)
    )
    with database.connect() as connection:
        return {str(name): cases for name, cases in connection.execute(query)}
