"""Augmenting a CAdES container to a higher level: bytes in, bytes out, the signed part untouched.

B-T adds a time-stamp over the signature value, B-LT the certificates and revocation data of its
chains (in SignedData, EN 319 122-1, 6.3), B-LTA a time-stamp over all of it (archive-time-stamp-v3,
5.5.3). Nothing is validated and nothing fetched here. What a container holds is moved as bytes and
never encoded anew, since every byte of it may be named by a signature.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from asn1crypto import algos, cms, core, tsp, x509
from pyhanko.sign.ades.asn1_util import register_cms_attribute

from signing.cms.signed_data import (
    ARCHIVE_STAMP,
    HASH_INDEX,
    OCSP_RESPONSE,
    SIGNATURE_STAMP,
    SignedDataPieces,
    take_apart,
)
from signing.errors import ContainerUnusable
from signing.x509 import ocsp_responses, revocation_lists, tlv
from signing.x509.tlv import OCTETS, SECOND, SEQUENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

DIGEST = "sha256"
"""The hash of every imprint made here; renewal with a stronger one needs no other change."""


_ARCHIVE_STAMP = "archive_time_stamp_v3"
_HASH_INDEX = "ats_hash_index_v3"


class _Hashes(core.SequenceOf):  # type: ignore[misc]  # asn1crypto has no types
    _child_spec = core.OctetString


class AtsHashIndexV3(core.Sequence):  # type: ignore[misc]  # the same
    """ATSHashIndexV3 (EN 319 122-1, 5.5.2): what an archive time-stamp covers beside the signer."""

    _fields = [  # noqa: RUF012 - the way asn1crypto declares a structure
        ("hash_ind_algorithm", algos.DigestAlgorithm),
        ("certificates_hash_index", _Hashes),
        ("crls_hash_index", _Hashes),
        ("unsigned_attr_values_hash_index", _Hashes),
    ]


# So that readers of the whole container know what stands there.
register_cms_attribute("0.4.0.1733.2.4", _ARCHIVE_STAMP, cms.ContentInfo)
register_cms_attribute("0.4.0.19122.1.5", _HASH_INDEX, AtsHashIndexV3)


TST_INFO = bytes(core.ObjectIdentifier("1.2.840.113549.1.9.16.1.4").dump())
SHA256 = tlv.wrap(SEQUENCE, [bytes(core.ObjectIdentifier("2.16.840.1.101.3.4.2.1").dump())])
VERSION_1, VERSION_3, VERSION_5 = b"\x02\x01\x01", b"\x02\x01\x03", b"\x02\x01\x05"


class Level(StrEnum):
    """How far a container has come (EN 319 122-1, 6.1), by what it carries."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"


