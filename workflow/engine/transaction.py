"""One transaction of the engine: moves and opens cases in it, nested ones too.

The hook path: lock the row, judge it through the machine, let the handlers write, then make the
same statement as the pure path under the lock. Handlers reach other cases through here, so that
all moves of one act stand or fall together.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from psycopg.errors import DivisionByZero
from sqlalchemy import update

from states.cases.case import ENGINE_COLUMNS
from states.tables import METADATA
from workflow.engine.attempt import Attempt
from workflow.engine.case_writes import insert_case, update_case
from workflow.engine.cases import CaseRow, case_row, earlier_moves, facts_for, facts_in, workflow_of
from workflow.engine.driver import fetch, fetch_last
from workflow.engine.guards import ask_case
from workflow.engine.masking import masked
from workflow.engine.permission import MoveClaim, claim, transition
from workflow.engine.statement import judged_sql
from workflow.model.context import Context
from workflow.model.entry import GENESIS, EntryContent, chain, utc_text
from workflow.model.machine import NEW, drive
from workflow.model.refusal import Refused, StaleVersion
from workflow.model.request import Moved, Request
from workflow.rules.evaluation import binds

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from workflow.engine.engine import CaseEngine
    from workflow.model.actor import Actor
    from workflow.model.context import Payload, Row
    from workflow.model.definition import Definition


class Work:
    """A transaction under way; ``moved`` lists what moved in it, for the timers due at once."""

    def __init__(self, engine: CaseEngine[object], connection: Connection, now: datetime) -> None:
        """Work on an open transaction; ``now`` is the same for all that happens in it."""
        self.engine = engine
        self.connection = connection
        self.now = now
        self.moved: list[tuple[Definition, Moved]] = []

    def move(
        self, definition: Definition, case_id: int, request: Request, *, last: bool = False
    ) -> Moved:
        """Move one case by the hook path; raise the refusal, with nothing written by it.

        ``last`` commits the transaction with the move: nothing may follow in it.
        """
        definition, row = self.read(definition, case_id, request.trigger, lock=True)
        self.engine.point("after_lock")
        attempt = self.judge(definition, request, row)
        if last:
            self.engine.point("before_commit")
        moved = self._write(attempt, last=last)
        if not last:
            self.engine.point("after_update")
        self.moved.append((definition, moved))
        return moved

    def read(
        self,
        definition: Definition,
        case_id: int,
        trigger: str | None = None,
        *,
        lock: bool = False,
    ) -> tuple[Definition, CaseRow]:
        """Return the case with the facts a trigger (or any) needs, and its pinned definition.

        ``definition`` is the caller's best guess: the newest one of the workflow.
        """
        facts = _facts_for_trigger(definition, trigger)
        row = case_row(self.connection, definition, case_id, facts=facts, lock=lock)
        if row.definition == definition.sha256:
            return definition, row
        # Read anew: an older definition may read other facts for the same trigger.
        return self.read(self.engine.library.pinned(row.definition), case_id, trigger, lock=lock)

    def judge(
        self, definition: Definition, request: Request, row: CaseRow, *, rehearsal: bool = False
    ) -> Attempt:
        """Ask the guards of the move and, unless it is a rehearsal, let the handlers act.

        Raises the refusal of the first guard that refuses.
        """
        wanted = claim(definition, request)
        context = self._context(wanted, row.columns, rehearsal=rehearsal)
        attempt = Attempt(
            wanted,
            context,
            row,
            facts_in(definition, row, self.now),
            self.engine.library.registry,
            self._earlier(wanted, row.id),
        )
        ask_case(attempt)
        if not rehearsal:
            drive(definition, wanted.move.name, attempt)
        return attempt

    def open(self, definition: Definition, values: Row, request: Request) -> Moved:
        """Create a case and make its first move; nothing is left behind when it is refused."""
        transition(definition, request.trigger)
        row = {
            **values,
            "definition": definition.sha256,
            "state": NEW,
            "version": 0,
            "head": GENESIS,
            "due_at": None,
            "entered_at": self.now,
            "created_at": self.now,
        }
        case_id = insert_case(self.connection, table_of(definition), row)
        return self.move(definition, case_id, request)

    def _context(self, wanted: MoveClaim, row: Row, *, rehearsal: bool) -> Context[object]:
        """Return what handlers are given about a move; its reason is for its guard to give."""
        return Context(
            mover=self,
            connection=self.connection,
            definition=wanted.definition,
            transition=wanted.move,
            case=row,
            actor=wanted.request.actor,
            payload=wanted.request.payload,
            now=self.now,
            reason=None,
            services=self.engine.services,
            rehearsal=rehearsal,
        )

    def _earlier(self, wanted: MoveClaim, case_id: int) -> Callable[[], Collection[str]]:
        """Return the question which moves of ``not_by`` the actor has made of a case."""
        trigger, actor = wanted.move.name, wanted.request.actor
        return partial(earlier_moves, self.connection, wanted.definition, trigger, case_id, actor)

    def definition_of(self, case_id: int) -> Definition:
        """Return the definition a case is pinned to, whatever its workflow."""
        _, sha256 = workflow_of(self.connection, self.engine.library.current, case_id)
        return self.engine.library.pinned(sha256)

    # What handlers call, through their context.

    def fire_within(
        self,
        context: Context[object],
        case_id: int,
        trigger: str,
        payload: Payload,
        reason: str | None,
    ) -> int:
        """Move another case within this transaction; return its new version."""
        definition = self.definition_of(case_id)
        request = Request(trigger, context.actor, payload, reason=reason)
        return self.move(definition, case_id, request).version

    def open_within(
        self, context: Context[object], workflow: str, trigger: str, values: Row, payload: Payload
    ) -> int:
        """Create another case within this transaction; return its id."""
        definition = self.engine.library.workflow(workflow)
        return self.open(definition, values, Request(trigger, context.actor, payload)).case_id

    def update_within(self, context: Context[object], values: Row) -> None:
        """Write columns of the case at hand; the engine's own are refused."""
        own = ENGINE_COLUMNS & values.keys()
        if own:
            message = f"only the engine writes {', '.join(sorted(own))}"
            raise ValueError(message)
        update_case(self.connection, table_of(context.definition), context.case_id, values)

    def wake_within(self, context: Context[object], case_id: int) -> None:
        """Make the timer of another case due now, where it has one."""
        del context  # its moment is that of the transaction
        self.wake(self.definition_of(case_id), case_id)

    def refusal_within(
        self, context: Context[object], trigger: str, actor: Actor
    ) -> Refused | None:
        """Judge another move of the case at hand without making it; return what refuses it."""
        definition, row = self.read(context.definition, context.case_id, trigger)
        try:
            self.judge(definition, Request(trigger, actor), row, rehearsal=True)
        except Refused as refusal:
            return refusal
        return None

    def wake(self, definition: Definition, case_id: int) -> None:
        """Make the timer of a case due now, where it has one."""
        table = table_of(definition)
        self.connection.execute(
            update(table)
            # Never put off: one that is due already keeps its moment.
            .where(table.c.id == case_id, table.c.due_at > self.now)
            .values(due_at=self.now)
        )

    def _write(self, attempt: Attempt, *, last: bool) -> Moved:
        context, request, row = attempt.context, attempt.claim.request, attempt.row
        definition, move = context.definition, context.transition
        # The clock of the machine that wrote the last entry may have been ahead of ours.
        at = max(self.now, row.entered_at)
        entry = replace(
            entry_of(attempt.claim, at, context.reason),
            rules=attempt.rules,
            checks=attempt.checks,
            documents=context.documents,
            details=masked(context.details),
        )
        seen = row.version
        body = entry.body(row.id, row.state, seen + 1)
        parameters = {
            **binds(definition, at),
            "id": row.id,
            "seen": seen,
            "n": seen + 1,
            "body": body,
            "prev": row.head,
            "hash": chain(row.head, body),
            "workflow": definition.name,
            "trigger": move.name,
            "actor": request.actor.name,
            "batch": request.batch,
        }
        if not self._written(judged_sql(definition, move.name, last=last), parameters, last=last):
            # A handler has moved this very case through another one: which comes first is unclear.
            raise StaleVersion(trigger=move.name, seen=seen, version=None)
        return Moved(row.id, seen + 1, attempt.state)

    def _written(self, source: str, parameters: dict[str, object], *, last: bool) -> bool:
        """Run the statement of a move; say whether it found its case as it was judged."""
        if not last:
            return bool(fetch(self.connection, source, parameters))
        try:
            fetch_last(self.connection, source, parameters)
        # The COMMIT went along, so that only a failure of the statement could hold it back.
        except DivisionByZero:
            return False
        return True


