"""Owns conformance: whether each entry is a move that the definition it names allows.

One statement goes over the whole journal: it follows each case from entry to entry and holds every
move against the published definitions. Hashes are the matter of ``workflow/journal.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from states.journal import PublishedDefinition
from workflow.definition import NEW
from workflow.four_eyes import rounds_of
from workflow.refusal import DefinitionMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Engine

    from workflow.definition import Definition, Transition
    from workflow.library import Library

MOST_SAMPLES = 10
"""How many entries are named for each reason; all are counted."""

REASONS = (
    "unreadable",
    "unknown_definition",
    "unknown_move",
    "gap",
    "discontinuity",
    "repinned",
    "wrong_source",
    "wrong_target",
    "role",
    "not_own_case",
    "own_case",
    "same_person",
)
"""Why an entry is no legal move: see ``docs/journal.md``."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry that differs: its case, number, workflow and transition."""

    case: int
    n: int
    workflow: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason, how many entries have it, and the first of them in the order of the journal."""

    reason: str
    count: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Conformance:
    """The outcome: how many entries were judged, and the differences by reason."""

    entries: int
    differences: tuple[Difference, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Say whether every entry is a legal move."""
        return not self.differences


def conform(database: Engine, library: Library) -> Conformance:
    """Judge every entry of the journal as of one moment.

    Whether somebody was the subject of a case, or made an earlier move under another name, is
    judged by what is known of him now: an account that was tied to a person later counts as if it
    always had been.
    """
    with database.connect() as connection:
        moves = [
            move for definition in published(connection, library) for move in _moves(definition)
        ]
        statement = _SQL.format(cases=_cases(library), samples=MOST_SAMPLES, new=NEW)
        parameters = {"moves": json.dumps(moves), "order": list(REASONS)}
        rows = connection.execute(text(statement), parameters).all()
    total = rows[0].total
    return Conformance(total, tuple(_difference(row) for row in rows if row.reason is not None))


def published(connection: Connection, library: Library) -> Iterator[Definition]:
    """Yield the published definitions, oldest first, but none that is not what its name says."""
    known = select(PublishedDefinition.sha256).order_by(
        PublishedDefinition.published_at, PublishedDefinition.sha256
    )
    for sha256 in connection.scalars(known).all():
        try:
            yield library.published(sha256)
        except DefinitionMissing:
            continue


def _moves(definition: Definition) -> Iterator[Mapping[str, object]]:
    for move in definition.transitions.values():
        yield {
            "definition": definition.sha256,
            "workflow": definition.name,
            "trigger": move.name,
            "source": move.source,
            "target": move.target,
            "roles": move.by,
            "own": _own(definition, move),
            "not_by": move.not_by,
            "rounds": rounds_of(definition, move),
            "not_subject": move.not_subject,
        }


def _own(definition: Definition, move: Transition) -> list[str]:
    """Return the roles of a move that reach only one's own case."""
    return [role for role in move.by if definition.roles[role].subject_only]


def _cases(library: Library) -> str:
    tables = sorted({(now.table, now.subject) for now in library.current.values()})
    return " UNION ALL ".join(f"SELECT id, {subject} AS person FROM {table}"
                              for table, subject in tables)  # fmt: skip


def _difference(row: Any) -> Difference:  # noqa: ANN401 - a row of a statement has no type
    return Difference(row.reason, row.entries, tuple(Sample(**sample) for sample in row.samples))


