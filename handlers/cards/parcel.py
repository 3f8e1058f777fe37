"""What a parcel keeps of its own moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.cards.payloads import ScannedOut
from handlers.kit import rows
from workflow.model.registry import action

if TYPE_CHECKING:
    from handlers.kit.context import Context


@action
def put_on_list(context: Context) -> None:
    """Keep on which hand-over list the parcel left the house; in a demo it is on none."""
    handover_id = ScannedOut.of(context.payload).handover_id
    if handover_id is not None:
        context.update(handover_id=handover_id)
        context.note(handover=handover_id)


@action(writes=("attempts",))
def count_attempt(context: Context) -> None:
    """Count how often the courier has tried to hand the card over."""
    attempts = rows.number(context.case, "attempts") + 1
    context.update(attempts=attempts)
    context.note(attempts=attempts)
