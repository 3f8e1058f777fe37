"""The sweep: moves every case whose state's timer has rung, in chunks, resumable.

The work grows with what is due, not with what exists: each state's due rows are walked along a
partial index. Several sweeps may run at once; rows that one holds the others leave alone, and cases
that move one by one are tried by one sweep only, the most urgent first. Where much is due, two
connections share it, each with the cases whose numbers hash to it, so that none is met twice. A
row that no transition of its timer may move is put off by a day and never looped on; what it waits
for is written down, with the answer that tells why and the others beside it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from states.kit.log_events import LogEvent
from states.logs.journal import PublishedDefinition
from workflow.engine.case_sets import (
    CHUNK,
    MOVED_MEANWHILE,
    TIMER,
    refused_in,
    run_set,
    try_each,
    try_ids,
)
from workflow.engine.driver import fetch_alone
from workflow.engine.permission import transition
from workflow.engine.statement import Selection, driver_sql
from workflow.engine.transaction import table_of
from workflow.model.refusal import DefinitionMissing, Refused
from workflow.model.request import Request, Tally, Timer
from workflow.running import sweep_run
from workflow.running.claims import Claims
from workflow.running.main_refusal import choose_refusal
from workflow.running.sweep_report import SweepLine, SweepReport
from workflow.running.timer_waits import Stayed, put_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection

    from workflow.engine.engine import CaseEngine
    from workflow.model.definition import Definition, State
    from workflow.running.main_refusal import Tried

log = structlog.get_logger()

HOOKED_CHUNK = 100
"""How many cases with handlers a sweep takes in hand: each has a transaction of its own."""

SIDE_BY_SIDE = 2
"""How many connections move cases at once: while one waits for the disk another is judged."""

FIRST_CHUNK = 1_000
"""Cases that one connection moves as a set before others join it: most sweeps meet fewer."""


def sweep(
    engine: CaseEngine[object],
    *,
    as_of: datetime | None = None,
    dry_run: bool = False,
    progress: Callable[[SweepLine], None] | None = None,
) -> SweepReport:
    """Move what is due as of a moment (now by default) and report; a dry run only counts.

    The moment decides what is due; whether a case may move is judged by the office's clock, which
    callers who sweep for another day set as well. Raises nothing for a refused case.
    """
    moment = as_of or engine.clock.now()
    tell = progress or (lambda _: None)
    if dry_run:
        report = SweepReport(moment, dry_run, None)
        _sweep_all(engine, report, tell, None)
        return report
    rows: list[SweepLine] = []
    while True:
        # A run that a dead worker left is finished first, as of its own moment.
        report = _run_once(engine, moment, tell)
        rows += report.rows
        if report.as_of >= moment:
            report.rows = rows
            return report


def _run_once(
    engine: CaseEngine[object], moment: datetime, tell: Callable[[SweepLine], None]
) -> SweepReport:
    with sweep_run.begin(engine, moment) as run:
        report = SweepReport(run.as_of, dry_run=False, batch=run.batch)

        def keep(line: SweepLine) -> None:
            run.count(report.moved, report.refused)
            tell(line)

        _sweep_all(engine, report, keep, run.holder)
    return report


def _sweep_all(
    engine: CaseEngine[object],
    report: SweepReport,
    tell: Callable[[SweepLine], None],
    holder: Connection | None,
) -> None:
    for definition in _definitions(engine):
        for state in _due_states(engine, definition, report.as_of):
            line = SweepLine(definition.name, state.name)
            claims = Claims(holder, definition, state, report.as_of) if holder else None
            for chunk in _sweep_state(_DueState(engine, definition, state, report, claims)):
                if not any(tally.moved or tally.refused for tally in chunk.values()):
                    continue
                if not line.moved and not line.refused:
                    report.rows.append(line)
                _add(line, chunk)
                tell(line)


def _definitions(engine: CaseEngine[object]) -> list[Definition]:
    """Return every definition that cases may be pinned to, the newest of each workflow first."""
    with engine.database.connect() as connection:
        published = connection.execute(
            select(PublishedDefinition.sha256, PublishedDefinition.workflow).order_by(
                PublishedDefinition.workflow, PublishedDefinition.published_at.desc()
            )
        ).all()
    wanted = [sha256 for sha256, workflow in published if workflow in engine.library.current]
    return [found for sha256 in wanted if (found := _runnable(engine, sha256)) is not None]


def _runnable(engine: CaseEngine[object], sha256: str) -> Definition | None:
    """Return a definition, or tell that this process lacks its handlers and leaves its cases."""
    try:
        return engine.library.pinned(sha256)
    except DefinitionMissing as error:
        log.warning(
            LogEvent.DEFINITION_LEFT_OUT, definition=sha256, missing=error.params["missing"]
        )
        return None


_DUE_STATES = """
SELECT s.name FROM unnest(CAST(:states AS text[])) s(name)
WHERE EXISTS (SELECT FROM {table} c
    WHERE c.state = s.name AND c.definition = :definition AND c.due_at <= :as_of)
