"""What happens after the commit: runs an effect once it is due and fires what came of it.

An effect was queued in the transaction of its move, so it exists exactly when the move does. It may
run more than once (a worker can die at any point); its key is the same each time, and it does
nothing once the case has moved on, so that the outside sees it once.

An outcome that is refused and that no repetition can mend moves the case where the effect says,
to a state that somebody sees; all else is tried again by the queue.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from workflow.engine.attempts import code_of
from workflow.engine.cases import case_row_alone
from workflow.engine.driver import fetch_alone
from workflow.model.actor import SYSTEM, system
from workflow.model.context import EffectContext, EffectOutcome
from workflow.model.refusal import (
    Busy,
    DefinitionMissing,
    Refused,
    RuleFailed,
    StaleVersion,
    UnknownCase,
)
from workflow.model.verdict import Answer
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from workflow.engine.engine import CaseEngine
    from workflow.model.definition import Definition
    from workflow.model.registry import Handler

EFFECT = system("effect")
"""Who fires the outcome of an effect."""


def run_effect(engine: CaseEngine[object], case_id: int, n: int, name: str) -> None:
    """Run one effect of entry n of a case and fire its outcome; safe to repeat.

    Raises what the handler raises (a token or a courier away), so that the queue tries again,
    DefinitionMissing when this process has no such handler, UnknownCase when no entry ordered it.
    """
    context = _context(engine, case_id, n, name)
    handler = _handler(engine, context)
    if handler.outcomes and context.case["version"] != n:
        return
    engine.point("before_effect")
    outcome: EffectOutcome | None = handler.function(context)  # type: ignore[assignment]  # the registry holds all sorts
    engine.point("after_effect")
    if outcome is None:
        return
    try:
        _fire(engine, context, case_id, outcome)
    except Refused as refusal:
        instead = _instead(handler, context.definition, outcome.trigger, refusal)
        if instead is None:
            raise
        _fire(engine, context, case_id, instead)


def _fire(
    engine: CaseEngine[object], context: EffectContext[object], case_id: int, outcome: EffectOutcome
) -> None:
    """Fire an outcome while the case stands where its effect was queued.

    Else another worker has brought the same outcome, or an officer was faster: the work is done.
    """
    with suppress(StaleVersion):
        engine.fire(
            case_id,
            outcome.trigger,
            EFFECT,
            outcome.payload,
            seen_version=context.n,
            reason=outcome.reason,
            workflow=context.definition.name,
        )


def _instead(
    handler: Handler, definition: Definition, tried: str, refusal: Refused
) -> EffectOutcome | None:
    """Return where a case goes whose outcome is refused for good, with the refusal as reason.

    None when the refusal may pass (a lock, a question that could not be answered), or when this
    definition knows no other way: then the queue tries again, and says so after some tries.
    """
    waits = isinstance(refusal, RuleFailed) and refusal.verdict.answer is Answer.ERROR
    known = [name for name in handler.when_refused if name in definition.transitions]
    if waits or isinstance(refusal, Busy) or not known or tried in known:
        return None
    return EffectOutcome(known[0], reason=sentence(definition, code_of(refusal), refusal.params))


_ORDER = "SELECT workflow, body FROM journal WHERE case_id = %(case)s AND n = %(n)s"


def _context(engine: CaseEngine[object], case_id: int, n: int, name: str) -> EffectContext[object]:
    ordered = fetch_alone(engine.database, _ORDER, {"case": case_id, "n": n})
    if not ordered:
        raise UnknownCase(case=case_id)
    said: dict[str, Any] = json.loads(ordered[0]["body"])
    newest = engine.library.workflow(ordered[0]["workflow"])
    row = case_row_alone(engine.database, newest, case_id)
    return EffectContext(
        database=engine.database,
        definition=engine.library.pinned(row.definition),
        case=row.columns,
        n=n,
        name=name,
        now=engine.clock.now(),
        reason=said["reason"],
        details=said["details"],
        services=engine.services,
        trigger=said["trigger"],
        by_a_person=said["batch"] is None and not said["actor"].startswith(SYSTEM),
        point=engine.point,
    )


def _handler(engine: CaseEngine[object], context: EffectContext[object]) -> Handler:
    registry = engine.library.registry
    if context.name not in registry:
        raise DefinitionMissing(definition=context.definition.sha256, missing=[context.name])
    return registry[context.name]
