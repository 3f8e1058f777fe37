"""Certificate revocation lists of the demo authority (RFC 5280, section 5), built and signed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from asn1crypto import crl

from signing.tokens import keys
from signing.x509 import builder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from signing.x509.certificate import X509Certificate


class Reason(StrEnum):
    """Why a certificate is on the list (RFC 5280, 5.3.1); ON_HOLD is a suspension."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION = "cessation_of_operation"
    ON_HOLD = "certificate_hold"
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn"


@dataclass(frozen=True)
class RevokedEntry:
    """One revoked or suspended certificate: its serial number, since when (aware UTC), why."""

    serial_number: int
    since: datetime
    reason: Reason


def _entry(entry: RevokedEntry) -> crl.RevokedCertificate:
    reason = {"extn_id": "crl_reason", "critical": False, "extn_value": crl.CRLReason(entry.reason)}
    return crl.RevokedCertificate(
        {
            "user_certificate": entry.serial_number,
            "revocation_date": builder.moment(entry.since),
            # RFC 5280, 5.3.1: an unspecified reason is left out.
            "crl_entry_extensions": [] if entry.reason is Reason.UNSPECIFIED else [reason],
        }
    )


def revocation_list(
    issuer: X509Certificate,
    entries: Iterable[RevokedEntry],
    window: tuple[datetime, datetime],
    number: int,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """Build a version 2 list, in force from the first to the second time, and have it signed."""
    public = issuer.parsed.public_key
    algorithm = keys.signature_algorithm(public)
    revoked = [_entry(entry) for entry in sorted(entries, key=lambda entry: entry.serial_number)]
    tbs = crl.TbsCertList(
        {
            "version": "v2",
            "signature": algorithm,
            "issuer": issuer.parsed.subject,
            "this_update": builder.moment(window[0]),
            "next_update": builder.moment(window[1]),
            **({"revoked_certificates": revoked} if revoked else {}),
            "crl_extensions": [
                {
                    "extn_id": "authority_key_identifier",
                    "extn_value": {"key_identifier": builder.key_identifier(public)},
                },
                {"extn_id": "crl_number", "extn_value": number},
            ],
        }
    )
    return bytes(
        crl.CertificateList(
            {
                "tbs_cert_list": tbs,
                "signature_algorithm": algorithm,
                "signature": sign(tbs.dump()),
            }
        ).dump()
    )