# What the text of an entry says counts, not the columns beside it: only the text was hashed.
_SQL = """
WITH moves AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:moves AS jsonb)) m(definition text, workflow text,
        trigger text, source text[], target text, roles text[], own text[], not_by text[],
        rounds jsonb, not_subject boolean)
),
definitions AS MATERIALIZED (SELECT DISTINCT definition, workflow FROM moves),
cases AS ({cases}),
read AS (
    SELECT case_id, n, workflow, trigger, journal_said(body) AS said FROM journal OFFSET 0
),
told AS (
    SELECT case_id, n, workflow, trigger, said ->> 'definition' AS definition,
        said ->> 'workflow' AS told_workflow, said ->> 'trigger' AS move, said ->> 'actor' AS actor,
        said ->> 'role' AS role, said ->> 'from' AS source, said ->> 'to' AS target,
        jsonb_typeof(said) IS DISTINCT FROM 'object' AS unreadable
    FROM read
),
followed AS (
    SELECT told.*, lag(n, 1, 0) OVER chain AS before,
        lag(target, 1, '{new}') OVER chain AS stood, lag(definition) OVER chain AS pinned
    FROM told WINDOW chain AS (PARTITION BY case_id ORDER BY n)
),
judged AS (
    SELECT f.case_id, f.n, f.workflow, f.trigger, array_remove(ARRAY[
        CASE WHEN f.unreadable THEN 'unreadable' END,
        CASE WHEN NOT f.unreadable AND d.definition IS NULL THEN 'unknown_definition' END,
        CASE WHEN d.definition IS NOT NULL AND m.trigger IS NULL THEN 'unknown_move' END,
        CASE WHEN f.n <> f.before + 1 THEN 'gap' END,
        CASE WHEN f.source IS DISTINCT FROM f.stood THEN 'discontinuity' END,
        CASE WHEN f.pinned <> f.definition THEN 'repinned' END,
        CASE WHEN (f.source = ANY(m.source)) IS NOT TRUE AND m.trigger IS NOT NULL
            THEN 'wrong_source' END,
        CASE WHEN f.target IS DISTINCT FROM m.target AND m.trigger IS NOT NULL
            THEN 'wrong_target' END,
        CASE WHEN (f.role = ANY(m.roles)) IS NOT TRUE AND m.trigger IS NOT NULL THEN 'role' END,
        CASE WHEN f.role = ANY(m.own) AND a.person IS DISTINCT FROM c.person
            THEN 'not_own_case' END,
        CASE WHEN m.not_subject AND a.person = c.person THEN 'own_case' END,
        CASE WHEN f.role <> 'system' AND cardinality(m.not_by) > 0 AND EXISTS (
            SELECT FROM journal e WHERE e.case_id = f.case_id AND e.n < f.n
                AND e.trigger = ANY(m.not_by)
                AND (e.actor = f.actor OR e.actor = 'person:' || a.person OR e.actor IN (
                    SELECT 'user:' || o.id FROM office_user o WHERE o.person_id = a.person))
                AND e.n > coalesce((SELECT max(k.n) FROM journal k WHERE k.case_id = f.case_id
                    AND m.rounds -> e.trigger ? k.trigger AND k.n < (
                        SELECT max(l.n) FROM journal l WHERE l.case_id = f.case_id
                            AND l.trigger = e.trigger AND l.n < f.n)), 0)
            ) THEN 'same_person' END
    ], NULL) AS reasons
    FROM followed f
    LEFT JOIN definitions d ON d.definition = f.definition AND d.workflow = f.told_workflow
    LEFT JOIN moves m ON m.definition = d.definition AND m.trigger = f.move
    LEFT JOIN cases c ON c.id = f.case_id
    LEFT JOIN office_user u ON f.actor = 'user:' || u.id
    CROSS JOIN LATERAL (SELECT CASE WHEN f.actor ~ '^person:[0-9]{{1,18}}$'
        THEN CAST(substr(f.actor, 8) AS bigint) ELSE u.person_id END AS person) a
),
ranked AS (
    SELECT r.reason, j.*, row_number() OVER (PARTITION BY r.reason ORDER BY case_id, n) AS place
    FROM judged j CROSS JOIN LATERAL unnest(j.reasons) r(reason) WHERE cardinality(j.reasons) > 0
),
counted AS (
    SELECT reason, count(*) AS entries, jsonb_agg(jsonb_build_object('case', case_id, 'n', n,
            'workflow', workflow, 'trigger', trigger) ORDER BY place)
        FILTER (WHERE place <= {samples}) AS samples
    FROM ranked GROUP BY reason
)
SELECT all_of.total, counted.* FROM (SELECT count(*) AS total FROM journal) all_of
    LEFT JOIN counted ON true ORDER BY array_position(CAST(:order AS text[]), reason)
"""
