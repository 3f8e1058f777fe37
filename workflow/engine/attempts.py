"""The record of refused attempts: who wanted what of which case, and why it was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from states.logs.journal import RefusedAttempt
from states.people.tckn import mask_all
from states.postgres.commits import aside
from workflow.engine.statement import driver_sql
from workflow.engine.transaction import table_of
from workflow.model.entry import storable
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.engine.engine import CaseEngine
    from workflow.model.definition import Definition
    from workflow.model.refusal import Refused, WorkflowError
    from workflow.model.request import Request


TRIED = "tried"
"""The parameter under which a timer that failed names what else it tried: code by transition."""

LONGEST = 100
"""How much of a trigger's name is kept: an unknown one may be anything."""


def code_of(refusal: WorkflowError) -> str:
    """Return what a refusal is counted under: the rule or check that failed, else its own code."""
    return refusal.verdict.code if isinstance(refusal, RuleFailed) else refusal.code


def record_refusal(
    engine: CaseEngine[object],
    definition: Definition,
    case_id: int | None,
    request: Request,
    refusal: Refused,
) -> None:
    """Write a refused attempt in a transaction of its own: the move itself was rolled back."""
    table = table_of(definition)
    with aside(), engine.database.begin() as connection:
        state = connection.scalar(select(table.c.state).where(table.c.id == case_id))
        connection.execute(
            insert(RefusedAttempt).values(
                at=engine.clock.now(),
                case_id=case_id,
                workflow=definition.name,
                trigger=mask_all(storable(request.trigger)[:LONGEST]),
                state=state,
                actor=request.actor.name,
                role=",".join(sorted(request.actor.roles)),
                code=code_of(refusal),
                params=plain(refusal.params),
                batch=request.batch,
            )
        )


def record_set(
    engine: CaseEngine[object],
    definition: Definition,
    request: Request,
    refused: Mapping[int, str],
) -> None:
    """Write the refused attempts of a set, each with its code: one statement, however many."""
    if not refused:
        return
    parameters = {
        "ids": list(refused),
        "codes": list(refused.values()),
        "now": engine.clock.now(),
        "workflow": definition.name,
        "trigger": mask_all(storable(request.trigger)[:LONGEST]),
        "actor": request.actor.name,
        "role": ",".join(sorted(request.actor.roles)),
        "batch": request.batch,
    }
    with engine.autocommit.connect() as connection:
        source = _RECORD.format(table=definition.table)
        connection.exec_driver_sql(driver_sql(source), parameters)


_RECORD = """
INSERT INTO refused_attempt
    (at, case_id, workflow, trigger, state, actor, role, code, params, batch)
SELECT :now, c.id, :workflow, :trigger, c.state, :actor, :role, w.code, '{{}}', :batch
FROM {table} c JOIN unnest(CAST(:ids AS bigint[]), CAST(:codes AS text[])) w(id, code) USING (id)
"""


def plain(params: Mapping[str, object]) -> dict[str, object]:
    """Return parameters as JSON can hold them: dates and others as text, without a TCKN."""
    return {name: _plain(value) for name, value in params.items()}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return mask_all(storable(str(value)))
