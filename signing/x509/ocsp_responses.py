"""Reading OCSP answers (RFC 6960, 4.2): which certificates they speak of, and who signed them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from asn1crypto import ocsp

from signing.x509.revocation_lists import read_extensions

if TYPE_CHECKING:
    from datetime import datetime

    from asn1crypto import algos, x509

KEPT = 64
"""How many parsed answers a process keeps."""

ID_HASHES = frozenset({"sha1", "sha256", "sha384", "sha512"})
"""Hashes by which an answer may name a certificate; nothing rests on their strength, since the
answer is signed under a key of the certificate's own issuer."""

KNOWN = frozenset({"nonce", "extended_revoke"})
KNOWN_OF_ENTRIES = frozenset({"crl", "archive_cutoff", "crl_reason", "invalidity_date"})


@dataclass(frozen=True)
class OcspEntry:
    """What one entry says: `status` is good, revoked or unknown, of a time, until a time."""

    status: str
    this_update: datetime
    next_update: datetime | None
    since: datetime | None = None
    reason: str = "unspecified"


@dataclass(frozen=True)
class OcspAnswer:
    """A successful basic response, parsed."""

    der: bytes
    basic: ocsp.BasicOCSPResponse
    signed: bytes
    algorithm: algos.SignedDigestAlgorithm
    signature: bytes
    certificates: tuple[bytes, ...]

    def about(self, certificate: x509.Certificate, issuer: x509.Certificate) -> list[OcspEntry]:
        """Give what is said of a certificate, entry by entry.

        Raises ValueError for an answer that must not be used for it: an extension of it or of
        an entry about the certificate is critical and not known (RFC 6960, 4.4).
        """
        data = self.basic["tbs_response_data"]
        mine = [one for one in data["responses"] if names(one["cert_id"], certificate, issuer)]
        if mine:
            read_extensions(data["response_extensions"], KNOWN)
        return [_said(one) for one in mine]

    def from_(self, responder: x509.Certificate) -> bool:
        """Say whether a certificate is the one that the answer names as its responder's."""
        who = self.basic["tbs_response_data"]["responder_id"]
        if who.name == "by_name":
            return bool(who.chosen == responder.subject)
        return bool(who.chosen.native == responder.public_key.sha1)


@lru_cache(KEPT)
def read(der: bytes) -> OcspAnswer:
    """Read an answer wholly; ValueError for one that is unreadable or says nothing."""
    try:
        basic = ocsp.OCSPResponse.load(der, strict=True).basic_ocsp_response
        data = basic["tbs_response_data"]
        # Forces every part, since asn1crypto parses lazily; but not the certificates beside it.
        _ = data.native
        return OcspAnswer(
            der,
            basic,
            data.dump(),
            basic["signature_algorithm"],
            basic["signature"].native,
            tuple(one.dump() for one in basic["certs"] or ()),
        )
    except Exception as error:
        raise ValueError("no OCSP answer") from error


def names(identifier: ocsp.CertId, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Say whether an identifier is a certificate's: its serial number, issuer's name and key."""
    algorithm = identifier["hash_algorithm"]["algorithm"].native
    if (
        algorithm not in ID_HASHES
        or identifier["serial_number"].native != certificate.serial_number
    ):
        return False
    pairs = {
        "issuer_name_hash": certificate.issuer.dump(),
        "issuer_key_hash": bytes(issuer.public_key["public_key"]),
    }
    return all(
        identifier[name].native == hashlib.new(algorithm, data).digest()
        for name, data in pairs.items()
    )


def _said(entry: ocsp.SingleResponse) -> OcspEntry:
    read_extensions(entry["single_extensions"], KNOWN_OF_ENTRIES)
    status = entry["cert_status"]
    times = (entry["this_update"].native, entry["next_update"].native)
    if status.name != "revoked":
        return OcspEntry(status.name, *times)
    info = status.chosen
    reason = info["revocation_reason"].native
    return OcspEntry(status.name, *times, info["revocation_time"].native, reason or "unspecified")
