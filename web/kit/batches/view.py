"""What every page of one batch does, whoever made it: show it, say how far it is, change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, request

from states.kit.reference import read_number
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.session import current
from web.kit.batches import page
from workflow.running import batch as batches

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from handlers.kit.context import CaseEngine
    from states.cases.batch import Batch
    from web.kit.batches.page import BatchRow, OutcomeGroup
    from workflow.model.actor import Actor
    from workflow.model.definition import Definition

CHANGES: Mapping[str, Callable[[CaseEngine, int, Actor], bool]] = {
    "baslat": batches.start,
    "duraklat": batches.pause,
    "surdur": batches.resume,
    "durdur": batches.stop,
    "vazgec": batches.give_up,
}
"""What a maker may do with a batch, by the last part of the address."""


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch as its page shows it: nothing of its cases while a worker is at it.

    ``tried`` says that it has begun; ``lines`` are those that came to ``code`` (all for ""), and
    ``following`` is the mark of the next page of them.
    """

    definition: Definition
    tried: bool
    open: bool
    groups: Sequence[OutcomeGroup]
    lines: Sequence[BatchRow]
    following: int | None
    code: str


def view_of(batch: Batch) -> BatchView:
    """Return what the page shows of a batch, as ``sonuc`` and ``sonra`` of the request ask."""
    database, definition = composed().database, composed().library.workflow(batch.workflow)
    tried, working = batch.started_at is not None, batch.state in batches.OPEN
    code = request.args.get("sonuc", "")[:100]
    after = read_number(request.args.get("sonra", "")) or 0
    groups: list[OutcomeGroup] = []
    lines: list[BatchRow] = []
    following = None
    if not working:
        groups = page.groups(database, batch, definition, rehearsal=not tried)
    if tried and not working:
        lines, following = page.lines(database, batch, definition, code, after)
    return BatchView(definition, tried, working, groups, lines, following, code)


def progress(batch: Batch) -> dict[str, object]:
    """Return how far a batch is, for the page that waits."""
    done = batch.judged if batch.state == batches.REHEARSING else batch.done
    return {"state": batch.state, "total": batch.total, "done": done}


def change(batch: Batch, command: str, told: Mapping[str, str]) -> None:
    """Do what was pressed and say so in the words of ``told``; a second press changes nothing."""
    engine = composed().engine
    if CHANGES[command](engine, batch.id, current().actor):
        flash(str(told[command]), "success")
        return
    now = batches.read(engine.database, batch.id)
    if now is not None and now.why is None:  # else the page says itself what stopped it
        flash(
            gettext("Bu toplu iş bu arada ilerledi; istediğiniz yapılmadı ya da zaten yapılmıştı."),
            "info",
        )
