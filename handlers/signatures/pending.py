"""Asking again, by itself, for what a signature waits for: its certificate's status, a stamp.

A signature that was handed in while a service was out of reach has been kept and its case waits.
The queue asks again with growing pauses, outside any lock, and the outcome moves the case: on, when
the signature was good as of its time; back to be signed anew, when it was not or when nothing could
be learnt within the time of the definition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit import rows
from handlers.kit.time_limits import wait_for_status
from handlers.signatures import augment
from handlers.signatures.purposes import SignedCase, purpose_of
from handlers.signatures.submission import Submission
from handlers.signatures.validate import lacks_grace_period_only
from signing.app.words.validation import sentence_of
from signing.cms.levels import Level
from states.papers.signature import Signature
from workflow.model.clock import FixedClock
from workflow.model.context import EffectOutcome

if TYPE_CHECKING:
    from handlers.kit.context import EffectContext
    from handlers.kit.services import Services
    from signing.validation.validate import Validation

NOTHING_LEARNT = (
    "Sertifikanın durumu ya da zaman damgası süresi içinde öğrenilemedi; yeniden imzalayınız."
)
SUSPENDED = "İmzalayan sertifika askıda; askıdan indirip yeniden imzalayınız."


class StatusUnknown(Exception):
    """The services that could tell of a signature are still out of reach."""


def ask_again(context: EffectContext) -> EffectOutcome:
    """Ask the services once more; return the move that the answer makes.

    Raises StatusUnknown, so that the queue asks again, while they are away.
    """
    services = context.services
    case = SignedCase(purpose_of(context.definition.name), rows.number(context.case, "id"))
    kept, clock = _kept(context), FixedClock(context.now)
    submission = augment.augment_submission(context.database, services, case, kept, clock)
    validated = submission.validated
    if validated is None or augment.waits_for_service(services, case, submission):
        return _not_yet(context)
    why = _failing(services, validated.validation, suspended=case.of_suspended)
    if why is not None:
        return EffectOutcome("sign_again", reason=why)
    return EffectOutcome("confirm_signature", submission.payload())


def _not_yet(context: EffectContext) -> EffectOutcome:
    wait = wait_for_status(context.definition, context.today)
    if context.now < rows.moment(context.case, "entered_at") + wait:
        raise StatusUnknown
    return EffectOutcome("sign_again", reason=NOTHING_LEARNT)


def _kept(context: EffectContext) -> Submission:
    """Read the signature that the case waits for: the one its newest entry names."""
    kept = select(Signature.id, Signature.container).where(
        Signature.id == rows.number(context.details, "signature")
    )
    with context.database.connect() as connection:
        found = connection.execute(kept).one()
    return Submission(found.container, signature_id=found.id)


def _failing(services: Services, validation: Validation, *, suspended: bool) -> str | None:
    """Say in Turkish why a signature of which all is known cannot be taken; None when it can."""
    unstamped = services.online is not None and validation.level is Level.B_B
    fine = validation.passed or lacks_grace_period_only(services, validation)
    if fine or validation.wait:
        if unstamped:
            return NOTHING_LEARNT
        if fine or (validation.held and suspended):
            return None
    return SUSPENDED if validation.held else sentence_of(validation)
