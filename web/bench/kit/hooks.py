"""The handlers of the measured process: as small as handlers can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.model.registry import action, check, effect
from workflow.model.verdict import ALLOW, Verdict

if TYPE_CHECKING:
    from workflow.model.context import Context, EffectContext


@check
def fine(context: Context[object]) -> Verdict:
    """Allow every move."""
    _ = context.case_id
    return ALLOW


@action
def note(context: Context[object]) -> None:
    """Put a detail into the entry."""
    context.note(measured=True)


@effect()
def tell(context: EffectContext[object]) -> None:
    """Tell nobody: what is measured is the queueing."""
    _ = context.key
