"""Lifting a CAdES container to a higher level: bytes in, bytes out, the signed part untouched.

B-T adds a time-stamp over the signature value, B-LT the certificates and revocation data of its
chains (in SignedData, EN 319 122-1, 6.3), B-LTA a time-stamp over all of it (archive-time-stamp-v3,
5.5.3). Nothing is judged and nothing fetched here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from asn1crypto import algos, cms, core, crl, ocsp, tsp, x509
from pyhanko.sign.ades.asn1_util import register_cms_attribute
from pyhanko.sign.general import extract_signer_info, simple_cms_attribute

from signing.errors import ContainerUnusable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DIGEST = "sha256"
"""The hash of every imprint made here; renewal with a stronger one needs no other change."""

SIGNATURE_STAMP = "signature_time_stamp_token"
ARCHIVE_STAMP = "archive_time_stamp_v3"
HASH_INDEX = "ats_hash_index_v3"


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


register_cms_attribute("0.4.0.1733.2.4", ARCHIVE_STAMP, cms.ContentInfo)
register_cms_attribute("0.4.0.19122.1.5", HASH_INDEX, AtsHashIndexV3)


class Level(StrEnum):
    """How far a container has come (EN 319 122-1, 6.1), by what it carries."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"


@dataclass(frozen=True)
class Evidence:
    """Certificates, revocation lists and OCSP responses (all DER) to be put into a container."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


class _Opened:
    """A container parsed from a copy of its own, to be changed and dumped."""

    def __init__(self, container: bytes) -> None:
        try:
            self.info = cms.ContentInfo.load(container, strict=True)
            self.signed_data = self.info["content"]
            # Forces every part, since asn1crypto parses lazily.
            _ = self.info.native
            self.signer = extract_signer_info(self.signed_data)
        except Exception as error:
            raise ContainerUnusable(reason="İmza dosyası okunamadı.") from error

    @property
    def unsigned(self) -> list[cms.CMSAttribute]:
        attributes = self.signer["unsigned_attrs"]
        return list(attributes) if isinstance(attributes, cms.CMSAttributes) else []

    @property
    def certificates(self) -> list[cms.CertificateChoices]:
        found = self.signed_data["certificates"]
        return list(found) if isinstance(found, cms.CertificateSet) else []

    @property
    def revocations(self) -> list[cms.RevocationInfoChoice]:
        found = self.signed_data["crls"]
        return list(found) if isinstance(found, cms.RevocationInfoChoices) else []

    def tokens(self, name: str) -> list[bytes]:
        return [
            value.dump()
            for attribute in self.unsigned
            if attribute["type"].native == name
            for value in attribute["values"]
        ]

    def add(self, name: str, value: core.Sequence) -> None:
        """Add an unsigned attribute; a second of its kind stands beside the first."""
        added = simple_cms_attribute(name, value)  # type: ignore[no-untyped-call]
        attributes = [*self.unsigned, added]
        self.signer["unsigned_attrs"] = cms.CMSAttributes(attributes)
        self.signed_data["signer_infos"] = cms.SignerInfos([self.signer])

    def signed_fields(self) -> tuple[bytes, ...]:
        """Give the encoding of all that the signature or an archive time-stamp rests on."""
        fields = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm")
        signer = tuple(self.signer[name].dump() for name in (*fields, "signature"))
        return (self.signed_data["encap_content_info"].dump(), *signer)

    def parts(self) -> set[bytes]:
        """Give the encoding of everything that an archive time-stamp may have named."""
        held = (*self.certificates, *self.revocations)
        return {part.dump() for part in held} | set(self.attribute_values())

    def attribute_values(self) -> list[bytes]:
        """Give type and value of each unsigned attribute, one by one."""
        return [
            attribute["type"].dump() + value.dump()
            for attribute in self.unsigned
            for value in attribute["values"]
        ]

    def dump(self, before: bytes) -> bytes:
        """Encode the container, sure that it says all that `before` said, byte for byte."""
        self.info["content"] = self.signed_data
        lifted = bytes(self.info.dump())
        old, new = _Opened(before), _Opened(lifted)
        if new.signed_fields() != old.signed_fields() or not new.parts() >= old.parts():
            raise ContainerUnusable(reason="İmzalı bölüm değişmeden yükseltilemiyor.")
        return lifted


def level(container: bytes) -> Level:
    """Say how far a container has come by what it carries; nothing is judged."""
    opened = _Opened(container)
    if opened.tokens(ARCHIVE_STAMP):
        return Level.B_LTA
    if not opened.tokens(SIGNATURE_STAMP):
        return Level.B_B
    return Level.B_LT if opened.revocations else Level.B_T


def time_stamps(container: bytes) -> tuple[bytes, ...]:
    """Give the tokens (DER), those over the signature first, each kind in its stored order."""
    opened = _Opened(container)
    return (*opened.tokens(SIGNATURE_STAMP), *opened.tokens(ARCHIVE_STAMP))


def stamped_at(token: bytes) -> datetime:
    """Give the moment that a token states."""
    moment: datetime = _token(token)[1]["gen_time"].native
    return moment


def token_certificates(token: bytes) -> tuple[bytes, ...]:
    """Give the certificates inside a token, as they stand there."""
    return tuple(choice.chosen.dump() for choice in _Opened(token).certificates)


def certificates(container: bytes) -> tuple[bytes, ...]:
    """Give the certificates beside the signature, as they stand there."""
    return tuple(choice.chosen.dump() for choice in _Opened(container).certificates)


def signature_imprint(container: bytes) -> bytes:
    """Give the digest of the signature value, which the time-stamp of B-T is over (5.3)."""
    return hashlib.new(DIGEST, _Opened(container).signer["signature"].native).digest()


def with_time_stamp(container: bytes, token: bytes) -> bytes:
    """Lift to B-T; ContainerUnusable when the token is over another signature."""
    opened, (parsed, info) = _Opened(container), _token(token)
    _over(info, signature_imprint(container))
    opened.add(SIGNATURE_STAMP, parsed)
    return opened.dump(container)


def with_evidence(container: bytes, evidence: Evidence) -> bytes:
    """Lift to B-LT: put certificates and revocation data beside the signature, each once."""
    opened = _Opened(container)
    try:
        _add_certificates(opened, evidence.certificates)
        _add_revocations(opened, evidence)
        return opened.dump(container)
    except (ValueError, TypeError, KeyError) as error:
        raise ContainerUnusable(reason="Kanıt verisi okunamadı.") from error


def _add_certificates(opened: _Opened, ders: Iterable[bytes]) -> None:
    found = opened.certificates
    known = {choice.chosen.dump() for choice in found}
    new = [der for der in dict.fromkeys(ders) if der not in known]
    found += [
        cms.CertificateChoices("certificate", x509.Certificate.load(der, strict=True))
        for der in new
    ]
    opened.signed_data["certificates"] = cms.CertificateSet(found)


def _add_revocations(opened: _Opened, evidence: Evidence) -> None:
    found = opened.revocations
    known = {choice.dump() for choice in found}
    wanted = [
        cms.RevocationInfoChoice("crl", crl.CertificateList.load(der, strict=True))
        for der in evidence.crls
    ] + [_answer(der) for der in evidence.ocsps]
    found += {der: choice for choice in wanted if (der := choice.dump()) not in known}.values()
    if not found:
        return
    opened.signed_data["crls"] = cms.RevocationInfoChoices(found)
    if any(choice.name == "other" for choice in found):
        # RFC 5652, 5.1: whatever else is inside.
        opened.signed_data["version"] = "v5"


def _answer(der: bytes) -> cms.RevocationInfoChoice:
    """Wrap an OCSP response (RFC 5940)."""
    response = ocsp.OCSPResponse.load(der, strict=True)
    other = {"other_rev_info_format": "ocsp_response", "other_rev_info": response}
    return cms.RevocationInfoChoice("other", cms.OtherRevocationInfoFormat(other))


def archive_index(container: bytes) -> bytes:
    """Give the ATSHashIndexV3 (DER) of a container as it stands now (5.5.2)."""
    opened = _Opened(container)
    index = {
        "hash_ind_algorithm": {"algorithm": DIGEST},
        "certificates_hash_index": _hashes(one.dump() for one in opened.certificates),
        "crls_hash_index": _hashes(one.dump() for one in opened.revocations),
        "unsigned_attr_values_hash_index": _hashes(opened.attribute_values()),
    }
    return bytes(AtsHashIndexV3(index).dump())


def _hashes(ders: Iterable[bytes]) -> list[bytes]:
    return [hashlib.new(DIGEST, der).digest() for der in ders]


def archive_imprint(container: bytes, content: bytes, index: bytes, digest: str = DIGEST) -> bytes:
    """Give the digest that an archive time-stamp is over (5.5.3), given its hash index (DER).

    `content` is what the container signs, detached.
    """
    opened = _Opened(container)
    hashed = hashlib.new(digest, opened.signed_data["encap_content_info"]["content_type"].dump())
    hashed.update(hashlib.new(digest, content).digest())
    for field in opened.signed_fields()[1:]:
        hashed.update(field)
    hashed.update(index)
    return hashed.digest()


def with_archive_stamp(container: bytes, content: bytes, token: bytes) -> bytes:
    """Lift to B-LTA, or renew it; the token is over `archive_imprint` of this very container."""
    opened, (_, info) = _Opened(container), _token(token)
    index = archive_index(container)
    _over(info, archive_imprint(container, content, index))
    stamp = _Opened(token)
    stamp.add(HASH_INDEX, AtsHashIndexV3.load(index))
    opened.add(ARCHIVE_STAMP, cms.ContentInfo.load(stamp.dump(token)))
    return opened.dump(container)


def _token(token: bytes) -> tuple[cms.ContentInfo, tsp.TSTInfo]:
    opened = _Opened(token)
    info = opened.signed_data["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise ContainerUnusable(reason="Zaman damgası okunamadı.")
    return opened.info, info


def _over(info: tsp.TSTInfo, imprint: bytes) -> None:
    if info["message_imprint"]["hashed_message"].native != imprint:
        raise ContainerUnusable(reason="Zaman damgası bu imza için alınmamış.")
