"""What the moves of a card bring with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.kit.payload import MovePayload, given
from workflow.model.entry import storable

if TYPE_CHECKING:
    from workflow.model.context import Payload

HOLDER = "holder"
"""What ``handed_to`` of a delivery must be: the card goes to its holder in person."""

LONGEST = 100
"""Characters that a field of a delivery may have."""


@dataclass(frozen=True, slots=True)
class FinishedProduction(MovePayload):
    """What production has made: ``der`` are the bytes of the certificate (X.509 in DER)."""

    der: bytes

    @classmethod
    def of(cls, payload: Payload) -> FinishedProduction | None:
        """Return what a move brings; None where it brings no bytes."""
        der = given(payload, "der", bytes)
        return None if der is None else cls(der)


@dataclass(frozen=True, slots=True)
class FollowsCard(MovePayload):
    """Says that a move of the card itself makes a revocation: nobody has to call the card back."""

    card_kept: bool = True

    @classmethod
    def of(cls, payload: Payload) -> FollowsCard:
        """Return what a move brings."""
        return cls(bool(payload.get("card_kept")))


@dataclass(frozen=True, slots=True)
class Personalised(MovePayload):
    """What a blank card of the stock is reserved for: the card of a production, and its person."""

    card_id: int
    person_id: int

    @classmethod
    def of(cls, payload: Payload) -> Personalised | None:
        """Return what a move brings; None where it names no card or no person."""
        card, person = given(payload, "card_id", int), given(payload, "person_id", int)
        return None if card is None or person is None else cls(card, person)


@dataclass(frozen=True, slots=True)
class BoxCount(MovePayload):
    """How many cards somebody has counted in a box."""

    cards: int

    @classmethod
    def of(cls, payload: Payload) -> BoxCount | None:
        """Return what a move brings; None where it brings no number."""
        cards = given(payload, "cards", int)
        return None if cards is None else cls(cards)


@dataclass(frozen=True, slots=True)
class Consignment(MovePayload):
    """What names a parcel; "" where missing.

    Where it is booked ``tracking_number`` is the courier's number. Where it is handed over it is
    the code that was scanned, the courier's number or our own reference, and ``handover_id`` the
    list onto which it was scanned.
    """

    tracking_number: str
    handover_id: int | None = None

    @classmethod
    def of(cls, payload: Payload) -> Consignment:
        """Return what a move brings."""
        named = (given(payload, "tracking_number", str) or "").strip()
        return cls(named, given(payload, "handover_id", int))


@dataclass(frozen=True, slots=True)
class ScannedOut(MovePayload):
    """On which hand-over list a parcel leaves the house; None on none."""

    handover_id: int | None

    @classmethod
    def of(cls, payload: Payload) -> ScannedOut:
        """Return what a move brings."""
        return cls(given(payload, "handover_id", int))


@dataclass(frozen=True, slots=True)
class PutOnList(MovePayload):
    """Which parcel is scanned onto a hand-over list."""

    parcel_id: int | None

    @classmethod
    def of(cls, payload: Payload) -> PutOnList:
        """Return what a move brings."""
        return cls(given(payload, "parcel_id", int))


@dataclass(frozen=True, slots=True)
class Delivery(MovePayload):
    """What whoever handed a card over says of it (EN 319 411-1, 6.3.4).

    ``handed_to`` is HOLDER. ``shown`` is the kind of identity document (`handlers.cards.courier`
    SHOWN), ``shown_number`` the document's own number, ``handed_by`` who handed the card over; ""
    where missing or longer than LONGEST. ``handed_at`` is the moment, with its time zone; None
    where none is told.
    """

    handed_to: str
    shown: str
    shown_number: str
    handed_by: str
    handed_at: datetime | None

    @classmethod
    def of(cls, payload: Payload) -> Delivery:
        """Return what a move brings."""
        at = given(payload, "handed_at", datetime)
        return cls(
            handed_to=given(payload, "handed_to", str) or "",
            shown=given(payload, "shown", str) or "",
            shown_number=_word(payload, "shown_number"),
            handed_by=_word(payload, "handed_by"),
            handed_at=at if at is not None and at.tzinfo is not None else None,
        )


def _word(payload: Payload, name: str) -> str:
    """Return a word of a payload; "" where it is missing or too long to be one."""
    word = storable(given(payload, name, str) or "").strip()
    return word if len(word) <= LONGEST else ""
