"""The office: opens, moves and explains cases; all that changes a state goes through here.

A pure move is one statement. A move with handlers locks, judges, acts and writes in one
transaction. A refused move changes nothing and is recorded. States whose timer is due at once are
left right after the commit; should the process die in between, the sweep does it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic

from states.kit.reference import MAX_ID
from workflow.engine import case_sets
from workflow.engine.attempts import record_refusal
from workflow.engine.driver import fetch_alone, typed_errors
from workflow.engine.guards import ask_claim, guards_of_rows
from workflow.engine.permission import claim
from workflow.engine.recent_moves import RecentMoves
from workflow.engine.statement import Selection, StatementShape, move_sql
from workflow.engine.transaction import Work, parameters_of
from workflow.model.context import Point, Services_co, pass_point
from workflow.model.definition import AT_ONCE
from workflow.model.refusal import Refused, UnknownCase
from workflow.model.request import Explained, Moved, Request, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Engine

    from workflow.engine.cases import CaseRow
    from workflow.engine.library import Library
    from workflow.model.actor import Actor
    from workflow.model.clock import Clock
    from workflow.model.context import Payload, Row
    from workflow.model.definition import Definition, Transition


class CaseEngine(Generic[Services_co]):
    """The engine over one database: one object per process, safe to share between threads.

    ``services`` is handed to every handler. ``point`` is called with the name of each place where
    a crash must do no harm; tests kill the process there.
    """

    def __init__(
        self, database: Engine, library: Library, clock: Clock, services: Services_co
    ) -> None:
        """Compose the engine; nothing is read from the database yet."""
        self.database = database
        self.library = library
        self.clock = clock
        self.services = services
        self.point: Point = pass_point
        self.recent_moves = RecentMoves()
        self.autocommit = database.execution_options(isolation_level="AUTOCOMMIT")

    def open(
        self,
        workflow: str,
        trigger: str,
        actor: Actor,
        values: Row,
        payload: Payload | None = None,
        reason: str | None = None,
    ) -> int:
        """Create a case by one of its workflow's ``from: new`` transitions; return its id."""
        definition = self.library.workflow(workflow)
        request = Request(trigger, actor, payload or {}, reason=reason)
        with self._recording(definition, None, request), self._work() as work:
            case_id = work.open(definition, values, request).case_id
            self.point("before_commit")
        self.point("after_commit")
        self._leave_at_once(work)
        return case_id

    def fire(  # noqa: PLR0913 - the face of the engine: each argument is part of one wish
        self,
        case_id: int,
        trigger: str,
        actor: Actor,
        payload: Payload | None = None,
        seen_version: int | None = None,
        reason: str | None = None,
        *,
        workflow: str | None = None,
    ) -> Moved:
        """Move a case and return where it stands, or raise what refused it (and record that).

        ``workflow`` saves a look-up where the caller knows it. States that are left at once are
        left before this returns, so the answer may be further than the target of the trigger.
        """
        definition = self._definition(case_id, workflow)
        request = Request(trigger, actor, payload or {}, seen_version, reason)
        with self._recording(definition, case_id, request):
            return self.move(definition, case_id, request)

    @contextmanager
    def together(self) -> Iterator[Work]:
        """Give a transaction in which an act of its own rows moves several cases, or none.

        A refusal that the caller lets pass undoes all of it; recording one is left to the caller.
        """
        with self._work() as work:
            yield work
            self.point("before_commit")
        self.point("after_commit")
        self._leave_at_once(work)

    def fire_many(  # noqa: PLR0913 - the same wish for many cases
        self,
        workflow: str,
        trigger: str,
        actor: Actor,
        ids: Sequence[int],
        *,
        reason: str | None = None,
        batch: str | None = None,
        dry_run: bool = False,
    ) -> Tally:
        """Move a set of cases, each on its own merits, and count; a dry run only judges."""
        request = Request(trigger, actor, reason=reason, batch=batch)
        return case_sets.move_ids(self, workflow, request, ids, dry_run=dry_run)

    def explain(
        self, case_id: int, actor: Actor, *, workflow: str | None = None
    ) -> list[Explained]:
        """Return every transition from the present state: allowed for the actor, or why not."""
        definition = self._definition(case_id, workflow)
        with self.database.connect() as connection:
            work = Work(self, connection, self.clock.now())
            definition, row = work.read(definition, case_id)
            return [
                Explained(move, _refusal(work, definition, row, _question(move, actor)))
                for move in definition.moves_from(row.state)
            ]

    def rehearse(self, case_id: int, request: Request, *, workflow: str | None = None) -> None:
        """Judge a move without making it; raise what would refuse it."""
        definition = self._definition(case_id, workflow)
        with self.database.connect() as connection:
            work = Work(self, connection, self.clock.now())
            definition, row = work.read(definition, case_id, request.trigger)
            work.judge(definition, request, row, rehearsal=True)

    def _definition(self, case_id: int, workflow: str | None) -> Definition:
        """Return what the case is pinned to; where the workflow is given, what it most likely is.

        Both paths check the guess against the row.
        """
        if case_id > MAX_ID:
            raise UnknownCase(case=case_id)
        if workflow is not None:
            return self.library.workflow(workflow)
        with self.database.connect() as connection:
            return Work(self, connection, self.clock.now()).definition_of(case_id)

    def move(self, definition: Definition, case_id: int, request: Request) -> Moved:
        """Move a case as ``fire`` does, but leave the recording of a refusal to the caller."""
        move = definition.transitions.get(request.trigger)
        if move is not None and move.pure:
            moved = self._move_by_statement(definition, case_id, request)
            if moved is not None:
                return self._leave(definition, moved) or moved
        # What the statement did not move is judged once more under a lock, which says why. The
        # trigger may also be one that only the definition of this very case still has.
        with self._work() as work:
            moved = work.move(definition, case_id, request, last=True)
        self.point("after_commit")
        return self._leave_at_once(work).get(case_id, moved)

    def _move_by_statement(
        self, definition: Definition, case_id: int, request: Request
    ) -> Moved | None:
        wanted = claim(definition, request)
        try:
            ask_claim(wanted)
        except Refused:
            return None
        shape = StatementShape(Selection.ONE, guards_of_rows(wanted))
        parameters = parameters_of(wanted, self.clock.now())
        parameters |= {"id": case_id, "seen": request.seen_version}
        with typed_errors():
            rows = fetch_alone(
                self.database, move_sql(definition, request.trigger, shape), parameters
            )
        if not rows or rows[0]["n"] is None:
            return None
        moved = Moved(case_id, rows[0]["n"], wanted.move.target)
        self.recent_moves.note(definition, moved)
        return moved

    @contextmanager
    def _work(self) -> Iterator[Work]:
        with typed_errors(), self.database.begin() as connection:
            work = Work(self, connection, self.clock.now())
            yield work
        for definition, moved in work.moved:
            self.recent_moves.note(definition, moved)

    @contextmanager
    def _recording(
        self, definition: Definition, case_id: int | None, request: Request
    ) -> Iterator[None]:
        try:
            yield
        except Refused as refusal:
            record_refusal(self, definition, case_id, request, refusal)
            raise

    def _leave_at_once(self, work: Work) -> dict[int, Moved]:
        """Leave the states that are left at once; return where their cases came to stand."""
        left = {moved.case_id: self._leave(definition, moved) for definition, moved in work.moved}
        return {case_id: moved for case_id, moved in left.items() if moved is not None}

    def _leave(self, definition: Definition, moved: Moved) -> Moved | None:
        state = definition.states[moved.state]
        if state.due != AT_ONCE:
            return None
        for trigger in state.then:
            request = Request(trigger, case_sets.TIMER, seen_version=moved.version)
            try:
                return self.move(definition, moved.case_id, request)
            except Refused as refusal:
                if refusal.code in case_sets.MOVED_MEANWHILE:
                    break  # somebody has it: what comes next is for them or the sweep to say
        return None


def _question(move: Transition, actor: Actor) -> Request:
    """Return the wish of somebody who only asks: a reason, where one is needed, comes later."""
    code = next(iter(move.reasons), move.name)
    return Request(move.name, actor, reason=f"{code}: {move.name}")


def _refusal(work: Work, definition: Definition, row: CaseRow, request: Request) -> Refused | None:
    try:
        work.judge(definition, request, row, rehearsal=True)
    except Refused as refusal:
        return refusal
    return None
