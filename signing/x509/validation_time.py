"""The time that is judged, and of which age what is said of a certificate then must be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from asn1crypto import x509

SKEW = timedelta(minutes=5)
"""How far two clocks may differ: that of a responder, of a list's issuer or of a time-stamp
authority may be ahead of ours, and a responder's behind that of a time-stamp authority."""


@dataclass(frozen=True)
class Moment:
    """The time that is judged and what is asked of the revocation data.

    `past` takes data issued after `at` too, as long as it reaches back to it: what it says was
    revoked later does not count. `issued_from` refuses older data about the certificate itself,
    `ocsp` takes only OCSP responses about it.
    """

    at: datetime
    past: bool = False
    issued_from: datetime | None = None
    ocsp: bool = False

    def fits(self, certificate: x509.Certificate) -> Callable[[datetime], bool]:
        """Give whether data about this certificate may be of a time.

        What was revoked may leave the lists once it has ended (RFC 5280, 3.3), so for the past
        only data of its life counts.
        """
        # Time-stamps may tell fractions of a second, lists and answers do not.
        since = self.issued_from and self.issued_from.replace(microsecond=0)
        end = certificate.not_valid_after if self.past else None
        return lambda issued: (since is None or issued >= since) and (end is None or issued <= end)

    def of_issuers(self) -> Moment:
        """Give the question about anybody but the certificate itself: no profile says more."""
        return replace(self, issued_from=None, ocsp=False)

    def earlier(self, at: datetime) -> Moment:
        """Give the same question about an earlier time that is proved; data must be newer.

        It was proved by another clock than the one that the data was issued by.
        """
        since = at - SKEW
        return replace(self, at=at, past=True, issued_from=max(self.issued_from or since, since))
