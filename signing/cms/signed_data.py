"""A SignedData with one signer (RFC 5652, 5) as its pieces of DER: the one reader of containers.

What a container holds is moved as bytes and never encoded anew, since a signature may name each of
them. Nothing is parsed further, validated or fetched here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from asn1crypto import core

from signing.x509 import tlv
from signing.x509.tlv import FIRST, OCTETS, SECOND, SEQUENCE, SET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def oid(dotted: str) -> bytes:
    """Return an object identifier in DER."""
    return bytes(core.ObjectIdentifier(dotted).dump())


def attribute(kind: bytes, value: bytes) -> bytes:
    """Return an attribute of one value (RFC 5652, 5.3) from its type and its value, all DER."""
    return tlv.wrap(SEQUENCE, [kind, tlv.wrap(SET, [value])])


DATA = oid("1.2.840.113549.1.7.1")

SIGNED_DATA = oid("1.2.840.113549.1.7.2")
SIGNATURE_STAMP = oid("1.2.840.113549.1.9.16.2.14")
"""signature-time-stamp (EN 319 122-1, 5.3): over the signature value."""
ARCHIVE_STAMP = oid("0.4.0.1733.2.4")
"""archive-time-stamp-v3 (5.5.3): over the whole."""
HASH_INDEX = oid("0.4.0.19122.1.5")
"""ats-hash-index-v3 (5.5.2): what an archive time-stamp covers beside the signer."""
OCSP_RESPONSE = oid("1.3.6.1.5.5.7.16.2")
"""id-ri-ocsp-response (RFC 5940): an OCSP response among the lists."""


class SignedDataHead(NamedTuple):
    """The first pieces of a SignedData (RFC 5652, 5.1), each in DER."""

    version: bytes
    digest_algorithms: bytes
    content: bytes


@dataclass(frozen=True)
class SignedDataPieces:
    """The pieces, all DER.

    `revocations` are RevocationInfoChoices; `signer` is SignerInfo up to the signature value, its
    last piece; `unsigned` are pairs of an attribute's type and one value.
    """

    head: SignedDataHead
    certificates: tuple[bytes, ...]
    revocations: tuple[bytes, ...]
    signer: tuple[bytes, ...]
    unsigned: tuple[tuple[bytes, bytes], ...]

    @property
    def signature(self) -> bytes:
        """The octets of the signature value."""
        return tlv.value(self.signer[-1], OCTETS)

    @property
    def content_type(self) -> bytes:
        """The type of what is signed, an object identifier."""
        return tlv.inside(self.head.content, SEQUENCE)[0]

    def content(self) -> bytes:
        """Return the octets that are signed and stand inside; ValueError when they are detached."""
        _, wrapped = tlv.inside(self.head.content, SEQUENCE)
        (octets,) = tlv.inside(wrapped, FIRST)
        return tlv.value(octets, OCTETS)

    def values(self, kind: bytes) -> tuple[bytes, ...]:
        """Return the values of the unsigned attributes of one type."""
        return tuple(value for name, value in self.unsigned if name == kind)

    def dump(self) -> bytes:
        """Return the container (DER of a ContentInfo)."""
        kinds = dict.fromkeys(kind for kind, _ in self.unsigned)
        attributes = [
            tlv.wrap(SEQUENCE, [kind, tlv.wrap(SET, sorted(self.values(kind)))]) for kind in kinds
        ]
        signer = tlv.wrap(SEQUENCE, [*self.signer, *_set_of(SECOND, attributes)])
        signed_data = [
            *self.head,
            *_set_of(FIRST, self.certificates),
            *_set_of(SECOND, self.revocations),
            tlv.wrap(SET, [signer]),
        ]
        content = tlv.wrap(FIRST, [tlv.wrap(SEQUENCE, signed_data)])
        return tlv.wrap(SEQUENCE, [SIGNED_DATA, content])


def take_apart(container: bytes) -> SignedDataPieces:
    """Return the pieces of a container or of a time-stamp token.

    ValueError when the bytes are no SignedData in DER with exactly one signer.
    """
    kind, content = tlv.inside(container, SEQUENCE)
    if kind != SIGNED_DATA:
        raise ValueError("no signed data")
    (signed_data,) = tlv.inside(content, FIRST)
    version, digests, encapsulated, *fields, signers = tlv.inside(signed_data, SEQUENCE)
    (signer,) = tlv.inside(signers, SET)
    named = tlv.inside(signer, SEQUENCE)
    _version, _sid, _digest, attributes, algorithm, signature, *unsigned = named
    # Read to be sure of what they are.
    tlv.inside(attributes, FIRST), tlv.inside(algorithm, SEQUENCE), tlv.value(signature, OCTETS)
    return SignedDataPieces(
        SignedDataHead(version, digests, encapsulated),
        tuple(tlv.optional(fields, FIRST)),
        tuple(tlv.optional(fields, SECOND)),
        tuple(named[:6]),
        tuple(_attributes(tlv.optional(unsigned, SECOND))),
    )


def revocation_data(
    choices: Iterable[bytes],
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the lists and the OCSP responses among RevocationInfoChoices (RFC 5652, 10.2.1).

    ValueError when a choice is neither a list nor an "other"; "others" of further kinds are
    passed over.
    """
    crls, ocsps = [], []
    for choice in choices:
        if choice[0] == SEQUENCE:
            crls.append(choice)
            continue
        kind, value = tlv.inside(choice, SECOND)
        if kind == OCSP_RESPONSE:
            ocsps.append(value)
    return tuple(crls), tuple(ocsps)


def _set_of(tag: int, values: Iterable[bytes]) -> list[bytes]:
    """Return a SET OF with this tag, in DER order; nothing for nothing."""
    found = sorted(values)
    return [tlv.wrap(tag, found)] if found else []


def _attributes(attributes: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for attribute in attributes:
        kind, values = tlv.inside(attribute, SEQUENCE)
        for value in tlv.inside(values, SET):
            yield kind, value
