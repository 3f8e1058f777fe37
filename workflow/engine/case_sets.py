"""Moving sets of cases that a person or a batch has picked: the same plan, in chunks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from states.kit.errors import DatabaseUnavailable
from states.kit.log_events import LogEvent
from states.kit.reference import MAX_ID
from workflow.engine.attempts import code_of, record_set
from workflow.engine.driver import fetch_alone, typed_errors
from workflow.engine.guards import ask_claim, guards_of_rows
from workflow.engine.permission import claim
from workflow.engine.statement import Selection, StatementShape, move_sql
from workflow.engine.transaction import parameters_of
from workflow.model.actor import system
from workflow.model.definition import AT_ONCE
from workflow.model.refusal import DefinitionMissing, Refused, UnknownTrigger, WorkflowError
from workflow.model.request import Request, Tally, Timer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from workflow.engine.engine import CaseEngine
    from workflow.model.definition import Definition, State

log = structlog.get_logger()

TIMER = system("timer")
"""Who moves a case when its state's timer rings."""

HANDLER_FAILED = "handler_failed"
"""What a case of a set is counted under when a handler failed instead of answering."""

MOVED_MEANWHILE = frozenset({"wrong_state", "stale_version", "busy"})
"""Refusals that only mean that somebody else was faster."""

CHUNK = 10_000
"""How many cases one transaction moves: enough to be fast, few enough to hold no lock long."""


@dataclass(frozen=True, slots=True)
class SetAnswer:
    """The cases of a set that one code refused, or that moved: how many, and which.

    Those that moved are named only where somebody goes on with them. ``last_due`` and ``last_id``
    say where the whole set ended.
    """

    refusal: str | None
    cases: int
    ids: list[int]
    last_due: datetime
    last_id: int


def move_ids(
    engine: CaseEngine[object],
    workflow: str,
    request: Request,
    ids: Sequence[int],
    *,
    dry_run: bool,
) -> Tally:
    """Move cases by id; count moved and refused, the unknown ones under ``unknown_case``.

    Cases of a definition that this process cannot run are counted and left alone.
    """
    tally = Tally()
    groups = _by_definition(engine, workflow, ids)
    missing = len(set(ids)) - sum(len(group) for group in groups.values())
    if missing:
        tally.count("unknown_case", missing)
    for sha256, group in groups.items():
        try:
            definition = engine.library.pinned(sha256)
        except DefinitionMissing as error:
            log.error(LogEvent.DEFINITION_MISSING, definition=sha256, cases=len(group))  # noqa: TRY400 - not this process's fault
            tally.count(error.code, len(group))
            continue
        for start in range(0, len(group), CHUNK):
            chunk = group[start : start + CHUNK]
            _move_chunk(engine, definition, request, chunk, tally, dry_run=dry_run)
    return tally


def _move_chunk(
    engine: CaseEngine[object],
    definition: Definition,
    request: Request,
    chunk: list[int],
    tally: Tally,
    *,
    dry_run: bool,
) -> None:
    refused = try_ids(engine, definition, request, chunk, dry_run=dry_run)
    tally.moved += len(chunk) - len(refused)
    for code in refused.values():
        tally.count(code)
    if not dry_run:
        record_set(engine, definition, request, refused)


def try_ids(
    engine: CaseEngine[object],
    definition: Definition,
    request: Request,
    ids: Sequence[int],
    *,
    dry_run: bool,
    seen: Mapping[int, int] | None = None,
) -> dict[int, str]:
    """Move what may move and return the refused cases with their codes, not yet recorded.

    With ``seen``, the version of each case that the actor saw, one that has moved on is refused.
    """
    move = definition.transitions.get(request.trigger)
    if move is None:
        return dict.fromkeys(ids, UnknownTrigger.code)
    if move.pure and ids:
        try:
            selection: dict[str, object] = {"ids": list(ids)}
            if seen is not None:
                selection["seen"] = [seen[case_id] for case_id in ids]
            answers = run_set(
                engine, definition, request, Selection.IDS, selection, dry_run=dry_run
            )
        except Refused:
            # What holds for the person or for one row stops the whole statement.
            return try_each(engine, definition, request, ids, dry_run=dry_run, seen=seen)
        return refused_in(answers)
    return try_each(engine, definition, request, ids, dry_run=dry_run, seen=seen)


