"""The effect of a move that leaves a signature waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.signatures import pending
from workflow.model.registry import effect

if TYPE_CHECKING:
    from handlers.kit.context import EffectContext
    from workflow.model.context import EffectOutcome


@effect("confirm_signature", "sign_again", when_refused=("sign_again",))
def ask(context: EffectContext) -> EffectOutcome:
    """Ask the services once more; StatusUnknown, so that the queue asks again, while they are away.

    Asking changes nothing with us, so it may be repeated at will; the outcome counts only while the
    case still waits for this very signature.
    """
    return pending.ask_again(context)