@lru_cache(maxsize=1024)
def _facts_for_trigger(definition: Definition, trigger: str | None) -> frozenset[str]:
    """Return the facts a trigger's rules read (all for None; none for an unknown trigger)."""
    if trigger is None:
        return facts_for(definition, definition.rules)
    move = definition.transitions.get(trigger)
    return facts_for(definition, move.rules) if move is not None else frozenset()


def table_of(definition: Definition) -> Table:
    """Return the table of a workflow's cases."""
    return METADATA.tables[definition.table]


def entry_of(wanted: MoveClaim, now: datetime, reason: str | None) -> EntryContent:
    """Return the journal entry of a pure move: each of its rules must have allowed it."""
    definition, move, request = wanted.definition, wanted.move, wanted.request
    return EntryContent(
        workflow=definition.name,
        definition=definition.sha256,
        trigger=move.name,
        target=move.target,
        actor=request.actor.name,
        role=wanted.role.name,
        auth=request.actor.auth,
        at=now,
        batch=request.batch,
        reason=reason,
        rules=dict.fromkeys(move.rules, "allow"),
    )


def parameters_of(wanted: MoveClaim, now: datetime) -> dict[str, object]:
    """Return the parameters that every shape of the statement shares; raise a missing reason."""
    definition, request = wanted.definition, wanted.request
    entry = entry_of(wanted, now, wanted.reason)
    return {
        **binds(definition, now),
        **{f"b{number}": piece for number, piece in enumerate(entry.pieces())},
        "at": utc_text(entry.at),
        "workflow": definition.name,
        "definition": definition.sha256,
        "trigger": request.trigger,
        "actor": request.actor.name,
        "person": request.actor.person_id,
        "batch": request.batch,
        "timer_state": request.timer.state if request.timer else None,
        "timer_as_of": request.timer.as_of if request.timer else None,
    }
