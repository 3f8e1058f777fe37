"""What a hand-over list keeps of its own moves: its day, and what was scanned onto it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.cards.payloads import PutOnList
from handlers.kit import rows
from workflow.model.registry import action

if TYPE_CHECKING:
    from handlers.kit.context import Context


@action(writes=("begun_on",))
def date(context: Context) -> None:
    """Write the day of the list (Istanbul): nothing is scanned onto it on another."""
    context.update(begun_on=context.today)


@action(writes=("scanned",))
def count(context: Context) -> None:
    """Count the parcel that is scanned onto the list and name it: the journal keeps their order."""
    scanned = rows.number(context.case, "scanned") + 1
    context.update(scanned=scanned)
    context.note(parcel=PutOnList.of(context.payload).parcel_id, scanned=scanned)
