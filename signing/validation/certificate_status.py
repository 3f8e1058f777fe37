"""Where a certificate stands by the word of its own authority: in force, on hold, revoked, unknown.

`fetch` asks over the network and is called outside any lock; `standing` only reads what came.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from signing.validation.chain import check_chain
from signing.validation.collect import collect
from signing.validation.trust import Revocation
from signing.verdict import Stopped, SubIndication
from signing.x509.validation_time import Moment

if TYPE_CHECKING:
    from datetime import datetime

    from signing.network.online import Online
    from signing.validation.trust import Trust
    from signing.x509.certificate import X509Certificate


class CertificateStanding(StrEnum):
    """What is known of a certificate at a moment."""

    IN_FORCE = "in_force"
    HELD = "held"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


def fetch(
    online: Online,
    certificate: X509Certificate,
    chain: tuple[bytes, ...],
    trust: Trust,
    now: datetime,
) -> Revocation:
    """Fetch lists and answers about a certificate and those above it.

    ``chain`` are certificates (DER) that stood beside it. Raises OnlineUnavailable when a service
    is out of reach, ContainerUnusable when it leads to no anchor of ours.
    """
    evidence = collect(online, [(certificate, chain)], trust, now)
    return Revocation(evidence.crls, evidence.ocsps)


def standing(
    certificate: X509Certificate,
    chain: tuple[bytes, ...],
    trust: Trust,
    revocation: Revocation,
    now: datetime,
) -> CertificateStanding:
    """Validate a certificate by revocation data at hand; what leads to no anchor is unknown."""
    try:
        check_chain(certificate, chain, trust, revocation, Moment(now))
    except Stopped as stop:
        if stop.held:
            return CertificateStanding.HELD
        revoked = stop.sub is SubIndication.REVOKED_NO_POE
        return CertificateStanding.REVOKED if revoked else CertificateStanding.UNKNOWN
    return CertificateStanding.IN_FORCE
