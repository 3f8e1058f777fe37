"""What the moves of an e-onay bring with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.kit.payload import MovePayload, given, written

if TYPE_CHECKING:
    from workflow.model.context import Payload


@dataclass(frozen=True, slots=True)
class FormShown(MovePayload):
    """The form before which a person presses; ``form`` is its SHA-256 (hex), None where missing."""

    form: str | None

    @classmethod
    def of(cls, payload: Payload) -> FormShown:
        """Return what a move brings."""
        return cls(written(payload, "form"))


@dataclass(frozen=True, slots=True)
class SignerRevoked(MovePayload):
    """Since when the certificate counts as revoked that signed an e-onay, as its authority says."""

    revoked_at: datetime

    @classmethod
    def of(cls, payload: Payload) -> SignerRevoked | None:
        """Return what a move brings; None where it brings no moment."""
        at = given(payload, "revoked_at", datetime)
        return None if at is None else cls(at)


@dataclass(frozen=True, slots=True)
class EndedConsent(MovePayload):
    """The e-onay that is being ended in this very transaction: ``consent`` is its number."""

    consent: int

    @classmethod
    def of(cls, payload: Payload) -> EndedConsent | None:
        """Return what a move brings; None where it brings no number."""
        number = given(payload, "consent", int)
        return None if number is None else cls(number)
