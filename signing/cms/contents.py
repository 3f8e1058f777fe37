"""What a container carries, for checking it with other tools: each piece and where it stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signing.cms import signed_data
from signing.cms.levels import stamped_at
from signing.errors import ContainerUnusable
from signing.x509 import ocsp_responses, revocation_lists

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from signing.cms.signed_data import SignedDataPieces
    from signing.x509.certificate import X509Certificate

STAMPS = {signed_data.SIGNATURE_STAMP: "signature", signed_data.ARCHIVE_STAMP: "archive"}
"""The attributes that hold time-stamps, and what these are over."""


@dataclass(frozen=True)
class DerPlace:
    """Where a value stands in the container's DER: first byte of its header, length with it."""

    offset: int
    length: int


@dataclass(frozen=True)
class CarriedTimeStamp:
    """One time-stamp token in its place: over the signature, or over the whole (archive)."""

    kind: str
    place: DerPlace
    token: bytes
    at: datetime


@dataclass(frozen=True)
class CarriedOcspResponse:
    """One OCSP response (DER): for which serial number of which issuer (a hash of its key)."""

    der: bytes
    serial_number: int
    digest: str
    issuer_key: bytes

    def is_of(self, issuer: X509Certificate) -> bool:
        """Say whether it answers for a certificate of this issuer."""
        key = bytes(issuer.parsed.public_key["public_key"])
        return hashlib.new(self.digest, key).digest() == self.issuer_key


@dataclass(frozen=True)
class CarriedPieces:
    """What a container carries, all DER; `signature` is the place of the signature value."""

    signature: DerPlace | None = None
    certificates: tuple[bytes, ...] = ()
    stamps: tuple[CarriedTimeStamp, ...] = ()
    crls: tuple[bytes, ...] = ()
    answers: tuple[CarriedOcspResponse, ...] = ()


def carried_by(container: bytes) -> CarriedPieces:
    """Return what a container carries; bytes that are no container carry nothing.

    Nothing is validated here: that a piece is there does not mean that it is good.
    """
    try:
        pieces = signed_data.take_apart(container)
        crls, ocsps = signed_data.revocation_data(pieces.revocations)
        return CarriedPieces(
            _place(container, pieces.signer[-1]),
            pieces.certificates,
            tuple(_stamps(container, pieces)),
            crls,
            tuple(_response(der) for der in ocsps),
        )
    except (ValueError, IndexError, ContainerUnusable):
        return CarriedPieces()


def _place(container: bytes, der: bytes) -> DerPlace:
    return DerPlace(container.index(der), len(der))


def _stamps(container: bytes, pieces: SignedDataPieces) -> Iterator[CarriedTimeStamp]:
    for attribute, token in pieces.unsigned:
        kind = STAMPS.get(attribute)
        if kind is not None:
            yield CarriedTimeStamp(kind, _place(container, token), token, stamped_at(token))


def issued_at(revocation_list: bytes) -> datetime:
    """Return the moment at which a revocation list (DER) was issued."""
    return revocation_lists.read(revocation_list).this_update


def _response(der: bytes) -> CarriedOcspResponse:
    """Read of which certificate the first entry of an OCSP response speaks."""
    named = ocsp_responses.read(der).basic["tbs_response_data"]["responses"][0]["cert_id"]
    digest = named["hash_algorithm"]["algorithm"].native
    return CarriedOcspResponse(
        der, named["serial_number"].native, digest, named["issuer_key_hash"].native
    )


@dataclass(frozen=True)
class FileGap:
    """A file that is signed but for one gap: what stands before it, in it and behind it."""

    before: bytes
    inside: bytes
    behind: bytes


def split(whole: bytes, covered: bytes) -> FileGap:
    """Return the gap that is missing from `covered`; none (empty) when nothing is missing."""
    width = len(whole) - len(covered)
    pairs = enumerate(zip(whole, covered, strict=False))
    start = next((place for place, (one, other) in pairs if one != other), len(covered))
    return FileGap(whole[:start], whole[start : start + width], whole[start + width :])
