"""One certificate whose revocation status is asked for, and how what a source says of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from signing.x509.crl_scope import ALL_REASONS
from signing.x509.validation_time import SKEW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

    from signing.x509.certificate import X509Certificate
    from signing.x509.validation_time import Moment

ON_HOLD, REMOVED = "certificate_hold", "remove_from_crl"


class CertStatus(StrEnum):
    """What a source says of a certificate (CertStatus: RFC 6960, 4.2.1)."""

    GOOD = "good"
    HELD = "held"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RevocationFinding:
    """What one source says: of when, whether that is in force, and for which reasons of a list."""

    kind: CertStatus
    issued: datetime
    fresh: bool
    reasons: frozenset[str] = ALL_REASONS


@dataclass(frozen=True)
class RevocationCase:
    """One certificate that is asked about: the path down to it (anchor first) and the moment.

    `asked` are the certificates (DER) whose status this question is part of.
    """

    path: tuple[X509Certificate, ...]
    moment: Moment
    asked: frozenset[bytes] = frozenset()

    @property
    def certificate(self) -> X509Certificate:
        """The certificate in question."""
        return self.path[-1]

    @property
    def issuer(self) -> X509Certificate:
        """Who issued it."""
        return self.path[-2]

    @property
    def at(self) -> datetime:
        """The moment in whole seconds, since most lists and answers know no others."""
        return self.moment.at.replace(microsecond=0)

    def too_new(self, issued: datetime) -> bool:
        """Say whether data is of a time that has not come."""
        return not self.moment.past and issued > self.at + SKEW

    def fresh(self, issued: datetime, until: datetime | None) -> bool:
        """Say whether data is in force at the moment; both ends belong to its time.

        Without an end it is not: RFC 5280, 5.1.2.5 demands one.
        """
        ends = until is not None and self.at <= until
        return (
            ends and not self.too_new(issued) and self.moment.fits(self.certificate.parsed)(issued)
        )

    def kind(self, reason: str, since: datetime) -> CertStatus:
        """Give what it means to be listed: a date counts only against a time that is proved."""
        if self.moment.past and since > self.at:
            return CertStatus.GOOD
        return CertStatus.HELD if reason in {ON_HOLD, REMOVED} else CertStatus.REVOKED

    def about(self, path: Sequence[X509Certificate]) -> RevocationCase:
        """Give the same question about another certificate, of which no profile says more."""
        return RevocationCase(tuple(path), self.moment.of_issuers(), self.asked | {path[-1].der})


class RevocationContext(Protocol):
    """What the reading of lists and of answers asks of the validation that they serve."""

    good: set[bytes]

    @property
    def pool(self) -> tuple[X509Certificate, ...]:
        """Certificates that may have signed lists or answers."""

    def signed(
        self,
        by: PublicKeyInfo,
        signed: bytes,
        signature: bytes,
        algorithm: algos.SignedDigestAlgorithm,
    ) -> bool:
        """Say whether a key has signed these bytes, by an algorithm that counts."""

    def sound(self, path: Sequence[X509Certificate], at: datetime) -> bool:
        """Say whether a path (anchor first) holds at a time, revocation set aside."""

    def in_force(self, case: RevocationCase) -> bool:
        """Say whether a certificate is known not to be revoked."""
