"""The pages of the journal: its entries, or the refused attempts, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from states.kit.reference import LETTERS, read_number, reference
from workflow.journal import browse
from workflow.model.entry import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Engine, Row

    from workflow.journal.export import JournalFilter

PAGE = 50
"""Rows on a page."""


@dataclass(frozen=True, slots=True)
class JournalCursor:
    """The last row of a page: its moment and what tells rows of one moment apart."""

    at: datetime
    first: int
    second: int

    def __str__(self) -> str:
        """Write the mark as it stands in an address."""
        return f"{self.at.isoformat()}~{self.first}~{self.second}"

    @property
    def place(self) -> browse.Place:
        """The place as the journal knows it."""
        return self.at, self.first, self.second

    @classmethod
    def read(cls, text: str) -> JournalCursor | None:
        """Read a mark; one that is not ours is the first page."""
        written, _, numbers = text.partition("~")
        first, second = map(read_number, numbers.partition("~")[::2])
        if first is None or second is None:
            return None
        try:
            at = datetime.fromisoformat(written)
        except ValueError:
            return None
        return None if at.tzinfo is None else cls(at, first, second)


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row of the journal page; a refused attempt has a ``code`` instead of a target."""

    at: datetime
    reference: str
    workflow: str
    trigger: str
    actor: str
    role: str
    batch: str | None
    source: str | None
    target: str | None = None
    n: int | None = None
    reason: str | None = None
    definition: str | None = None
    verdicts: Mapping[str, str] | None = None
    hash: str = ""
    code: str = ""
    params: Mapping[str, Any] | None = None


def moves(
    database: Engine, criteria: JournalFilter, after: JournalCursor | None
) -> tuple[list[JournalRow], JournalCursor | None]:
    """Return a page of entries and the mark of the next page."""
    rows = browse.entries(database, criteria, after.place if after else None, PAGE + 1)
    mark = (
        JournalCursor(rows[PAGE - 1].at, rows[PAGE - 1].case_id, rows[PAGE - 1].n)
        if rows[PAGE:]
        else None
    )
    return [_move(row) for row in rows[:PAGE]], mark


def refusals(
    database: Engine, criteria: JournalFilter, after: JournalCursor | None
) -> tuple[list[JournalRow], JournalCursor | None]:
    """Return a page of refused attempts and the mark of the next page."""
    rows = browse.refusals(database, criteria, after.place if after else None, PAGE + 1)
    mark = JournalCursor(rows[PAGE - 1].at, rows[PAGE - 1].id, 0) if rows[PAGE:] else None
    return [_refusal(row) for row in rows[:PAGE]], mark


def _move(row: Row[Any]) -> JournalRow:
    """Return an entry as it reads; of one that was tampered with, what the columns say."""
    said: Mapping[str, Any] = parsed(row.body)
    return JournalRow(
        at=row.at,
        reference=reference_of(row.workflow, row.case_id),
        workflow=row.workflow,
        trigger=row.trigger,
        actor=row.actor,
        role=said.get("role", ""),
        batch=row.batch,
        source=said.get("from"),
        target=said.get("to"),
        n=row.n,
        reason=said.get("reason"),
        definition=said.get("definition"),
        verdicts={**said.get("rules", {}), **said.get("checks", {})},
        hash=row.hash.hex(),
    )


def _refusal(row: Row[Any]) -> JournalRow:
    return JournalRow(
        at=row.at,
        reference=reference_of(row.workflow, row.case_id) if row.case_id is not None else "",
        workflow=row.workflow,
        trigger=row.trigger,
        actor=row.actor,
        role=row.role or "",
        batch=row.batch,
        source=row.state,
        code=row.code,
        params=row.params,
    )


def reference_of(workflow: str, case_id: int) -> str:
    """Return the number people quote for a case, its bare number where there is none."""
    return reference(workflow, case_id) if workflow in LETTERS else str(case_id)
