"""Owns the pages of the journal: its entries, or the refused attempts, newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, tuple_

from states.journal import JournalEntry, RefusedAttempt
from states.reference import LETTERS, reference
from states.tables import METADATA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Engine, Row, Select

    from workflow.export import JournalFilter

    Rows = Select[*tuple[Any, ...]]

PAGE = 50
"""Rows on a page."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The last row of a page: its moment and what tells rows of one moment apart."""

    at: datetime
    first: int
    second: int

    def __str__(self) -> str:
        """Write the mark as it stands in an address."""
        return f"{self.at.isoformat()}~{self.first}~{self.second}"

    @classmethod
    def read(cls, text: str) -> Mark | None:
        """Read a mark; one that is not ours is the first page."""
        parts = text.split("~")
        try:
            at, first, second = datetime.fromisoformat(parts[0]), int(parts[1]), int(parts[2])
        except (ValueError, IndexError):
            return None
        return cls(at, first, second) if at.tzinfo is not None else None


@dataclass(frozen=True, slots=True)
class Line:
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
    database: Engine, wanted: JournalFilter, after: Mark | None
) -> tuple[list[Line], Mark | None]:
    """Return a page of entries and the mark of the next page."""
    entry = JournalEntry
    order = tuple_(entry.at, entry.case_id, entry.n)
    query: Rows = wanted.apply(
        select(entry.at, entry.case_id, entry.n, entry.workflow, entry.body, entry.hash)
    )
    if after is not None:
        query = query.where(order < tuple_(after.at, after.first, after.second))
    query = query.order_by(entry.at.desc(), entry.case_id.desc(), entry.n.desc())
    rows, more = _rows(database, query)
    mark = Mark(rows[-1].at, rows[-1].case_id, rows[-1].n) if more else None
    return [_move(row) for row in rows], mark


def refusals(
    database: Engine, wanted: JournalFilter, after: Mark | None
) -> tuple[list[Line], Mark | None]:
    """Return a page of refused attempts and the mark of the next page."""
    attempt = RefusedAttempt
    query = refused_query(wanted)
    if after is not None:
        query = query.where(tuple_(attempt.at, attempt.id) < tuple_(after.at, after.first))
    rows, more = _rows(database, query.order_by(attempt.at.desc(), attempt.id.desc()))
    mark = Mark(rows[-1].at, rows[-1].id, 0) if more else None
    return [_refusal(row) for row in rows], mark


def refused_query(wanted: JournalFilter) -> Rows:
    """Return the query of the refused attempts that a filter finds."""
    columns = METADATA.tables[RefusedAttempt.__tablename__].c
    query: Rows = select(*columns)
    if wanted.since is not None:
        query = query.where(columns.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(columns.at < wanted.until)
    for name in ("case_id", "trigger", "actor", "batch"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(columns[name] == value)
    return query


def count(database: Engine, wanted: JournalFilter, *, refused: bool) -> int:
    """Return how many rows the filter finds."""
    query = refused_query(wanted) if refused else wanted.apply(select(JournalEntry.n))
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(query.subquery())) or 0


def _rows(database: Engine, query: Rows) -> tuple[Sequence[Row[Any]], bool]:
    with database.connect() as connection:
        rows = connection.execute(query.limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def _move(row: Row[Any]) -> Line:
    said = json.loads(row.body)
    return Line(
        at=row.at,
        reference=_reference(row.workflow, row.case_id),
        workflow=row.workflow,
        trigger=said["trigger"],
        actor=said["actor"],
        role=said["role"],
        batch=said["batch"],
        source=said["from"],
        target=said["to"],
        n=row.n,
        reason=said["reason"],
        definition=said["definition"],
        verdicts={**said["rules"], **said["checks"]},
        hash=row.hash.hex(),
    )


def _refusal(row: Row[Any]) -> Line:
    return Line(
        at=row.at,
        reference=_reference(row.workflow, row.case_id) if row.case_id is not None else "",
        workflow=row.workflow,
        trigger=row.trigger,
        actor=row.actor,
        role=row.role or "",
        batch=row.batch,
        source=row.state,
        code=row.code,
        params=row.params,
    )


def _reference(workflow: str, case_id: int) -> str:
    return reference(workflow, case_id) if workflow in LETTERS else str(case_id)
