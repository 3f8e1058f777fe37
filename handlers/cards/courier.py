"""The way of the card: booked, handed to the courier, delivered to nobody but its holder."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.cards import sending
from handlers.cards.payloads import HOLDER, Consignment, Delivery
from handlers.cards.sending import SentParcel
from handlers.kit import rows
from handlers.kit.courier_service import Booking, CourierRefused
from handlers.kit.payload import checked
from states.cases.certificate import Certificate
from states.cases.parcel import Parcel
from states.kit.reference import reference
from states.logs.journal import JournalEntry
from states.people.person import Person
from states.people.tckn import mask_all
from workflow.loading.vocabulary import SYSTEM
from workflow.model.actor import system
from workflow.model.context import EffectOutcome
from workflow.model.registry import action, check, effect
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import Context, EffectContext
    from workflow.model.verdict import Verdict

DOUBT = "delivery_doubt"
"""Why the office holds a certificate whose card may not have reached its holder."""

NOT_COLLECTED = "not_collected"
"""Why a parcel is called back that waited at the courier's for as long as it may."""

_SYSTEM = system("courier")
_USABLE = ("active", "suspended")


@effect("note_booking", when_refused=("booking_failed",))
def book(context: EffectContext) -> EffectOutcome:
    """Book the parcel; its tracking number comes back, or why the courier does not take it.

    A case whose definition knows no parcel that waits in the house is with the courier then.
    """
    with context.database.connect() as connection:
        person = rows.fetch(connection, Person, context.case["person_id"])
    booking = Booking(
        context.key,
        rows.number(context.case, "id"),
        person.name,
        rows.text(context.case, "delivery_address"),
    )
    try:
        tracking = context.services.courier.book(booking, context.now)
    except CourierRefused as refused:
        reason = f"Kurye gönderiyi kabul etmedi: {refused.params['reason']}"
        return EffectOutcome("booking_failed", reason=reason)
    waits = "note_booking" in context.definition.transitions
    trigger = "note_booking" if waits else "hand_to_courier"
    return EffectOutcome(trigger, Consignment(tracking).payload())


@check
def booked(context: Context) -> Verdict:
    """Allow a parcel that has a tracking number, and one that no other parcel has."""
    if context.rehearsal:
        return ALLOW
    told = Consignment.of(context.payload).tracking_number
    if not told:
        return deny("courier.no_tracking_number")
    taken = select(Parcel.application_id).where(Parcel.tracking_number == told)
    return ALLOW if context.connection.scalar(taken) is None else deny("courier.number_taken")


@action(fires=("parcel.book",))
def keep_booking(context: Context) -> None:
    """Open the parcel, which waits in the house until it is scanned out."""
    tracking = Consignment.of(context.payload).tracking_number
    parcel_id = sending.begin(context, tracking)
    context.note(tracking_number=tracking, parcel=parcel_id)


@effect("hand_to_courier")
def scan_out(context: EffectContext) -> EffectOutcome | None:
    """Hand the parcel over where software states it, as in a demo; else people scan it."""
    if not context.services.facts.parcels_by_software:
        return None
    code = reference("parcel", rows.number(context.details, "parcel"))
    return EffectOutcome("hand_to_courier", Consignment(code).payload())


@check
def scanned(context: Context) -> Verdict:
    """Allow the hand-over of the parcel of this very case, whose code was scanned.

    That it has left the house is told by people, by software only where that stands for them.
    """
    if context.rehearsal:
        return ALLOW
    by_software = context.services.facts.parcels_by_software
    code = Consignment.of(context.payload).tracking_number
    if not code or (SYSTEM in context.actor.roles and not by_software):
        return deny("courier.not_scanned")
    parcel = sending.parcel_of(context, "booked")
    if parcel is None or not parcel.is_named(code):
        return deny("courier.other_parcel")
    if parcel.chip_state in sending.ENCLOSED_BY and not by_software:
        return deny("courier.not_enveloped")
    context.remember(parcel)
    return ALLOW


@action(
    writes=("sendings",),
    fires=("parcel.hand_over", "card.enclose", "card.enclose_again", "card.hand_over"),
)
def record(context: Context) -> None:
    """Keep the tracking number, when the card left the house, and how often it has."""
    parcel, said = context.recall(SentParcel), Consignment.of(context.payload)
    tracking = said.tracking_number if parcel is None else parcel.tracking_number
    context.update(
        tracking_number=tracking,
        couriered_at=context.now,
        sendings=rows.number(context.case, "sendings") + 1,
    )
    certificate_id = rows.number(context.case, "certificate_id")
    at = context.now.isoformat()
    context.note(tracking_number=tracking, certificate_id=certificate_id, handed_at=at)
    if parcel is not None:
        sending.hand_over(context, parcel, said.handover_id)


