"""What the pages of batches show: groups with samples, lines by keyset, the takeout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from states.cases.batch import Batch, BatchItem
from states.kit.reference import reference
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.kit.batches import messages as bulk_words
from web.kit.batches.messages import MOVED
from workflow.engine.transaction import table_of
from workflow.journal.export import BYTE_ORDER_MARK, csv_line
from workflow.running import batch as batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from sqlalchemy import ColumnElement, Engine, Row

    from workflow.model.definition import Definition, Transition

PAGE = 50
"""Rows on a page."""

SAMPLES = 5
"""Cases named beside each group."""

BLOCK = 2_000
"""Rows of a takeout held in memory at once."""

HEAD = (
    _("Başvuru"),
    _("Sonuç"),
    _("Neden kodu"),
    _("Neden"),
    _("Provadaki sonuç"),
    _("Görülen sürüm"),
)


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """Cases that came to the same: how many, why, and some of them."""

    code: str
    text: str
    cases: int
    samples: tuple[str, ...]

    @property
    def moved(self) -> bool:
        """Say whether they moved, or may move."""
        return self.code == MOVED


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One case of a result: what came of it in words, and where it stands now."""

    reference: str
    outcome: str
    text: str
    state: str


def _code(*, rehearsal: bool) -> ColumnElement[str | None]:
    if rehearsal:
        return BatchItem.rehearsed.expression
    return func.coalesce(BatchItem.code, BatchItem.outcome)


def groups(
    database: Engine, batch: Batch, definition: Definition, *, rehearsal: bool
) -> list[OutcomeGroup]:
    """Return what came of a rehearsal or a run, the moved ones first, then by number."""
    found = batches.counts(database, batch.id, rehearsal=rehearsal)
    samples = _samples(database, batch.id, list(found), rehearsal=rehearsal)
    move = definition.transitions.get(batch.trigger)
    listed = [
        OutcomeGroup(
            code,
            "" if code == MOVED else bulk_words.reason_of(definition, move, code),
            cases,
            tuple(reference(batch.workflow, case) for case in samples.get(code, ())),
        )
        for code, cases in found.items()
    ]
    return sorted(listed, key=lambda group: not group.moved)


def _samples(
    database: Engine, batch_id: int, codes: Sequence[str], *, rehearsal: bool
) -> dict[str, list[int]]:
    if not codes:
        return {}
    code = _code(rehearsal=rehearsal)
    parts = [
        select(
            select(literal(name).label("code"), BatchItem.case_id)
            .where(BatchItem.batch_id == batch_id, code == name)
            .order_by(BatchItem.case_id)
            .limit(SAMPLES)
            .subquery()
        )
        for name in codes
    ]
    found: dict[str, list[int]] = {}
    with database.connect() as connection:
        for name, case_id in connection.execute(union_all(*parts)):
            found.setdefault(name, []).append(case_id)
    return {name: sorted(cases) for name, cases in found.items()}


def lines(
    database: Engine, batch: Batch, definition: Definition, code: str, after: int
) -> tuple[list[BatchRow], int | None]:
    """Return a page of the cases that came to a code (all for none), and the next page's mark."""
    query = (
        select(BatchItem.case_id, BatchItem.outcome, BatchItem.code)
        .where(BatchItem.batch_id == batch.id, BatchItem.outcome.is_not(None))
        .where(BatchItem.case_id > after)
        .order_by(BatchItem.case_id)
        .limit(PAGE + 1)
    )
    if code:
        query = query.where(_code(rehearsal=False) == code)
    # The page first, then where its cases stand: joined as a whole the batch would be read whole.
    page = query.subquery()
    cases = table_of(definition)
    standing = select(page, cases.c.state).join(cases, cases.c.id == page.c.case_id)
    move = definition.transitions.get(batch.trigger)
    with database.connect() as connection:
        rows = connection.execute(standing.order_by(page.c.case_id)).all()
    found = [_line(definition, move, row) for row in rows[:PAGE]]
    return found, rows[PAGE - 1].case_id if len(rows) > PAGE else None


def _line(definition: Definition, move: Transition | None, row: Row[*tuple[Any, ...]]) -> BatchRow:
    text = bulk_words.reason_of(definition, move, row.code) if row.code else ""
    name = reference(definition.name, row.case_id)
    return BatchRow(name, bulk_words.OUTCOMES[row.outcome], text, row.state)


def mine(database: Engine, actor: str | None, before: int) -> tuple[list[Batch], int | None]:
    """Return a page of batches, those before a number, newest first, of one maker or of all."""
    query = select(Batch).where(Batch.id < before).order_by(Batch.id.desc()).limit(PAGE + 1)
    if actor is not None:
        query = query.where(Batch.actor == actor)
    with Session(database, expire_on_commit=False) as session:
        rows = list(session.scalars(query))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def takeout(database: Engine, batch: Batch, definition: Definition) -> Iterator[str]:
    """Yield the lines of a CSV with every case of a batch; memory stays constant."""
    move = definition.transitions.get(batch.trigger)
    yield BYTE_ORDER_MARK + csv_line([str(title) for title in HEAD])
    query = (
        select(
            BatchItem.case_id,
            BatchItem.outcome,
            BatchItem.code,
            BatchItem.rehearsed,
            BatchItem.seen_version,
        )
        .where(BatchItem.batch_id == batch.id)
        .order_by(BatchItem.case_id)
    )
    with database.connect() as connection:
        streamed = connection.execution_options(stream_results=True, max_row_buffer=BLOCK)
        for row in streamed.execute(query):
            yield csv_line(_cells(definition, move, row))


def _cells(
    definition: Definition, move: Transition | None, row: Row[*tuple[Any, ...]]
) -> list[object]:
    return [
        reference(definition.name, row.case_id),
        str(bulk_words.OUTCOMES.get(row.outcome) or gettext("Denenmedi")),
        row.code or "",
        bulk_words.reason_of(definition, move, row.code) if row.code else "",
        bulk_words.foretold(row.rehearsed),
        row.seen_version,
    ]
