"""The way of the card: booked, handed to the courier, delivered to nobody but its holder."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from handlers.kit import rows
from handlers.kit.carrier import Parcel
from states.cases.certificate import Certificate
from states.logs.journal import JournalEntry
from states.people.person import Person
from states.people.tckn import mask_all
from workflow.model.actor import system
from workflow.model.context import EffectOutcome
from workflow.model.entry import storable
from workflow.model.registry import action, check, effect
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import Context, EffectContext
    from workflow.model.verdict import Verdict

HOLDER = "holder"
"""What ``handed_to`` of a delivery must be: the card goes to its holder in person."""

DOUBT = "delivery_doubt"
"""Why the office holds a certificate whose card may not have reached its holder."""

_SYSTEM = system("courier")
_USABLE = ("active", "suspended")


@effect("hand_to_courier", when_refused=("booking_failed",))
def book(context: EffectContext) -> EffectOutcome:
    """Book the parcel; the tracking number comes back with the hand-over."""
    with context.database.connect() as connection:
        person = rows.fetch(connection, Person, context.case["person_id"])
    parcel = Parcel(
        context.key,
        rows.number(context.case, "id"),
        person.name,
        rows.text(context.case, "delivery_address"),
    )
    tracking = context.services.courier.book(parcel, context.now)
    return EffectOutcome("hand_to_courier", {"tracking_number": tracking})


@check
def booked(context: Context) -> Verdict:
    """Allow the hand-over of a parcel that has a tracking number."""
    if context.rehearsal:
        return ALLOW
    tracking = context.payload.get("tracking_number")
    if not isinstance(tracking, str) or not tracking.strip():
        return deny("courier.no_tracking_number")
    return ALLOW


@action(writes=("sendings",))
def record(context: Context) -> None:
    """Keep the tracking number, when the card left the house, and how often it has."""
    tracking = rows.text(context.payload, "tracking_number").strip()
    context.update(
        tracking_number=tracking,
        couriered_at=context.now,
        sendings=rows.number(context.case, "sendings") + 1,
    )
    certificate_id = rows.number(context.case, "certificate_id")
    at = context.now.isoformat()
    context.note(tracking_number=tracking, certificate_id=certificate_id, handed_at=at)


@action
def name_parcel(context: Context) -> None:
    """Put into the journal which parcel is called back: the case may have another one by then."""
    context.note(tracking_number=rows.text(context.case, "tracking_number"))


@effect()
def call_back(context: EffectContext) -> None:
    """Ask the courier to bring a parcel back; that it is back is told by who takes it in."""
    noted, known = context.details["tracking_number"], context.case["tracking_number"]
    # The journal masks what reads like an identity number; the courier knows parcels by all of it.
    tracking = str(known if mask_all(str(known)) == noted else noted)
    context.services.courier.recall(tracking, context.now)


SHOWN = ("identity_card", "passport", "driving_licence")
"""Identity documents that a holder may show when taking the card."""

LONGEST = 100
"""Characters that a field of a delivery may have."""

_VISIBLE = 3


@check
def told_how(context: Context) -> Verdict:
    """Allow a delivery that says what the holder showed, who handed the card over, and when.

    The moment lies between the hand-over to the courier and now (EN 319 411-1, 6.3.4).
    """
    if context.rehearsal:
        return ALLOW
    if context.payload.get("shown") not in SHOWN or not _word(context, "shown_number"):
        return deny("courier.nothing_shown")
    if not _word(context, "handed_by"):
        return deny("courier.nobody_named")
    return _in_time(context)


def _word(context: Context, name: str) -> str:
    """Return a word of the payload, empty when it is missing or too long to be one."""
    value = context.payload.get(name)
    word = storable(value).strip() if isinstance(value, str) else ""
    return word if len(word) <= LONGEST else ""


def _in_time(context: Context) -> Verdict:
    at = context.payload.get("handed_at")
    if not isinstance(at, datetime) or at.tzinfo is None or at > context.now:
        return deny("courier.not_yet")
    sent = context.case.get("couriered_at")
    if isinstance(sent, datetime) and at < sent.replace(second=0, microsecond=0):
        return deny("courier.before_it_left", sent=sent)
    return ALLOW


@action(fires=("certificate.open_activation", "certificate.release_hold"))
def record_delivery(context: Context) -> None:
    """Keep what was shown (its number masked), who handed over and when; open the activation."""
    number = _word(context, "shown_number")
    at = cast("datetime", context.payload["handed_at"])
    shown = rows.text(context.payload, "shown")
    masked = (
        "*" * (len(number) - _VISIBLE) + number[-_VISIBLE:] if len(number) > _VISIBLE else "***"
    )
    context.update(
        delivery={
            "shown": shown, "number": masked, "by": mask_all(_word(context, "handed_by")),
            "at": at.isoformat(),
        }
    )  # fmt: skip
    context.note(shown=shown, number=masked, handed_at=at.isoformat())
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
    handed_to = context.payload.get("handed_to")
    return ALLOW if handed_to == HOLDER else deny("courier.not_to_holder")
