"""Naming what is well made but not supported here, so that no good file is called a broken one.

Read as bytes, since the libraries cannot read all of it.
"""

from __future__ import annotations

from asn1crypto import cms

from signing.verdict import Unsupported
from signing.x509.certificate_der import take_apart

KINDS = {
    "1.2.840.113549.1.1.1": "",
    "1.2.840.113549.1.1.10": "",
    "1.2.840.10045.2.1": "",
    "1.2.840.10040.4.1": "DSA",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}
"""Kinds of keys by their identifiers; the supported ones (RSA, EC) bear no name."""

_OTHERS = {
    0xA0: "extended_certificate",
    0xA1: "v1_attribute_certificate",
    0xA2: "v2_attribute_certificate",
    0xA3: "other_certificate",
}
"""What may stand among the certificates beside X.509 ones (RFC 5652, 10.2.2), by its tag octet."""


def key(certificate: bytes) -> Unsupported | None:
    """Return the kind of a certificate's key where that is not supported."""
    kind = take_apart(certificate).key_type
    name = KINDS.get(kind, kind)
    return Unsupported("key_kind", name) if name else None


def certificates(held: tuple[bytes, ...]) -> Unsupported | None:
    """Return the first kind of certificate in a container that is not supported."""
    found = next((_OTHERS[one[0]] for one in held if one[0] in _OTHERS), "")
    return Unsupported("certificate_kind", found) if found else None


def encoding(data: bytes) -> Unsupported | None:
    """Return that a SignedData is written in BER; None for anything else.

    The reader of containers takes DER only, so this is asked of a parser that takes both.
    """
    try:
        info = cms.ContentInfo.load(data, strict=True)
        signed = info["content_type"].native == "signed_data" and len(info["content"]) > 0
    except Exception:  # noqa: BLE001 - whatever hostile bytes make the parser do
        return None
    return Unsupported("ber") if signed else None
