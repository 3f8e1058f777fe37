"""Owns the way of the card: booked, handed to the courier, delivered to nobody but its holder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import rows
from handlers.carrier import Parcel
from handlers.services import services_of
from states.person import Person
from workflow.context import Outcome
from workflow.registry import action, check, effect
from workflow.verdict import ALLOW, deny

if TYPE_CHECKING:
    from workflow.context import Context, EffectContext
    from workflow.verdict import Verdict

HOLDER = "holder"
"""What ``handed_to`` of a delivery must be: the card goes to its holder in person."""


@effect("hand_to_courier", when_refused=("booking_failed",))
def book(context: EffectContext) -> Outcome:
    """Book the parcel; the tracking number comes back with the hand-over."""
    with context.database.connect() as connection:
        person = rows.fetch(connection, Person, context.case["person_id"])
    parcel = Parcel(
        context.key,
        rows.number(context.case, "id"),
        person.name,
        rows.text(context.case, "delivery_address"),
    )
    tracking = services_of(context).courier.book(parcel, context.now)
    return Outcome("hand_to_courier", {"tracking_number": tracking})


@check
def booked(context: Context) -> Verdict:
    """Allow the hand-over of a parcel that has a tracking number."""
    if context.rehearsal:
        return ALLOW
    tracking = context.payload.get("tracking_number")
    if not isinstance(tracking, str) or not tracking.strip():
        return deny("courier.no_tracking_number")
    return ALLOW


@action
def record(context: Context) -> None:
    """Keep the tracking number and when the card left the house."""
    tracking = rows.text(context.payload, "tracking_number").strip()
    context.update(tracking_number=tracking, couriered_at=context.now)
    context.note(tracking_number=tracking)


@check
def handed_to_holder(context: Context) -> Verdict:
    """Allow a delivery to the holder in person, to nobody else (EN 319 411-1, 6.3.4)."""
    if context.rehearsal:
        return ALLOW
    handed_to = context.payload.get("handed_to")
    return ALLOW if handed_to == HOLDER else deny("courier.not_to_holder")
