"""Naming what is well made but not supported here, so that no good file is called a broken one.

Read as bytes, since the libraries cannot read all of it.
"""

from __future__ import annotations

from asn1crypto import cms

from signing.x509.encoded import take_apart

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
    0xA0: "PKCS#6 sertifikası",
    0xA1: "nitelik sertifikası (attribute certificate, sürüm 1)",
    0xA2: "nitelik sertifikası (attribute certificate)",
    0xA3: "X.509 olmayan bir sertifika",
}
"""What may stand among the certificates beside X.509 ones (RFC 5652, 10.2.2), by its tag octet."""


def key(certificate: bytes) -> str:
    """Say in Turkish that a certificate's kind of key is not supported; "" when it is."""
    kind = take_apart(certificate).key_type
    name = KINDS.get(kind, kind)
    if not name:
        return ""
    return (
        f"İmzalayan anahtar {name} türünde; bu tür desteklenmiyor. RSA ya da P-256, P-384 veya "
        "P-521 eğrili bir anahtarla imzalayınız."
    )


def certificates(held: tuple[bytes, ...]) -> str:
    """Say in Turkish which certificate of a container is not supported; "" when all are."""
    found = next((_OTHERS[one[0]] for one in held if one[0] in _OTHERS), "")
    return f"İmza dosyasında {found} var; desteklenmiyor." if found else ""


def encoding(data: bytes) -> str:
    """Say in Turkish that a SignedData is written in BER; "" for anything else."""
    try:
        info = cms.ContentInfo.load(data, strict=True)
        signed = info["content_type"].native == "signed_data" and len(info["content"]) > 0
    except Exception:  # noqa: BLE001 - whatever hostile bytes make the parser do
        return ""
    if not signed:
        return ""
    return (
        "İmza dosyası BER ile yazılmış; yalnız DER kabul edilir. İmzalayan programda DER biçimini "
        "seçip yeniden imzalayınız."
    )
