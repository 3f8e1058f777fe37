"""Taking a container apart for an outsider: what his tools need, and at which byte it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from asn1crypto import cms, core, tsp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

SIGNATURE_STAMP = "1.2.840.113549.1.9.16.2.14"
ARCHIVE_STAMP = "0.4.0.1733.2.4"
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
STAMPS = {SIGNATURE_STAMP: "signature", ARCHIVE_STAMP: "archive"}


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
class Pieces:
    """What a container carries, all DER; `signature` is the place of the signature value."""

    signature: Place | None = None
    certificates: tuple[bytes, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


def take_apart(container: bytes) -> Pieces:
    """Find the pieces of a container; of bytes that are no container there are none.

    Nothing is judged here: that a piece is there does not mean that it is good.
    """
    try:
        signed_data = cms.ContentInfo.load(container)["content"]
        info = signed_data["signer_infos"][0]
        return Pieces(
            _place(container, info["signature"]),
            tuple(choice.chosen.dump() for choice in signed_data["certificates"]),
            tuple(_stamps(container, info)),
            tuple(_revocation(signed_data, info, "crl")),
            tuple(_revocation(signed_data, info, "other")),
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return Pieces()


def _place(container: bytes, value: core.Asn1Value) -> Place:
    der = value.dump()
    return Place(container.index(der), len(der))


def _unsigned(info: cms.SignerInfo, wanted: Callable[[str], bool]) -> Iterator[cms.CMSAttribute]:
    attributes = info["unsigned_attrs"]
    # An absent field reads as Void, which holds nothing.
    present = attributes if isinstance(attributes, cms.CMSAttributes) else ()
    return (attribute for attribute in present if wanted(attribute["type"].dotted))


def _stamps(container: bytes, info: cms.SignerInfo) -> Iterator[Stamp]:
    for attribute in _unsigned(info, STAMPS.__contains__):
        for value in attribute["values"]:
            token = value.dump()
            at = stamped_at(token)
            yield Stamp(STAMPS[attribute["type"].dotted], _place(container, value), token, at)


def stamped_at(token: bytes) -> datetime:
    """Read the moment that a time-stamp token (RFC 3161) gives; ValueError when it is none."""
    content = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"]
    info = tsp.TSTInfo.load(bytes(content))
    return cast("datetime", info["gen_time"].native)


def _revocation(
    signed_data: cms.SignedData, info: cms.SignerInfo, sort: str
) -> Iterator[bytes]:
    """Yield the CRLs or the OCSP responses: those in SignedData, then those of the attribute."""
    found = signed_data["crls"]
    for choice in found if isinstance(found, cms.RevocationInfoChoices) else ():
        if choice.name == sort:
            yield choice.chosen.dump() if sort == "crl" else _other(choice.chosen)
    for attribute in _unsigned(info, REVOCATION_VALUES.__eq__):
        for value in attribute["values"]:
            yield from _values(value.dump(), 0 if sort == "crl" else 1)


def _other(other: cms.OtherRevocationInfoFormat) -> bytes:
    return bytes(other["other_rev_info"].dump())


class _Many(core.SequenceOf):  # type: ignore[misc]  # asn1crypto carries no types
    """Any number of values, kept as they stand."""

    _child_spec = core.Any


class _Values(core.Sequence):  # type: ignore[misc]  # the same
    """RevocationValues (RFC 5126, 6.3.4): lists, then basic OCSP responses."""

    _fields = (
        ("crls", _Many, {"explicit": 0, "optional": True}),
        ("ocsps", _Many, {"explicit": 1, "optional": True}),
    )


def _values(der: bytes, which: int) -> Iterator[bytes]:
    found = _Values.load(der)[("crls", "ocsps")[which]]
    return (value.dump() for value in found) if isinstance(found, _Many) else iter(())
