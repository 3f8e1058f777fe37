"""Making a B-B signature with the key on a card: a detached CMS container in DER.

Source: EN 319 122-1 (baseline B-B): contentType, messageDigest, signingTime and
signing-certificate-v2 are signed; the content stays outside the container. EN 319 142-1, 6.3:
a PDF's container has no signingTime, its signature dictionary says the time (/M).

The container is put together from its pieces: pyHanko, which makes the same bytes, encodes each of
them several times over, and takes thirty times as long.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from asn1crypto import algos, cms, core
from pyhanko.sign.general import as_signing_certificate_v2

from signing.cms.profiles import Profile, signed_attributes
from signing.cms.signed_data import DATA, SignedDataHead, SignedDataPieces, attribute, oid
from signing.errors import CertificateUnusable, KeyAbsent
from signing.tokens import keys
from signing.x509 import tlv
from signing.x509.tlv import FIRST, OCTETS, SEQUENCE, SET

if TYPE_CHECKING:
    from datetime import datetime

    from signing.cms.binding import HandshakeBinding
    from signing.tokens.session import TokenSession
    from signing.x509.certificate import X509Certificate

CONTENT_TYPE = attribute(oid("1.2.840.113549.1.9.3"), DATA)
MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
SIGNING_TIME = oid("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE = oid("1.2.840.113549.1.9.16.2.47")
VERSION = bytes(core.Integer(1).dump())
"""Of a SignedData about `data`, and of a signer named by issuer and serial number (RFC 5652)."""

UTC_TIME_ENDS = 2050
"""The first year that is written as GeneralizedTime (RFC 5652, 11.3)."""

_KNOWN = 32


@dataclass(frozen=True, slots=True)
class _SignerPieces:
    """What stands in every container of one signer, in DER, and the name of its digest."""

    digest: str
    digest_algorithm: bytes
    signature_algorithm: bytes
    named: bytes
    signing_certificate: bytes


@lru_cache(_KNOWN)
def _pieces(certificate: X509Certificate, padding: keys.Padding) -> _SignerPieces:
    parsed = certificate.parsed
    digest = keys.digest_for(parsed.public_key)
    named = cms.IssuerAndSerialNumber(
        {"issuer": parsed.issuer, "serial_number": parsed.serial_number}
    )
    return _SignerPieces(
        digest,
        algos.DigestAlgorithm({"algorithm": digest}).dump(),
        keys.signature_algorithm(parsed.public_key, padding).dump(),
        named.dump(),
        attribute(SIGNING_CERTIFICATE, as_signing_certificate_v2(parsed).dump()),
    )


def sign(  # noqa: PLR0913 - all but the first two stand in the signed attributes
    session: TokenSession,
    certificate: X509Certificate,
    data: bytes,
    signing_time: datetime | None,
    profile: Profile = Profile.P1,
    padding: keys.Padding = keys.Padding.PKCS1,
    *,
    asked: HandshakeBinding | None = None,
) -> bytes:
    """Sign the bytes and give the container; they are not inside it.

    `session` is logged in; `certificate` is one of those on the card, its key is found by
    CKA_ID; `signing_time` (aware) is what the signer claims, None for a PDF, whose own entry is
    among the bytes; `profile` is the national one that the signature names; `padding` is how an
    RSA key signs (EC has none); `asked` is the purpose and address of a handshake. Raises
    CertificateUnusable when the time is naive, KeyAbsent when the card has no such certificate or
    key.
    """
    if signing_time is not None and signing_time.tzinfo is None:
        raise CertificateUnusable(reason="naive_signing_time")
    found = session.held()
    key_id = next((key for key, entry in found if entry.der == certificate.der), None)
    if key_id is None:
        raise KeyAbsent(label=session.label)
    pieces = _pieces(certificate, padding)
    signed = sorted(
        [
            CONTENT_TYPE,
            attribute(MESSAGE_DIGEST, _octets(hashlib.new(pieces.digest, data).digest())),
            pieces.signing_certificate,
            *([] if signing_time is None else [attribute(SIGNING_TIME, _time(signing_time))]),
            *signed_attributes(profile, asked),
        ]
    )
    # What is signed is their SET; in the container they stand under another tag (RFC 5652, 5.4).
    signature = session.sign(key_id, tlv.wrap(SET, signed), pieces.digest, padding)
    signer = (
        VERSION, pieces.named, pieces.digest_algorithm, tlv.wrap(FIRST, signed),
        pieces.signature_algorithm, _octets(signature),
    )  # fmt: skip
    head = SignedDataHead(
        VERSION, tlv.wrap(SET, [pieces.digest_algorithm]), tlv.wrap(SEQUENCE, [DATA])
    )
    beside = _with_issuers(certificate, [entry for _key, entry in found])
    return SignedDataPieces(head, beside, (), signer, ()).dump()


def _with_issuers(certificate: X509Certificate, found: list[X509Certificate]) -> tuple[bytes, ...]:
    """Return a certificate with those of its issuer on the card, which let a chain be built.

    Roots stay outside, since who validates has their own.
    """
    issuers = {
        entry.der
        for entry in found
        if entry.parsed.subject == certificate.parsed.issuer and entry.parsed.self_signed == "no"
    }
    return tuple({certificate.der, *issuers})


def _octets(value: bytes) -> bytes:
    return tlv.wrap(OCTETS, [value])


def _time(moment: datetime) -> bytes:
    kind = core.UTCTime if moment.year < UTC_TIME_ENDS else core.GeneralizedTime
    return bytes(kind(moment.replace(microsecond=0)).dump())