def try_each(
    engine: CaseEngine[object],
    definition: Definition,
    request: Request,
    ids: Sequence[int],
    *,
    dry_run: bool,
    seen: Mapping[int, int] | None = None,
) -> dict[int, str]:
    """Move cases one by one, each in a transaction of its own; return the refused ones.

    ``seen`` is as for ``try_ids``. A handler that fails on one case is told in the log and stops
    no other case. Raises DatabaseUnavailable: without the database no case can be asked.
    """
    refused = {}
    for case_id in ids:
        wish = request if seen is None else replace(request, seen_version=seen[case_id])
        try:
            if dry_run:
                engine.rehearse(case_id, wish, workflow=definition.name)
            else:
                engine.move(definition, case_id, wish)
        except WorkflowError as refusal:
            refused[case_id] = code_of(refusal)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a handler may raise anything
            why = type(error).__name__
            log.error(LogEvent.MOVE_FAILED, case=case_id, trigger=request.trigger, code=why)  # noqa: TRY400 - a traceback may hold personal data
            refused[case_id] = HANDLER_FAILED
    return refused


def run_set(
    engine: CaseEngine[object],
    definition: Definition,
    request: Request,
    selection: Selection,
    parameters: dict[str, object],
    *,
    dry_run: bool,
) -> list[SetAnswer]:
    """Run the set statement of a pure transition once; return what it answers of each refusal.

    Cases that came into a state which is left at once go on. Raises a refusal when the person may
    not make the move at all, or when one row of the set would break a promise of the table.
    """
    wanted = replace(claim(definition, request), seen="seen" in parameters)
    if selection is Selection.DUE:  # it selects by the timer, so that nothing is left to ask
        wanted = replace(wanted, timed=False)
    ask_claim(wanted)
    shape = StatementShape(selection, guards_of_rows(wanted), dry=dry_run)
    everything = parameters_of(wanted, engine.clock.now()) | parameters
    with typed_errors():
        rows = fetch_alone(
            engine.database, move_sql(definition, request.trigger, shape), everything
        )
    answers = [SetAnswer(**row | {"ids": row["ids"] or []}) for row in rows]
    state = definition.states[wanted.move.target]
    if state.due == AT_ONCE and not dry_run:
        moved = [case for answer in answers if answer.refusal is None for case in answer.ids]
        leave_at_once(engine, definition, state, moved, request.batch)
    return answers


def leave_at_once(
    engine: CaseEngine[object],
    definition: Definition,
    state: State,
    ids: Sequence[int],
    batch: str | None,
) -> None:
    """Move cases on that have come into a state which is left at once; the rest waits there."""
    timer = Timer(state.name, engine.clock.now())
    for trigger in state.then:
        request = Request(trigger, TIMER, batch=batch, timer=timer)
        refused = try_ids(engine, definition, request, ids, dry_run=False)
        ids = [case for case, code in refused.items() if code not in MOVED_MEANWHILE]


def refused_in(answers: list[SetAnswer]) -> dict[int, str]:
    """Return the refused cases of a set statement with their codes."""
    return {case: answer.refusal for answer in answers if answer.refusal for case in answer.ids}


def _by_definition(
    engine: CaseEngine[object], workflow: str, ids: Sequence[int]
) -> dict[str, list[int]]:
    """Return the cases that there are by the hash of the definition that each is pinned to."""
    table = engine.library.workflow(workflow).table
    source = f"SELECT id, definition FROM {table} WHERE id = ANY(%(ids)s) ORDER BY id"
    groups: dict[str, list[int]] = defaultdict(list)
    possible = [case_id for case_id in ids if case_id <= MAX_ID]
    for row in fetch_alone(engine.database, source, {"ids": possible}):
        groups[row["definition"]].append(row["id"])
    return groups
