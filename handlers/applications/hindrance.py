"""Why an application cannot be approved by its person: the refusal that they would be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from handlers.kit import rows
from handlers.kit.moves import APPROVE_E_ONAY
from handlers.kit.roles import APPLICANT
from workflow.engine.attempts import code_of
from workflow.model.actor import Actor
from workflow.model.refusal import Refused, RuleFailed
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, Answer, deny, error
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict

WITHOUT_CONSENT = "consent.missing"
"""What an end of its own tells: that no e-onay was given."""


@check
def stands(context: Context) -> Verdict:
    """Allow an end for what refuses the approval, whatever its person does: its reason is that."""
    refusal = _of(context)
    if refusal is None or code_of(refusal) == WITHOUT_CONSENT:
        return deny("hindrance.none")
    if _unanswered(refusal):
        return error("hindrance.unanswered")
    context.remember(refusal)
    return ALLOW


@check
def absent(context: Context) -> Verdict:
    """Allow an end for want of the person's press, where nothing else stands in its way."""
    refusal = _of(context)
    return ALLOW if refusal is None else deny("hindrance.stands", why=_words(context, refusal))


@action
def tell(context: Context) -> None:
    """Write the refusal that stood as the reason of the end, as its person was shown it."""
    refusal = cast("RuleFailed", context.recall(RuleFailed))
    context.give_reason(_words(context, refusal))


def _of(context: Context) -> Refused | None:
    """Return what refuses the press of the application's own person now."""
    person_id = rows.number(context.case, "person_id")
    person = Actor(f"person:{person_id}", frozenset({APPLICANT}), "system", person_id)
    return context.refusal_of(APPROVE_E_ONAY, person)


def _unanswered(refusal: Refused) -> bool:
    return not isinstance(refusal, RuleFailed) or refusal.verdict.answer is Answer.ERROR


def _words(context: Context, refusal: Refused) -> str:
    return sentence(context.definition, code_of(refusal), refusal.params)
