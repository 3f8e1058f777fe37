"""What a check finds: by reason how many, the first of them, each with its case or its row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from workflow.model.definition import Definition
    from workflow.model.registry import Registry

MOST_SAMPLES = 10
"""How many are named for each reason; all are counted."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry that differs: its case, number, workflow and transition.

    ``row`` names what beside the entry differs (``signature 3: container_sha256``); where no entry
    is at fault number and transition are 0 and "", and without a case that is 0 too.
    """

    case: int
    n: int
    workflow: str
    trigger: str
    row: str = ""

    def __str__(self) -> str:
        """Name it in English, for the terminal."""
        entry = f" entry {self.n}" if self.n else ""
        case = f"case {self.case}{entry}" if self.case else ""
        return ": ".join(part for part in (case, self.row) if part)


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason, how many have it, and the first of them in the order of the journal."""

    reason: str
    count: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class ComparisonBasis:
    """What a comparison may rest on: the definitions that were published, and the handlers."""

    connection: Connection
    definitions: Sequence[Definition]
    registry: Registry

    def doing(self, workflow: str, *handlers: str) -> list[str]:
        """Return the moves of a workflow, of whatever definition, that do one of these."""
        wanted = set(handlers)
        return sorted({
            move.name
            for definition in self.definitions
            if definition.name == workflow
            for move in definition.transitions.values()
            if wanted & {*move.check, *move.do}
        })  # fmt: skip


def differences(
    told: ComparisonBasis, statement: str, parameters: Mapping[str, object] | None = None
) -> Iterator[Difference]:
    """Run a statement that gives reason, case_id, n, workflow, trigger and row of what differs.

    However many there are, PostgreSQL counts them and hands over the first of each reason.
    """
    rows = told.connection.execute(text(_FIRST.format(statement=statement)), parameters or {})
    counts: Counter[str] = Counter()
    samples: dict[str, list[Sample]] = {}
    for row in rows:
        counts[row.reason] = row.entries
        sample = Sample(
            row.case_id or 0, row.n or 0, row.workflow or "", row.trigger or "", row.row
        )
        samples.setdefault(row.reason, []).append(sample)
    return (Difference(reason, counts[reason], tuple(found)) for reason, found in samples.items())


_FIRST = f"""
WITH found AS MATERIALIZED ({{statement}}),
ranked AS (
    SELECT *, count(*) OVER (PARTITION BY reason) AS entries,
        row_number() OVER (PARTITION BY reason ORDER BY case_id, n, row) AS place FROM found
)
SELECT * FROM ranked WHERE place <= {MOST_SAMPLES} ORDER BY reason, place
"""


@dataclass(slots=True)
class DifferenceTally:
    """Counts what a check in Python finds, row by row, and keeps the first of each reason."""

    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def add(self, reason: str, sample: Sample) -> None:
        """Take one more."""
        self.counts[reason] += 1
        kept = self.samples.setdefault(reason, [])
        if len(kept) < MOST_SAMPLES:
            kept.append(sample)

    def differences(self) -> Iterator[Difference]:
        """Return what was found."""
        return (
            Difference(reason, self.counts[reason], tuple(kept))
            for reason, kept in self.samples.items()
        )
