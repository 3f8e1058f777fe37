"""Conformance: whether each entry is a move that the definition it names allows.

One statement goes over the whole journal: it follows each case from entry to entry and holds every
move against the published definitions. Others hold what entries name against what is there, and
what the product adds holds its rows against what entries say of them. Hashes are the matter of
``workflow/journal/verification.py``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from states.logs.journal import JournalEntry, PublishedDefinition
from workflow.engine.four_eyes import rounds_of
from workflow.journal import conformance_sql as sql
from workflow.journal.finding import MOST_SAMPLES, ComparisonBasis, Difference, Sample, differences
from workflow.journal.snapshot import in_turns, one_moment
from workflow.model.machine import NEW
from workflow.model.refusal import DefinitionMissing
from workflow.model.verdict import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Engine

    from workflow.engine.library import Library
    from workflow.model.definition import Definition, Transition

    Comparison = Callable[[ComparisonBasis], Iterable[Difference]]

ALLOWED = Answer.ALLOW.value
"""What an entry says of each rule and check of a move that was made."""

LEEWAY = "10 seconds"
"""By how much an entry may be older than the one before it.

Two moves of one case that came at once were stamped when they came and written when the row was
theirs; nobody waits longer for a row (`states.postgres.database.PATIENCE`).
"""

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
    "earlier",
    "rules",
    "checks",
    "moment",
    "unknown_document",
    "unknown_batch",
    "unpublished",
    "numbers",
)
"""Why an entry is no legal move: see ``docs/journal.md``."""


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
    judged by what is known of them now: an account that was tied to a person later counts as if it
    always had been.
    """
    with one_moment(database) as connections:
        definitions = tuple(published(connections[0], library))
        entries = connections[0].scalar(select(func.count()).select_from(JournalEntry))

        def run(compare: Comparison, connection: Connection) -> tuple[Difference, ...]:
            return tuple(compare(ComparisonBasis(connection, definitions, library.registry)))

        found = in_turns(connections, [partial(run, one) for one in _comparisons(library)])
    return Conformance(entries or 0, tuple(one for some in found for one in some))


def _comparisons(library: Library) -> Iterator[Comparison]:
    """Yield what is asked of the journal, the longest first; so it is reported."""
    yield partial(_judged, library)
    for statement in (sql.DOCUMENTS, sql.BATCHES, sql.DEFINITIONS, sql.NUMBERS):
        yield partial(_stated, statement.format(cases=_cases(library)))
    yield from library.witnesses.comparisons


def _stated(statement: str, told: ComparisonBasis) -> Iterator[Difference]:
    """Hold what entries name against what is there."""
    return differences(told, statement)


def _judged(library: Library, told: ComparisonBasis) -> Iterator[Difference]:
    """Judge the moves and yield the differences by reason."""
    moves = [move for definition in told.definitions for move in _moves(definition)]
    statement = sql.MOVES.format(
        cases=_cases(library), samples=MOST_SAMPLES, new=NEW, leeway=LEEWAY
    )
    parameters = {"moves": json.dumps(moves), "order": list(REASONS)}
    for row in told.connection.execute(text(statement), parameters):
        samples = tuple(Sample(**sample) for sample in row.samples)
        yield Difference(row.reason, row.entries, samples)


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
            "rules": dict.fromkeys(move.rules, ALLOWED),
            "checks": dict.fromkeys(move.check, ALLOWED),
        }


def _own(definition: Definition, move: Transition) -> list[str]:
    """Return the roles of a move that reach only one's own case."""
    return [role for role in move.by if definition.roles[role].subject_only]


def _cases(library: Library) -> str:
    tables = sorted({(now.table, now.subject) for now in library.current.values()})
    columns = "id, definition, created_at, entered_at"
    return " UNION ALL ".join(f"SELECT {columns}, {subject} AS person FROM {table}"
                              for table, subject in tables)  # fmt: skip