@action
def name_parcel(context: Context) -> None:
    """Put into the journal which parcel is called back: the case may have another one by then."""
    context.note(tracking_number=rows.text(context.case, "tracking_number"))


@action
def give_up_waiting(context: Context) -> None:
    """Write that a parcel is called back because nobody collected it in the time of the policy."""
    context.give_reason(NOT_COLLECTED)


@effect()
def call_back(context: EffectContext) -> None:
    """Ask the courier to bring a parcel back; that it is back is told by who takes it in."""
    noted, known = context.details["tracking_number"], context.case["tracking_number"]
    # The journal masks what reads like an identity number; the courier knows parcels by all of it.
    tracking = str(known if mask_all(str(known)) == noted else noted)
    context.services.courier.recall(tracking, context.now)


SHOWN = ("identity_card", "passport", "driving_licence")
"""Identity documents that a holder may show when taking the card."""

_VISIBLE = 3


@check
def told_how(context: Context) -> Verdict:
    """Allow a delivery that says what the holder showed, who handed the card over, and when.

    The moment lies between the hand-over to the courier and now (EN 319 411-1, 6.3.4).
    """
    if context.rehearsal:
        return ALLOW
    said = Delivery.of(context.payload)
    if said.shown not in SHOWN or not said.shown_number:
        return deny("courier.nothing_shown")
    return _in_time(context, said.handed_at) if said.handed_by else deny("courier.nobody_named")


def _in_time(context: Context, at: datetime | None) -> Verdict:
    if at is None or at > context.now:
        return deny("courier.not_yet")
    sent = context.case.get("couriered_at")
    if isinstance(sent, datetime) and at < sent.replace(second=0, microsecond=0):
        return deny("courier.before_it_left", sent=sent)
    return ALLOW


@action(fires=("certificate.open_activation", "certificate.release_hold"))
def record_delivery(context: Context) -> None:
    """Keep what was shown (its number masked), who handed over and when; open the activation."""
    said = Delivery.of(context.payload)
    number, at = said.shown_number, checked(said.handed_at).isoformat()
    masked = (
        "*" * (len(number) - _VISIBLE) + number[-_VISIBLE:] if len(number) > _VISIBLE else "***"
    )
    context.update(
        delivery={
            "shown": said.shown, "number": masked, "by": mask_all(said.handed_by), "at": at,
        }
    )  # fmt: skip
    context.note(shown=said.shown, number=masked, handed_at=at)
    open_activation(context)


@action(fires=("certificate.open_activation", "certificate.release_hold"))
def open_activation(context: Context) -> None:
    """Let the time begin in which the holder has to activate the card that was handed over.

    A hold that only waited to learn whether the holder had got it is the office's no longer.
    """
    certificate = _suspended(context)
    if certificate is None:
        return
    if certificate.suspended_by == "office" and _doubted(context, certificate.id):
        context.fire(certificate.id, "release_hold", reason=DOUBT, by=_SYSTEM)
    context.fire(certificate.id, "open_activation", by=_SYSTEM)


def _suspended(context: Context) -> Certificate | None:
    """Return the new certificate while its holder may still activate it."""
    certificate_id = rows.number(context.case, "certificate_id")
    certificate = rows.fetch(context.connection, Certificate, certificate_id)
    return certificate if certificate.state == "suspended" else None


def _doubted(context: Context, certificate_id: int) -> bool:
    """Say whether the office holds a certificate because its delivery was disputed."""
    newest = (
        select(JournalEntry.body)
        .where(JournalEntry.case_id == certificate_id, JournalEntry.trigger == "hold")
        .order_by(JournalEntry.n.desc())
        .limit(1)
    )
    body = context.connection.scalar(newest)
    return body is not None and str(json.loads(body)["reason"]).startswith(DOUBT)


@action(fires=("certificate.close_activation",))
def close_activation(context: Context) -> None:
    """Stop the time of the activation: the card is not with its holder after all."""
    certificate = _suspended(context)
    if certificate is not None:
        context.fire(certificate.id, "close_activation", by=_SYSTEM)
    context.update(delivery=None)


@action(fires=("certificate.hold",))
def contest(context: Context) -> None:
    """Hold the certificate of a card that its holder says never arrived, until that is clear."""
    certificate_id = rows.number(context.case, "certificate_id")
    if rows.fetch(context.connection, Certificate, certificate_id).state in _USABLE:
        context.fire(certificate_id, "hold", reason=DOUBT, by=_SYSTEM)


@check
def handed_to_holder(context: Context) -> Verdict:
    """Allow a delivery to the holder in person, to nobody else (EN 319 411-1, 6.3.4)."""
    if context.rehearsal:
        return ALLOW
    to_holder = Delivery.of(context.payload).handed_to == HOLDER
    return ALLOW if to_holder else deny("courier.not_to_holder")
