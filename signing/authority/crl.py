"""Certificate revocation lists of the demo authority (RFC 5280, section 5), built and signed.

An entry is encoded once and kept by the caller: a list joins the bytes of its entries, so that one
of 100,000 costs little more than its signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from asn1crypto import crl

from signing.tokens import keys
from signing.x509 import builder, tlv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from signing.x509.certificate import X509Certificate

_VERSION_2 = b"\x02\x01\x01"


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


@cache
def _entry_extensions(reason: Reason) -> bytes:
    # RFC 5280, 5.3.1: an unspecified reason is left out.
    if reason is Reason.UNSPECIFIED:
        return b""
    stated = {"extn_id": "crl_reason", "critical": False, "extn_value": crl.CRLReason(reason)}
    return bytes(crl.CRLEntryExtensions([stated]).dump())


def _time(value: datetime) -> bytes:
    """Encode a moment as `builder.moment` does, without the cost of its objects."""
    if value.year > builder.LAST_UTC_TIME_YEAR:
        return bytes(builder.moment(value).dump())
    return b"\x17\x0d" + f"{value.astimezone(UTC):%y%m%d%H%M%SZ}".encode("ascii")


def encode_entry(entry: RevokedEntry) -> bytes:
    """Return the entry of a list as DER (RFC 5280, 5.1.2.6)."""
    # One bit more than the number has, since the first one is its sign.
    number = entry.serial_number.to_bytes(entry.serial_number.bit_length() // 8 + 1, "big")
    parts = (
        tlv.wrap(tlv.INTEGER, (number,)),
        _time(entry.since),
        _entry_extensions(entry.reason),
    )
    return tlv.wrap(tlv.SEQUENCE, parts)


def read_entry(der: bytes) -> RevokedEntry:
    """Return what an entry says that `encode_entry` has made."""
    parsed = crl.RevokedCertificate.load(der, strict=True)
    reason = parsed.crl_reason_value
    return RevokedEntry(
        parsed["user_certificate"].native,
        parsed["revocation_date"].native,
        Reason.UNSPECIFIED if reason is None else Reason(reason.native),
    )


@dataclass(frozen=True)
class ListIssue:
    """One issue of a list: its number (RFC 5280, 5.2.3), and from when to when it is in force."""

    number: int
    this_update: datetime
    next_update: datetime


def sign_list(
    issuer: X509Certificate, entries: bytes, issue: ListIssue, sign: Callable[[bytes], bytes]
) -> bytes:
    """Build a version 2 list of encoded entries that stand side by side, and have it signed."""
    public = issuer.parsed.public_key
    algorithm = keys.signature_algorithm(public).dump()
    extensions = crl.TBSCertListExtensions(
        [
            {
                "extn_id": "authority_key_identifier",
                "extn_value": {"key_identifier": builder.key_identifier(public)},
            },
            {"extn_id": "crl_number", "extn_value": issue.number},
        ]
    )
    parts = (
        _VERSION_2,
        algorithm,
        issuer.parsed.subject.dump(),
        _time(issue.this_update),
        _time(issue.next_update),
        # RFC 5280, 5.1.2.6: a list without entries has no field for them.
        tlv.wrap(tlv.SEQUENCE, (entries,)) if entries else b"",
        tlv.wrap(tlv.FIRST, (extensions.dump(),)),
    )
    tbs = tlv.wrap(tlv.SEQUENCE, parts)
    signature = tlv.wrap(tlv.BITS, (b"\0", sign(tbs)))
    return tlv.wrap(tlv.SEQUENCE, (tbs, algorithm, signature))


def revocation_list(
    issuer: X509Certificate,
    entries: Iterable[RevokedEntry],
    window: tuple[datetime, datetime],
    number: int,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """Build a version 2 list, in force from the first to the second time, and have it signed."""
    ordered = sorted(entries, key=lambda entry: entry.serial_number)
    encoded = b"".join(encode_entry(entry) for entry in ordered)
    return sign_list(issuer, encoded, ListIssue(number, *window), sign)
