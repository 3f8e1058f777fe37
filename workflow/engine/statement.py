"""The one SQL statement that moves cases: guard, move, chained journal entry, effects.

A case or a million go through the same text; only the selection differs. The statement says for
each row that is selected why it may not move, moves the others, writes their entries and queues
their effects, and answers one row (one case) or counts (many).

The rows of a set are locked first. One case is not: it moves only if its row is still the one that
was judged, and where somebody was faster, nothing comes back and the case is judged under a lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from workflow.engine.guards import Rows, refusal_sql
from workflow.model.definition import AT_ONCE
from workflow.rules.evaluation import due_sql

if TYPE_CHECKING:
    from workflow.model.definition import Definition, Transition

EFFECT_TASK = "effect"
"""The name of the queue and of the task that runs effects."""


class Selection(StrEnum):
    """Which cases a statement looks at; each is a condition over alias c."""

    ONE = "c.id = :id"
    IDS = "c.id = ANY(:ids)"
    DUE = (
        "c.state = :state AND c.definition = :definition AND c.due_at <= :as_of"
        " AND (c.due_at, c.id) > (:after_due, :after_id)"
        # By a hash: numbers of one workflow may all be even, since all share one sequence.
        " AND abs(hashint8(c.id)::bigint) % CAST(:shares AS bigint) = CAST(:share AS bigint)"
    )


# Sets are locked in one order, so that two that meet never wait for each other in a ring; a sweep
# leaves rows alone that another sweep holds, a person's set waits for them.
_ORDERS = {
    Selection.ONE: "",
    Selection.IDS: " ORDER BY c.id",
    Selection.DUE: " ORDER BY c.due_at, c.id LIMIT :limit",
}
_LOCKS = {
    Selection.ONE: "",
    Selection.IDS: " FOR UPDATE OF c",
    Selection.DUE: " FOR UPDATE OF c SKIP LOCKED",
}


@dataclass(frozen=True, slots=True)
class StatementShape:
    """What a statement is made for.

    ``guards`` names what is asked of each row (``guards_of_rows``); ``dry`` only judges.
    """

    selection: Selection
    guards: tuple[str, ...]
    dry: bool = False

    @property
    def many(self) -> bool:
        """Say whether the statement answers counts instead of a row."""
        return self.selection is not Selection.ONE


@lru_cache(maxsize=1024)
def move_sql(definition: Definition, trigger: str, shape: StatementShape) -> str:
    """Return the statement for the psycopg driver, with its named parameters."""
    move = definition.transitions[trigger]
    parts = [_chosen(definition, move, shape)]
    if not shape.dry:
        parts += [_moved(definition, move, shape), _logged(_BODY)]
        if move.effects:
            parts.append(_queued(move))
    return driver_sql("WITH " + ",\n".join(parts) + "\n" + _answer(definition, move, shape))


@lru_cache(maxsize=1024)
def judged_sql(definition: Definition, trigger: str, *, last: bool = False) -> str:
    """Return the statement for a case that was judged in Python under its lock.

    Entry and hash come as values; only the version is guarded. No row comes back when a handler has
    moved this very case meanwhile; ``last``, which is sent with its COMMIT, divides by zero then,
    so that nothing is committed.
    """
    move = definition.transitions[trigger]
    parts = [_GIVEN, _moved_as_judged(definition, move), _logged("body")]
    if move.effects:
        parts.append(_queued(move))
    return driver_sql("WITH " + ",\n".join(parts) + "\n" + (_ONE_MOVED if last else _MOVED))


_MOVED = "SELECT n FROM moved"
_ONE_MOVED = "SELECT 1 / count(*) AS n FROM moved"

_GIVEN = (
    "written AS (SELECT CAST(:id AS bigint) AS id, CAST(:n AS integer) AS n, :body AS body,"
    " CAST(:prev AS bytea) AS head, CAST(:hash AS bytea) AS hash,"
    " CAST(:now AS timestamptz) AS at)"
)


DIALECT = create_engine("postgresql+psycopg://").dialect


def driver_sql(source: str) -> str:
    """Return SQL with ``:name`` parameters in the form the psycopg driver takes."""
    return str(text(source).compile(dialect=DIALECT))


# An entry is never dated before the one in front of it: the clock of the machine that wrote that
# one may have been ahead of ours. The row keeps the moment of its last entry.
_AT = "greatest(c.entered_at, CAST(:now AS timestamptz))"

_AT_TEXT = (
    "CASE WHEN w.at > :now"
    """ THEN to_char(w.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ELSE :at END"""
)


def _chosen(definition: Definition, move: Transition, shape: StatementShape) -> str:
    refusal = refusal_sql(Rows(definition, move, shape.many), shape.guards)
    columns = [
        "c.id",
        "c.version + 1 AS n",
        "c.state",
        "c.head",
        f"{_AT} AS at",
        f"CAST({due_sql(definition, move.target, _AT)} AS timestamptz) AS next_due",
        f"{refusal} AS refusal",
        "c.due_at" if shape.many else "c.xmin AS written_by",
    ]
    if move.effects:
        columns.append(f"{_urgency(definition)} AS urgency")
    lock = "" if shape.dry else _LOCKS[shape.selection]
    return (
        f"chosen AS MATERIALIZED (SELECT {', '.join(columns)}"
        f" FROM {definition.table} c WHERE {shape.selection}{_ORDERS[shape.selection]}{lock})"
    )


def _urgency(definition: Definition) -> str:
    """Return the queue priority: the sooner the day, the higher; no date is most urgent.

    Counted from one day for ever, so that what is queued on different days stands in one order.
    """
    if definition.urgency is None:
        return "0"
    return f"coalesce(DATE '2000-01-01' - {definition.facts[definition.urgency].sql}, 0)"


# The text is put together twice, for the hash and for the entry: that costs less than to carry it
# from the one to the other for a whole set.
_BODY = f":b0 || {_AT_TEXT} || :b1 || w.id || :b2 || w.state || :b3 || w.n || :b4"


def _moved(definition: Definition, move: Transition, shape: StatementShape) -> str:
    # Who has written the row since is not asked of a set: nobody can, it is locked.
    unchanged = "" if shape.many else " AND c.xmin = w.written_by"
    return (
        f"moved AS (UPDATE {definition.table} c SET state = '{move.target}', version = w.n,"
        f" head = sha256(w.head || convert_to({_BODY}, 'UTF8')),"
        " due_at = w.next_due, entered_at = w.at FROM chosen w"
        f" WHERE c.id = w.id AND w.refusal IS NULL{unchanged}"
        " RETURNING w.*, c.head AS hash)"
    )


def _moved_as_judged(definition: Definition, move: Transition) -> str:
    return (
        f"moved AS (UPDATE {definition.table} c SET state = '{move.target}', version = w.n,"
        f" head = w.hash, due_at = CAST({due_sql(definition, move.target)} AS timestamptz),"
        " entered_at = w.at FROM written w WHERE c.id = w.id AND c.version = :seen"
        f" RETURNING w.*, {_urgency(definition)} AS urgency)"
    )


def _logged(body: str) -> str:
    return (
        "logged AS (INSERT INTO journal"
        " (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)"
        f" SELECT w.id, w.n, :workflow, :trigger, :actor, :batch, w.at, {body}, w.head, w.hash"
        " FROM moved w)"
    )


def _queued(move: Transition) -> str:
    names = ", ".join(f"('{name}', '{party(name)}')" for name in move.effects)
    return (
        "queued AS (INSERT INTO procrastinate_jobs"
        " (queue_name, task_name, priority, lock, queueing_lock, args)"
        f" SELECT '{EFFECT_TASK}', '{EFFECT_TASK}', m.urgency, 'case/' || m.id || '/' || e.party,"
        " m.id || '/' || m.n || '/' || e.name,"
        " jsonb_build_object('case', m.id, 'n', m.n, 'name', e.name)"
        f" FROM moved m CROSS JOIN (VALUES {names}) e(name, party))"
    )


def party(effect: str) -> str:
    """Return whom an effect goes to: those of one case to one party run in their order.

    A courier that is away holds back what else it is asked for, and no letter.
    """
    return effect.partition(".")[0]


def _answer(definition: Definition, move: Transition, shape: StatementShape) -> str:
    if not shape.many:
        moved = "NULL" if shape.dry else "(SELECT n FROM moved)"
        return f"SELECT refusal, {moved} AS n FROM chosen"
    # Moved cases are named only where somebody must go on with them: there may be many.
    goes_on = definition.states[move.target].due == AT_ONCE
    named = "" if goes_on else " FILTER (WHERE refusal IS NOT NULL)"
    return (
        f"SELECT refusal, count(*) AS cases, array_agg(id){named} AS ids,"
        " (SELECT due_at FROM chosen ORDER BY due_at DESC, id DESC LIMIT 1) AS last_due,"
        " (SELECT id FROM chosen ORDER BY due_at DESC, id DESC LIMIT 1) AS last_id"
        " FROM chosen GROUP BY refusal"
    )
