"""Taking a container apart for an outsider: what his tools need, and at which byte it stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from asn1crypto import cms, core, crl, ocsp, tsp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from signing.x509.certificate import Certificate

STAMPS = {"1.2.840.113549.1.9.16.2.14": "signature", "0.4.0.1733.2.4": "archive"}
"""The attributes that hold time-stamps, and what these are over."""


@dataclass(frozen=True)
class Place:
    """Where a value stands in the container's DER: first byte of its header, length with it."""

    offset: int
    length: int


@dataclass(frozen=True)
class Stamp:
    """One time-stamp token in its place: over the signature, or over the whole (archive)."""

    kind: str
    place: Place
    token: bytes
    at: datetime


@dataclass(frozen=True)
class Answer:
    """One OCSP response (DER): for which serial number of which issuer (a hash of its key)."""

    der: bytes
    serial_number: int
    digest: str
    issuer_key: bytes

    def is_of(self, issuer: Certificate) -> bool:
        """Say whether it answers for a certificate of this issuer."""
        key = bytes(issuer.parsed.public_key["public_key"])
        return hashlib.new(self.digest, key).digest() == self.issuer_key


@dataclass(frozen=True)
class Pieces:
    """What a container carries, all DER; `signature` is the place of the signature value."""

    signature: Place | None = None
    certificates: tuple[bytes, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    crls: tuple[bytes, ...] = ()
    answers: tuple[Answer, ...] = ()


def take_apart(container: bytes) -> Pieces:
    """Find the pieces of a container; of bytes that are no container there are none.

    Nothing is judged here: that a piece is there does not mean that it is good.
    """
    try:
        signed_data = cms.ContentInfo.load(container)["content"]
        info = signed_data["signer_infos"][0]
        revocation = [(choice.name, choice.chosen) for choice in _there(signed_data["crls"])]
        return Pieces(
            _place(container, info["signature"]),
            tuple(choice.chosen.dump() for choice in _there(signed_data["certificates"])),
            tuple(_stamps(container, info)),
            tuple(value.dump() for name, value in revocation if name == "crl"),
            tuple(_answer(value) for name, value in revocation if name == "other"),
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return Pieces()


def _there(values: core.Asn1Value) -> Iterator[core.Asn1Value]:
    """Yield the values of an optional set; an absent one reads as Void."""
    return iter(() if isinstance(values, core.Void) else values)


def _place(container: bytes, value: core.Asn1Value) -> Place:
    der = value.dump()
    return Place(container.index(der), len(der))


def _stamps(container: bytes, info: cms.SignerInfo) -> Iterator[Stamp]:
    for attribute in _there(info["unsigned_attrs"]):
        kind = STAMPS.get(attribute["type"].dotted)
        for value in attribute["values"] if kind else ():
            token = value.dump()
            yield Stamp(kind or "", _place(container, value), token, stamped_at(token))


def stamped_at(token: bytes) -> datetime:
    """Read the moment that a time-stamp token (RFC 3161) gives; ValueError when it is none."""
    content = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"]
    info = tsp.TSTInfo.load(bytes(content))
    return cast("datetime", info["gen_time"].native)


def issued_at(revocation_list: bytes) -> datetime:
    """Read the moment at which a revocation list (DER) was issued."""
    parsed = crl.CertificateList.load(revocation_list)["tbs_cert_list"]
    return cast("datetime", parsed["this_update"].native)


def _answer(other: cms.OtherRevocationInfoFormat) -> Answer:
    """Read an OCSP response that stands among the lists (RFC 5940)."""
    der = bytes(other["other_rev_info"].dump())
    single = ocsp.OCSPResponse.load(der).response_data["responses"][0]["cert_id"]
    digest = single["hash_algorithm"]["algorithm"].native
    return Answer(der, single["serial_number"].native, digest, single["issuer_key_hash"].native)


@dataclass(frozen=True)
class Gap:
    """A file that is signed but for one gap: what stands before it, in it and behind it."""

    before: bytes
    inside: bytes
    behind: bytes


def split(whole: bytes, covered: bytes) -> Gap:
    """Find the gap that is missing from `covered`; none (empty) when nothing is missing."""
    width = len(whole) - len(covered)
    pairs = enumerate(zip(whole, covered, strict=False))
    start = next((place for place, (one, other) in pairs if one != other), len(covered))
    return Gap(whole[:start], whole[start : start + width], whole[start + width :])
