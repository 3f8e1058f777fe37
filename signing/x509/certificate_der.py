"""A certificate as its pieces of DER (RFC 5280, 4.1), before it is known who signed it."""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import algos, core

from signing.x509 import tlv

_ISSUER, _PUBLIC_KEY = 2, 5


@dataclass(frozen=True)
class EncodedCertificate:
    """The signed `body`, the algorithm beside it and the signature.

    `fields` are those of the body but for the version.
    """

    der: bytes
    body: bytes
    fields: tuple[bytes, ...]
    algorithm: algos.SignedDigestAlgorithm
    signature: bytes

    @property
    def issuer(self) -> bytes:
        """The issuer's name (DER); empty where the fields end before it."""
        return self.fields[_ISSUER] if len(self.fields) > _ISSUER else b""

    @property
    def key_type(self) -> str:
        """The object identifier of the public key's kind; ValueError when there is none."""
        if len(self.fields) <= _PUBLIC_KEY:
            raise ValueError("no public key")
        algorithm, _ = tlv.inside(self.fields[_PUBLIC_KEY], tlv.SEQUENCE)
        kind = tlv.inside(algorithm, tlv.SEQUENCE)[0]
        return str(core.ObjectIdentifier.load(kind).dotted)


def take_apart(der: bytes) -> EncodedCertificate:
    """Return the pieces of a certificate; ValueError for bytes that are no such thing."""
    body, algorithm, signature = tlv.inside(der, tlv.SEQUENCE)
    fields = tlv.inside(body, tlv.SEQUENCE)
    if fields and fields[0][0] == tlv.FIRST:
        del fields[0]
    bits = tlv.value(signature, tlv.BITS)
    return EncodedCertificate(
        der, body, tuple(fields), algos.SignedDigestAlgorithm.load(algorithm), bits[1:]
    )
