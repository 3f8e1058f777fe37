"""What the moves of a certificate bring with them, read once from the payload of the move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from handlers.kit.payload import MovePayload, given
from signing.errors import CertificateUnusable
from signing.x509.certificate import read
from states.kit.text import normal
from states.people.tckn import mask_all

if TYPE_CHECKING:
    from signing.x509.certificate import X509Certificate
    from workflow.model.context import Payload

LONGEST = 100
"""Letters of the number of a letter and of the name of an authority."""


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """A certificate that was shown: how, what stood beside it, and whether its status was asked.

    ``checked`` says that its authority has just said that it is in force.
    """

    certificate: X509Certificate
    how: str = "bytes"
    chain: tuple[bytes, ...] = ()
    checked: bool = False

    @classmethod
    def of(cls, payload: Payload) -> CertificateSeen | None:
        """Return what a move brings; None where it brings no certificate that can be read."""
        der = given(payload, "der", bytes)
        try:
            certificate = None if der is None else read(der)
        except CertificateUnusable:
            return None
        if certificate is None:
            return None
        chain = cast("list[bytes]", payload.get("chain", []))
        how = str(payload.get("how", "bytes"))
        return cls(certificate, how, tuple(chain), bool(payload.get("checked")))

    def payload(self) -> Payload:
        """Return the payload of a move that brings this."""
        return {
            "der": self.certificate.der,
            "how": self.how,
            "chain": list(self.chain),
            "checked": self.checked,
        }


@dataclass(frozen=True, slots=True)
class CertificateFile(MovePayload):
    """The file of a certificate, as its holder or its authority gives it.

    ``der`` are its bytes (X.509 in DER); `CertificateSeen.of` tells whether they are one.
    """

    der: bytes


@dataclass(frozen=True, slots=True)
class AuthorityLetter(MovePayload):
    """A letter of an authority about a certificate: its number and day, and what it says.

    ``issuer`` and ``ends_on`` are of a letter that says that it is in force, ``revoked_on`` of one
    that says that it was revoked; None where they are missing or too long.
    """

    number: str
    dated: date
    issuer: str | None = None
    ends_on: date | None = None
    revoked_on: date | None = None

    @classmethod
    def of(cls, payload: Payload) -> AuthorityLetter | None:
        """Return the letter that a move brings; None where its number or day is missing.

        Identity numbers in what was typed are masked.
        """
        number, dated = _short(payload.get("number")), _day(payload.get("dated"))
        if number is None or dated is None:
            return None
        issuer = _short(payload.get("issuer"))
        return cls(
            mask_all(number),
            dated,
            None if issuer is None else mask_all(issuer),
            _day(payload.get("ends_on")),
            _day(payload.get("revoked_on")),
        )

    def proof(self) -> dict[str, str]:
        """Return how the letter is kept with the certificate."""
        return {"number": self.number, "dated": self.dated.isoformat()}


def _short(value: object) -> str | None:
    text = normal(value) if isinstance(value, str) else ""
    return text if 0 < len(text) <= LONGEST else None


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
