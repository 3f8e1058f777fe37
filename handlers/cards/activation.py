"""Making a new certificate usable: its holder proves to have the card."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import select, update

from handlers.certificates.foreign import refuse_foreign
from handlers.kit import rows
from handlers.kit.moves import AWAIT_STATUS
from handlers.kit.roles import APPLICANT, acts_as
from handlers.papers import letters
from handlers.signatures import validate
from signing.verdict import SubIndication
from states.cases.card import Card
from states.logs.journal import JournalEntry
from states.people.person import IN_OFFICE, Person
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.kit.context import Context
    from signing.validation.validate import Validation
    from workflow.model.duration import Duration
    from workflow.model.verdict import Verdict

NOT_ACTIVATED = "not_activated"
"""Why a certificate is revoked whose holder let the time of the activation pass."""


@action(writes=("suspended_by",))
def draw_up(context: Context) -> None:
    """Note since when and by whom it is on hold, and freeze what the holder signs to lift it.

    The text is a new one for each suspension; who had the certificate in use before does not state
    once more that the card has come. A certificate that another house made is not ours to suspend
    or to make usable again.
    """
    refuse_foreign(context)
    context.update(suspended_at=context.now, suspended_by=_holder_of(context))
    card = rows.find(context.connection, Card, context.case.get("card_id"))
    if card is None:
        return
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    values: dict[str, object] = {
        "name": person.name,
        "tckn_masked": person.tckn_masked,
        "serial": rows.text(context.case, "serial"),
        "card": card.serial,
    }
    template = letters.ACTIVATION
    if context.case["state"] == "active":
        template, values["suspended_at"] = letters.REINSTATEMENT, context.now
    sha256 = letters.freeze(context.connection, template, person.id, context.now, values)
    context.update(activation_sha256=sha256)
    context.document(sha256)


def _holder_of(context: Context) -> str:
    """Say whose hold begins: that of the card's journey, the holder's own or the office's."""
    if context.case["state"] == "reserved":
        return "journey"
    own = context.actor.person_id == context.case["person_id"]
    return "holder" if own and acts_as(context.actor, APPLICANT) else "office"


@check
def signed_by_new_card(context: Context) -> Verdict:
    """Allow what was signed with the key of this very certificate.

    A suspended one is on the list with certificateHold and the validation is TRY_LATER; the
    signature itself has been verified before that. That the certificate is ours and unchanged is
    told by its fingerprint, that it is no more than suspended by its state.
    """
    verdict = validate.unusable(context)
    if verdict is not None:
        return verdict
    validation = validate.validation_of(context)
    if _not_begun(context, validation):
        return _this_certificate(context, validation)  # which says from when on
    if not validation.passed and validation.sub_indication is not SubIndication.TRY_LATER:
        return validate.verdict_of(context.services, validation)
    verdict = _this_certificate(context, validation)
    if not verdict.allows:
        return verdict
    return validate.time_stamped(context.services, validation.level)


@check
def to_confirm(context: Context) -> Verdict:
    """Allow an activation of which only the time-stamp could not be got, or not be judged."""
    verdict = validate.unusable(context)
    if verdict is not None:
        return verdict
    validation = validate.validation_of(context)
    if not validate.is_pending(context.services, validation, suspended=True):
        return deny("signature.nothing_to_ask")
    return _this_certificate(context, validation)


@check
def confirmed(context: Context) -> Verdict:
    """Allow an activation that waited for its time-stamp and is whole by now."""
    return signed_by_new_card(context)


@check
def not_waiting(context: Context) -> Verdict:
    """Allow while no activation waits for its signature to be checked: a move would drop it."""
    newest = select(JournalEntry.trigger).where(
        JournalEntry.case_id == rows.number(context.case, "id"),
        JournalEntry.n == rows.number(context.case, "version"),
    )
    waits = context.connection.scalar(newest) == AWAIT_STATUS
    return deny("activation.waiting") if waits else ALLOW


def _not_begun(context: Context, validation: Validation) -> bool:
    signer = validation.signer
    own = signer is not None and signer.sha256 == context.case["sha256"]
    return own and signer is not None and context.now < signer.not_before


def _this_certificate(context: Context, validation: Validation) -> Verdict:
    signer = validation.signer
    if signer is None or signer.sha256 != context.case["sha256"]:
        return deny("activation.other_certificate")
    if context.now < signer.not_before:
        return deny("activation.not_yet_valid", not_before=signer.not_before)
    if rows.fetch(context.connection, Person, context.case["person_id"]).standing != IN_OFFICE:
        return deny("person.stopped")  # which certificates of before have no rule for
    verdict = validate.qualified(validation)
    return validate.own(context, signer) if verdict.allows else verdict


@action(writes=("suspended_by", "activate_by", "activation_opens_at"))
def forget_pin(context: Context) -> None:
    """Wipe the first PIN: the holder has shown to know it, or has made another one.

    Where the holder makes the certificate usable with it, its hold is over.
    """
    if context.transition.target == "active":
        context.update(
            suspended_at=None, suspended_by=None, activate_by=None, activation_opens_at=None
        )
    card_id = rows.optional_number(context.case, "card_id")
    context.connection.execute(update(Card).where(Card.id == card_id).values(pin_sealed=None))


@action(writes=("activate_by",))
def start_waiting(context: Context) -> None:
    """Write until when the holder has to activate the card: dated policy.

    The time begins with the delivery, of a certificate that begins later with its first moment.
    """
    _wait_from(context, context.now)


def _wait_from(context: Context, since: datetime) -> None:
    # A renewal may be delivered before it begins, and cannot be activated until then.
    begins = rows.moment(context.case, "not_before")
    by = max(since, begins) + cast("Duration", context.window["activate_within"])
    context.update(activate_by=by)
    context.note(activate_by=by.isoformat())


@action(writes=("activation_opens_at",))
def announce(context: Context) -> None:
    """Write from when on the certificate may be activated: dated policy, from the request on."""
    opens = context.now + cast("Duration", context.window["activation_delay"])
    context.update(activation_opens_at=opens)
    context.note(activation_opens_at=opens.isoformat())


@action(writes=("activate_by",))
def stop_waiting(context: Context) -> None:
    """Take back the last moment of the activation: nothing is delivered."""
    context.update(activate_by=None)


@action
def note_late(context: Context) -> None:
    """Keep that the certificate is revoked because its holder has not activated it in time."""
    cause = f"{rows.text(context.case, 'reference')}: {NOT_ACTIVATED}"
    context.update(revoked_at=context.now, revocation_reason=cause)


@action(writes=("suspended_by", "activation_opens_at"))
def hold(context: Context) -> None:
    """Put the certificate on hold for the office, which its holder alone cannot lift.

    One that was on hold before stays so since then.
    """
    if context.case["state"] == "active":
        draw_up(context)
    context.update(suspended_by="office", activation_opens_at=None)


@action(writes=("suspended_by", "activate_by"))
def release(context: Context) -> None:
    """Give the hold to the certificate's holder, who lifts it with the card.

    Where the holder had a time for the activation, it begins anew.
    """
    context.update(suspended_by="holder")
    if context.case["activate_by"] is not None:
        _wait_from(context, context.now)