@dataclass(frozen=True)
class ValidationData:
    """Certificates, revocation lists and OCSP responses (all DER) to be put into a container."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


@contextmanager
def _readable(reason: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise ContainerUnusable(reason=reason) from error


def _open(container: bytes, reason: str = "container_unreadable") -> SignedDataPieces:
    with _readable(reason):
        return take_apart(container)


def level(container: bytes) -> Level:
    """Say how far a container has come by what it carries; nothing is validated."""
    parts = _open(container)
    if parts.values(ARCHIVE_STAMP):
        return Level.B_LTA
    if not parts.values(SIGNATURE_STAMP):
        return Level.B_B
    return Level.B_LT if parts.revocations else Level.B_T


def time_stamps(container: bytes) -> tuple[bytes, ...]:
    """Give the tokens (DER): those over the signature, then those over the whole, as stored."""
    parts = _open(container)
    return (*parts.values(SIGNATURE_STAMP), *parts.values(ARCHIVE_STAMP))


def stamped_at(token: bytes) -> datetime:
    """Give the moment that a token states."""
    moment: datetime = _stamp_info(token)["gen_time"].native
    return moment


def certificates(container: bytes) -> tuple[bytes, ...]:
    """Give the certificates beside the signature of a container or of a token."""
    return _open(container).certificates


def signature_imprint(container: bytes) -> bytes:
    """Give the digest of the signature value, which the time-stamp of B-T is over (5.3)."""
    return hashlib.new(DIGEST, _open(container).signature).digest()


def with_time_stamp(container: bytes, token: bytes) -> bytes:
    """Augment to B-T; ContainerUnusable when the token is over another signature."""
    parts = _open(container)
    _over(token, signature_imprint(container))
    return replace(parts, unsigned=(*parts.unsigned, (SIGNATURE_STAMP, token))).dump()


def with_evidence(container: bytes, evidence: ValidationData) -> bytes:
    """Augment to B-LT: put certificates and revocation data beside the signature, each once."""
    parts = _open(container)
    with _readable("evidence_unreadable"):
        for der in evidence.certificates:
            _ = x509.Certificate.load(der, strict=True).native
        for der in evidence.crls:
            revocation_lists.read(der)
        for der in evidence.ocsps:
            ocsp_responses.read(der)
    # RFC 5940: an OCSP response stands among the lists as "other".
    others = tuple(tlv.wrap(SECOND, [OCSP_RESPONSE, der]) for der in evidence.ocsps)
    return replace(
        parts,
        # RFC 5652, 5.1: version 5 whenever there is an "other".
        head=parts.head._replace(version=VERSION_5) if others else parts.head,
        certificates=_once(parts.certificates, evidence.certificates),
        revocations=_once(parts.revocations, evidence.crls + others),
    ).dump()


def as_stamped(container: bytes) -> bytes:
    """Take what is more than B-T out of a container: revocation data, time-stamps over the whole.

    A PDF keeps its evidence in its document security store (EN 319 142-1, 5.4), and its readers do
    not know OCSP responses among the lists (RFC 5940). The signed part and the time-stamps over
    the signature stay as they are; a container with nothing to take out comes back as it is.
    """
    parts = _open(container)
    kept = tuple((kind, value) for kind, value in parts.unsigned if kind != ARCHIVE_STAMP)
    if not parts.revocations and kept == parts.unsigned:
        return container
    # RFC 5652, 5.1: nothing is left that asks for 5; 3 where the signer is named by their key.
    version = VERSION_3 if parts.signer[0] == VERSION_3 else VERSION_1
    head = parts.head._replace(version=version)
    return replace(parts, head=head, revocations=(), unsigned=kept).dump()


def _once(there: tuple[bytes, ...], added: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(there + added))


def archive_index(container: bytes) -> bytes:
    """Give the ATSHashIndexV3 (DER) of a container as it stands now (5.5.2)."""
    parts = _open(container)
    attributes = [kind + value for kind, value in parts.unsigned]
    held = (parts.certificates, parts.revocations, attributes)
    return tlv.wrap(SEQUENCE, [SHA256, *map(_hashes, held)])


def _hashes(ders: Iterable[bytes]) -> bytes:
    hashed = (tlv.wrap(OCTETS, [hashlib.new(DIGEST, der).digest()]) for der in ders)
    return tlv.wrap(SEQUENCE, hashed)


def archive_imprint(container: bytes, content: bytes, index: bytes, digest: str = DIGEST) -> bytes:
    """Give the digest that an archive time-stamp is over (5.5.3), given its hash index (DER).

    `content` is what the container signs, detached.
    """
    parts = _open(container)
    covered = (parts.content_type, hashlib.new(digest, content).digest(), *parts.signer, index)
    return hashlib.new(digest, b"".join(covered)).digest()


def with_archive_stamp(container: bytes, content: bytes, token: bytes) -> bytes:
    """Augment to B-LTA, or renew it; the token is over `archive_imprint` of this very container."""
    parts, stamp = _open(container), _open(token, "time_stamp_unreadable")
    index = archive_index(container)
    _over(token, archive_imprint(container, content, index))
    stamp = replace(stamp, unsigned=(*stamp.unsigned, (HASH_INDEX, index)))
    return replace(parts, unsigned=(*parts.unsigned, (ARCHIVE_STAMP, stamp.dump()))).dump()


def _stamp_info(token: bytes) -> tsp.TSTInfo:
    parts = _open(token, "time_stamp_unreadable")
    with _readable("time_stamp_unreadable"):
        if parts.content_type != TST_INFO:
            raise ValueError("no time-stamp")
        info = tsp.TSTInfo.load(parts.content(), strict=True)
        _ = info.native
        return info


def _over(token: bytes, imprint: bytes) -> None:
    if _stamp_info(token)["message_imprint"]["hashed_message"].native != imprint:
        raise ContainerUnusable(reason="time_stamp_of_another")
