"""The verification of the journal in the background: asked for once, done by whichever worker.

What is asked for stands in a row, so that it outlives both the browser and the worker; the worker
that proves holds an advisory lock, which goes when it dies, and another begins anew.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from states.kit.log_events import LogEvent
from states.logs.journal import JournalEntry
from states.logs.proof import CHAINS, DONE, MOVES, WAITING, Proof
from workflow.journal.conformance import conform
from workflow.journal.verification import verify
from workflow.model.clock import SystemClock
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row

    from workflow.engine.engine import CaseEngine
    from workflow.model.actor import Actor

log = structlog.get_logger()

LOCK_SPACE = 0x4E4550
"""The first key of the advisory lock of the worker at a proof; the second is the proof's id."""

FRESH = timedelta(minutes=1)
"""How old the last sign of life of a worker may be."""


def ask(engine: CaseEngine[object], actor: Actor) -> bool:
    """Ask for a proof; False when one is already asked for or under way."""
    statement = (
        insert(Proof)
        .values(asked_at=engine.clock.now(), asked_by=actor.name, stage=WAITING)
        .on_conflict_do_nothing()
        .returning(Proof.id)
    )
    with engine.database.begin() as connection:
        return connection.scalar(statement) is not None


def open_proof(database: Engine) -> Row[tuple[Proof]] | None:
    """Return the row of the proof that is asked for or under way."""
    with database.connect() as connection:
        return connection.execute(_ROWS.where(Proof.finished_at.is_(None))).one_or_none()


def last_proof(database: Engine) -> Row[tuple[Proof]] | None:
    """Return the row of the newest finished proof."""
    with database.connect() as connection:
        return connection.execute(
            _ROWS.where(Proof.finished_at.is_not(None)).order_by(Proof.id.desc()).limit(1)
        ).one_or_none()


def worker_alive(database: Engine) -> bool:
    """Say whether a worker has shown a sign of life within the last minute."""
    # Hearts beat in real time, whatever clock the office is given.
    since = SystemClock().now() - FRESH
    with database.connect() as connection:
        return bool(connection.scalar(text(_ALIVE), {"since": since}))


_ROWS = select(*Proof.__table__.columns)
_ALIVE = "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > :since)"


def prove(engine: CaseEngine[object]) -> bool:
    """Do the proof that is asked for, unless another worker is at it; say whether it was done."""
    waiting = open_proof(engine.database)
    if waiting is None:
        return False
    with held_alone(engine, LOCK_SPACE, waiting.id) as holder:
        if holder is None:
            return False
        _Prover(engine, holder, waiting.id).run()
    return True


class _Prover:
    """One run over the journal, telling its row how far it has come."""

    def __init__(self, engine: CaseEngine[object], holder: Connection, proof_id: int) -> None:
        self._office = engine
        self._holder = holder
        self._id = proof_id

    def run(self) -> None:
        """Recompute every hash, judge every move, count the cases, and close the row."""
        database, library = self._office.database, self._office.library
        total = self._holder.scalar(select(func.count()).select_from(JournalEntry))
        self._write(started_at=self._office.clock.now(), stage=CHAINS, total=total, done=0)
        chains = verify(database, library, tell=lambda done: self._write(done=done))
        self._write(stage=MOVES, done=chains.entries, total=chains.entries, cases=chains.cases)
        moves = conform(database, library)
        self._write(
            stage=DONE,
            finished_at=self._office.clock.now(),
            found=chains.found,
            problems=[
                {
                    "case": found.case_id, "n": found.n, "kind": found.kind, "text": found.text,
                    "row": found.row,
                }
                for found in chains.problems
            ],
            recomputed=chains.recomputed,
            differences=[asdict(found) for found in moves.differences],
            pinned=self._pinned(),
        )  # fmt: skip
        log.info(LogEvent.JOURNAL_PROVED, ok=chains.ok and moves.ok, entries=chains.entries)

    def _pinned(self) -> dict[str, int]:
        """Return how many cases are pinned to each definition by now."""
        tables = sorted({now.table for now in self._office.library.current.values()})
        counts = (f"SELECT definition, count(*) AS cases FROM {table} GROUP BY 1"
                  for table in tables)  # fmt: skip
        rows = self._holder.execute(text(" UNION ALL ".join(counts)))
        return {row.definition: row.cases for row in rows}

    def _write(self, **values: object) -> None:
        self._holder.execute(update(Proof).where(Proof.id == self._id).values(values))
