"""The parcel of an application and the card in it, moved with it: the application is the driver.

An application that was sent before there were parcels has none, and a house that keeps no stock
knows no card of it: what is not on record does not move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.cards.payloads import ScannedOut
from handlers.kit import rows
from handlers.kit.payload import checked
from states.cases.parcel import OPEN_STATES
from workflow.engine.driver import fetch
from workflow.model.actor import system
from workflow.model.registry import action

if TYPE_CHECKING:
    from handlers.kit.context import Context

_SYSTEM = system("courier")


@dataclass(frozen=True, slots=True)
class SentParcel:
    """A parcel of the application at hand, and where the card in it stands, if that is known."""

    id: int
    tracking_number: str
    reference: str
    state: str
    chip_id: int | None
    chip_state: str | None

    def is_named(self, code: str) -> bool:
        """Say whether a code that was scanned is this parcel's."""
        return code in {self.tracking_number, self.reference}


_PARCEL = """
SELECT p.id, p.tracking_number, p.reference, p.state, c.id AS chip_id, c.state AS chip_state
FROM parcel p LEFT JOIN chip_card c ON c.id = p.chip_card_id
WHERE p.application_id = %(application)s AND p.state = ANY(CAST(%(states)s AS text[]))
ORDER BY p.id DESC LIMIT 1
"""


def parcel_of(context: Context, *states: str) -> SentParcel | None:
    """Return the newest parcel of the application at hand that stands in one of some states."""
    values = {"application": context.case_id, "states": list(states)}
    found = fetch(context.connection, _PARCEL, values)
    return SentParcel(**found[0]) if found else None


_CHIP = """
SELECT h.id, h.state FROM certificate c JOIN chip_card h ON h.card_id = c.card_id
WHERE c.id = %(certificate)s
"""


def begin(context: Context, tracking_number: str) -> int:
    """Open the parcel of an application under its tracking number; return its id."""
    certificate_id = rows.number(context.case, "certificate_id")
    chip = fetch(context.connection, _CHIP, {"certificate": certificate_id})
    values = {
        "person_id": context.case["person_id"],
        "application_id": context.case_id,
        "chip_card_id": chip[0]["id"] if chip else None,
        "tracking_number": tracking_number,
    }
    return context.open("parcel", "book", values, by=_SYSTEM)


AT_BRANCH = "at_branch"
"""The code of the reason by which a parcel waits to be collected without another try."""

ENCLOSED_BY = {"made": "enclose", "returned": "enclose_again"}
"""How a card comes into its envelope, by where it stands."""


def hand_over(context: Context, parcel: SentParcel, handover_id: int | None) -> None:
    """Let the parcel and its card leave the house, on a list where there is one.

    A card that no person has enclosed is enclosed by the software that stands for them.
    """
    context.fire(parcel.id, "hand_over", ScannedOut(handover_id).payload(), by=_SYSTEM)
    if parcel.chip_id is None:
        return
    enclosing = ENCLOSED_BY.get(parcel.chip_state or "")
    if enclosing is not None:
        context.fire(parcel.chip_id, enclosing, by=_SYSTEM)
    context.fire(parcel.chip_id, "hand_over", by=_SYSTEM)


@action(fires=("parcel.deliver", "card.deliver"))
def deliver(context: Context) -> None:
    """Close the parcel that was delivered; a card handed over in the house has come back before."""
    parcel = parcel_of(context, "handed_over", "returned")
    if parcel is None:
        return
    if parcel.state == "handed_over":
        context.fire(parcel.id, "deliver", by=_SYSTEM)
    _move_card(context, parcel, "deliver", "handed_over", "returned")


@action(fires=("parcel.return_parcel", "card.return_card"))
def take_back(context: Context) -> None:
    """Close the parcel that came back, for the reason that is told of it."""
    parcel = parcel_of(context, "handed_over")
    if parcel is None:
        return
    context.fire(parcel.id, "return_parcel", reason=context.reason, by=_SYSTEM)
    _move_card(context, parcel, "return_card", "handed_over")


@action(fires=("parcel.lose",))
def lose(context: Context) -> None:
    """Close the parcel whose card is lost, in the house or outside."""
    parcel = parcel_of(context, *OPEN_STATES)
    if parcel is not None:
        context.fire(parcel.id, "lose", reason=context.reason, by=_SYSTEM)


@action(fires=("parcel.drop",))
def drop(context: Context) -> None:
    """Close the parcel that will not be sent, where one was booked."""
    parcel = parcel_of(context, "booked") if context.case["state"] == "booked" else None
    if parcel is not None:
        context.fire(parcel.id, "drop", by=_SYSTEM)


@action(fires=("parcel.reopen", "card.undo_delivery"))
def reopen(context: Context) -> None:
    """Open the parcel anew of which a delivery was told that was none: it is looked for."""
    parcel = parcel_of(context, "delivered", "returned")
    if parcel is None:
        return
    reason = checked(context.reason)
    if parcel.state == "delivered":
        context.fire(parcel.id, "reopen", reason=reason)
    if parcel.chip_id is not None and parcel.chip_state == "delivered":
        context.fire(parcel.chip_id, "undo_delivery", reason=reason)


@action(fires=("parcel.attempt",))
def note_attempt(context: Context) -> None:
    """Count that the courier could not hand the card over; that it waits there is no try."""
    parcel = parcel_of(context, "handed_over")
    if parcel is not None and (context.reason or "").partition(":")[0] != AT_BRANCH:
        context.fire(parcel.id, "attempt", reason=context.reason, by=_SYSTEM)


def _move_card(context: Context, parcel: SentParcel, trigger: str, *states: str) -> None:
    if parcel.chip_id is not None and parcel.chip_state in states:
        context.fire(parcel.chip_id, trigger, by=_SYSTEM)
