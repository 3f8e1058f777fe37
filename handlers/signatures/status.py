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
from handlers.kit.services import services_of
from handlers.kit.waits import wait_for_status
from handlers.signatures import lifting
from handlers.signatures.code import purpose_of
from handlers.signatures.judgement import Judged, settles
from signing.app.words.validation import sentence_of
from signing.cms.levels import Level
from states.papers.signature import Signature
from workflow.model.clock import FixedClock
from workflow.model.context import EffectOutcome
from workflow.model.registry import effect

if TYPE_CHECKING:
    from handlers.kit.services import Services
    from signing.validation.validate import Validation
    from workflow.model.context import EffectContext

NOTHING_LEARNT = (
    "Sertifikanın durumu ya da zaman damgası süresi içinde öğrenilemedi; yeniden imzalayınız."
)
SUSPENDED = "İmzalayan sertifika askıda; askıdan indirip yeniden imzalayınız."


class StatusUnknown(Exception):
    """The services that could tell of a signature are still out of reach."""


@effect("confirm_signature", "sign_again", when_refused=("sign_again",))
def ask(context: EffectContext) -> EffectOutcome:
    """Ask the services once more; StatusUnknown, so that the queue asks again, while they are away.

    Asking changes nothing with us, so it may be repeated at will; the outcome counts only while the
    case still waits for this very signature.
    """
    services = services_of(context)
    purpose = purpose_of(context.definition.name)
    signature_id, container = _kept(context)
    case = (purpose, rows.number(context.case, "id"))
    payload = lifting.prepare(context.database, services, case, container, FixedClock(context.now))
    judged = payload.get("judged")
    if not isinstance(judged, Judged) or lifting.waits(services, payload, purpose):
        return _not_yet(context)
    why = _failing(services, judged.validation, suspended=lifting.of_suspended(purpose))
    if why is not None:
        return EffectOutcome("sign_again", reason=why)
    return EffectOutcome("confirm_signature", {**payload, "signature": signature_id})


def _not_yet(context: EffectContext) -> EffectOutcome:
    wait = wait_for_status(context.definition, context.today)
    if context.now < rows.moment(context.case, "entered_at") + wait:
        raise StatusUnknown
    return EffectOutcome("sign_again", reason=NOTHING_LEARNT)


def _kept(context: EffectContext) -> tuple[int, bytes]:
    """Read the signature that the case waits for: the one its newest entry names."""
    kept = select(Signature.id, Signature.container).where(
        Signature.id == rows.number(context.details, "signature")
    )
    with context.database.connect() as connection:
        found = connection.execute(kept).one()
    return found.id, found.container


def _failing(services: Services, validation: Validation, *, suspended: bool) -> str | None:
    """Say in Turkish why a signature of which all is known cannot be taken; None when it can."""
    unstamped = services.online is not None and validation.level is Level.B_B
    fine = validation.passed or settles(services, validation)
    if fine or validation.wait:
        if unstamped:
            return NOTHING_LEARNT
        if fine or (validation.held and suspended):
            return None
    return SUSPENDED if validation.held else sentence_of(validation)