"""


def _due_states(
    engine: CaseEngine[object], definition: Definition, as_of: datetime
) -> Iterator[State]:
    """Yield the states in which something is due, in the order of a sweep.

    They are asked for at once: in most states of most definitions nothing ever is.
    """
    ordered = _last_first(definition)
    if ordered:
        source = driver_sql(_DUE_STATES.format(table=table_of(definition).name))
        values = {
            "states": [state.name for state in ordered],
            "definition": definition.sha256,
            "as_of": as_of,
        }
        due = {row["name"] for row in fetch_alone(engine.database, source, values)}
        yield from (state for state in ordered if state.name in due)


def _last_first(definition: Definition) -> list[State]:
    """Return the states that have timers, each after those that its timers lead to.

    So a sweep meets no case twice, and moves what its dry run has counted.
    """
    ordered: dict[str, State] = {}
    seen: set[str] = set()

    def visit(state: State) -> None:
        if state.name not in seen:
            seen.add(state.name)
            for trigger in state.then:
                visit(definition.states[definition.transitions[trigger].target])
            ordered[state.name] = state

    for state in definition.states.values():
        visit(state)
    return [state for state in ordered.values() if state.then]


_Position = tuple[datetime, int]
"""When the last case that was looked at was due, and its number: the walk goes on behind it."""

_BEGIN: _Position = (datetime.min.replace(tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class _Share:
    """The cases that one connection walks: those whose hashed number leaves ``part`` by ``of``."""

    part: int = 0
    of: int = 1


@dataclass(frozen=True, slots=True)
class _DueState:
    """A state of a definition in one sweep; ``claims`` is None where nothing is moved."""

    engine: CaseEngine[object]
    definition: Definition
    state: State
    report: SweepReport
    claims: Claims | None
    share: _Share = _Share()

    @property
    def in_sets(self) -> bool:
        """Say whether the first of its transitions moves a chunk by one statement."""
        first, *_ = self.state.then
        return transition(self.definition, first).pure


_Chunk = dict[str, Tally]
"""What each trigger did with a chunk of due cases."""


def _sweep_state(due: _DueState) -> Iterator[_Chunk]:
    """Walk the due cases of a state chunk by chunk; yield what was done with each chunk."""
    try:
        if due.report.dry_run or not due.in_sets:
            yield from _walk(due, _BEGIN)
            return
        first, after = _chunk(due, _BEGIN, FIRST_CHUNK)
        yield first
        several = sum(tally.moved + tally.turned_away for tally in first.values()) >= FIRST_CHUNK
        yield from _walk_side_by_side(due, after) if several else _walk(due, after)
    finally:
        if due.claims is not None:
            due.claims.release()


def _walk_side_by_side(due: _DueState, after: _Position | None) -> Iterator[_Chunk]:
    """Walk on with several connections, each with a share of the cases; yield as chunks end."""
    ended: SimpleQueue[_Chunk | None] = SimpleQueue()

    def walk(part: int) -> None:
        try:
            for chunk in _walk(replace(due, share=_Share(part, SIDE_BY_SIDE)), after):
                ended.put(chunk)
        finally:
            ended.put(None)

    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="sweep") as threads:
        walks = [threads.submit(walk, part) for part in range(SIDE_BY_SIDE)]
        for _ in walks:
            yield from iter(ended.get, None)
        for one in walks:
            one.result()


def _walk(due: _DueState, after: _Position | None) -> Iterator[_Chunk]:
    while after is not None:
        chunk, after = _chunk(due, after, CHUNK)
        yield chunk


def _chunk(due: _DueState, after: _Position, most: int) -> tuple[_Chunk, _Position | None]:
    """Try the transitions of the timer on the next cases; return what they did, and where to go on.

    The position is None when nothing was left.
    """
    engine, definition, report = due.engine, due.definition, due.report
    timer = Timer(due.state.name, report.as_of)
    first, *others = (
        Request(trigger, TIMER, batch=report.batch, timer=timer) for trigger in due.state.then
    )
    refused, moved, position = _first_try(due, first, after, most)
    tallies = {first.trigger: Tally(moved)}
    tried: dict[int, list[Tried]] = {case: [] for case in refused}
    _note(tried, first, refused)
    for request in others:
        # Whom somebody else holds or has moved is no case of the other transitions either.
        waiting = list(tried)
        refused = try_ids(engine, definition, request, waiting, dry_run=report.dry_run)
        tallies[request.trigger] = Tally(len(waiting) - len(refused))
        _note(tried, request, refused)
    for request in (first, *others):
        stayed = _told_by(definition, request, tried)
        for one in stayed.values():
            tallies[request.trigger].count(one.code)
        if not report.dry_run:
            put_off(engine, definition, request, timer, stayed)
    engine.point("chunk_swept")
    return tallies, position


def _note(tried: dict[int, list[Tried]], request: Request, refused: Mapping[int, str]) -> None:
    """Note what one transition answered; leave out what moved, by it or by somebody else."""
    for case in list(tried):
        code = refused.get(case)
        if code is None or code in MOVED_MEANWHILE:
            del tried[case]
        else:
            tried[case].append((request.trigger, code))


def _told_by(
    definition: Definition, request: Request, tried: Mapping[int, list[Tried]]
) -> dict[int, Stayed]:
    """Return the cases whose refusal by this transition tells: its code, and the other ones."""
    return {
        case: Stayed(code, {name: other for name, other in refusals if name != trigger})
        for case, refusals in tried.items()
        for trigger, code in [choose_refusal(definition, refusals)]
        if trigger == request.trigger
    }


def _first_try(
    due: _DueState, request: Request, after: _Position, most: int
) -> tuple[dict[int, str], int, _Position | None]:
    """Try the first trigger on the next chunk: (refused, how many moved, where to go on)."""
    if due.in_sets:
        found = _try_set(due, request, after, most)
        if found is not None:
            return found
    elif due.claims is not None:
        ids = due.claims.take(HOOKED_CHUNK)
        due.engine.point("cases_claimed")
        refused = _try_side_by_side(due, request, ids)
        return refused, len(ids) - len(refused), after if ids else None
    ids, position = _due_ids(due, after)
    refused = try_each(due.engine, due.definition, request, ids, dry_run=due.report.dry_run)
    return refused, len(ids) - len(refused), position


def _try_side_by_side(due: _DueState, request: Request, ids: list[int]) -> dict[int, str]:
    """Try a trigger on cases in their order, some at once; return the refused ones."""
    refused: dict[int, str] = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="sweep") as threads:
        alone = partial(try_each, due.engine, due.definition, request, dry_run=False)
        for found in threads.map(alone, ([case] for case in ids)):
            refused |= found
    return refused


def _try_set(
    due: _DueState, request: Request, after: _Position, most: int
) -> tuple[dict[int, str], int, _Position | None] | None:
    """Try a pure trigger on the next chunk by one statement; None when one row stops them all."""
    parameters = _bounds(due, after) | {"limit": most}
    try:
        answers = run_set(
            due.engine, due.definition, request, Selection.DUE, parameters,
            dry_run=due.report.dry_run,
        )  # fmt: skip
    except Refused:
        return None
    moved = sum(answer.cases for answer in answers if answer.refusal is None)
    position = (answers[0].last_due, answers[0].last_id) if answers else None
    return refused_in(answers), moved, position


def _due_ids(due: _DueState, after: _Position) -> tuple[list[int], _Position | None]:
    source = (
        f"SELECT c.due_at, c.id FROM {table_of(due.definition).name} c WHERE {Selection.DUE}"
        " ORDER BY c.due_at, c.id LIMIT :limit"
    )
    parameters = _bounds(due, after) | {"limit": HOOKED_CHUNK}
    rows = fetch_alone(due.engine.database, driver_sql(source), parameters)
    position = (rows[-1]["due_at"], rows[-1]["id"]) if rows else None
    return [row["id"] for row in rows], position


def _bounds(due: _DueState, after: _Position) -> dict[str, object]:
    return {
        "state": due.state.name,
        "definition": due.definition.sha256,
        "as_of": due.report.as_of,
        "after_due": after[0],
        "after_id": after[1],
        "shares": due.share.of,
        "share": due.share.part,
    }


def _add(line: SweepLine, chunk: dict[str, Tally]) -> None:
    for trigger, tally in chunk.items():
        if tally.moved:
            line.moved[trigger] = line.moved.get(trigger, 0) + tally.moved
        for code, cases in tally.refused.items():
            line.refused[code] = line.refused.get(code, 0) + cases
