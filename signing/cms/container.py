"""Reading a CAdES container: one strict DER value, one signer, and what the signer signed.

Everything a hostile file can make a parser do ends here as an answer, not as an exception.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from asn1crypto import cms, core, x509
from pyhanko.sign.ades import cades_asn1
from pyhanko.sign.general import (
    CMSExtractionError,
    MultivaluedAttributeError,
    NonexistentAttributeError,
    check_ess_certid,
    extract_certificate_info,
    extract_signer_info,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation.generic_cms import extract_self_reported_ts, validate_sig_integrity

from signing.cms import binding, unsupported
from signing.cms.signed_data import SignedDataPieces, take_apart
from signing.errors import ContainerUnusable
from signing.verdict import Stopped, SubIndication
from signing.x509 import certificate
from signing.x509.certificate import X509Certificate
from signing.x509.policy import STRICT
from signing.x509.profile import Qualification, qualification
from signing.x509.tlv import SECOND, is_der

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from signing.verdict import Unsupported
    from signing.x509.policy import AllowedAlgorithms

SIZE_LIMIT = 256 * 1024
OWN_LIMIT = 64 * 1024 * 1024
"""Bytes of the largest container that we made ourselves: it holds the lists of other houses."""
KEPT = 128
"""How many parsed certificates a process keeps."""
CERTIFICATES_LIMIT = 10  # more would only be there to make path building slow
TEXT = "data"
STAMP = "tst_info"
POLICY_IDENTIFIER = "1.2.840.113549.1.9.16.2.15"
_BINDING, _BINDING_BY_SHA1 = "signing_certificate_v2", "signing_certificate"


@dataclass(frozen=True)
class ParsedSignedData:
    """A parsed SignedData with one signer: of a signature (TEXT) or of a time-stamp (STAMP)."""

    signed_data: cms.SignedData
    signer_info: cms.SignerInfo
    certificate: X509Certificate
    others: tuple[bytes, ...]
    pieces: SignedDataPieces
    kind: str = TEXT


@dataclass(frozen=True)
class ParsedContainer(ParsedSignedData):
    """A parsed signature: its one signer, that signer's certificate, what it brought along."""

    qualification: Qualification = Qualification()  # noqa: RUF009 - frozen
    claimed_time: datetime | None = None
    policy_oid: str = ""
    asked: binding.HandshakeBinding | None = None


@contextmanager
def hostile(sub: SubIndication) -> Iterator[None]:
    """Let whatever a third-party parser raises inside the block mean this answer."""
    try:
        yield
    except Stopped:
        raise
    except Exception as error:
        raise Stopped(sub) from error


def read(data: bytes, limit: int = SIZE_LIMIT) -> ParsedContainer:
    """Read a container; Stopped with FORMAT_FAILURE and kin says what is wrong with it."""
    found = read_signed(data, TEXT, limit)
    with hostile(SubIndication.FORMAT_FAILURE):
        return ParsedContainer(
            found.signed_data,
            found.signer_info,
            found.certificate,
            found.others,
            found.pieces,
            qualification=_qualification(found.certificate),
            claimed_time=extract_self_reported_ts(found.signer_info),
            policy_oid=_policy_oid(found.signer_info["signed_attrs"]),
            asked=binding.read(found.signer_info["signed_attrs"]),
        )


def opened(data: bytes) -> ParsedContainer | None:
    """Read a container; None when it is unreadable, as it then is for the validation as well."""
    try:
        return read(data)
    except Stopped:
        return None


def signer_of(data: bytes) -> X509Certificate:
    """Return the certificate of the one signer of a container or a token.

    Nothing else of it is looked at; ContainerUnusable when there is no such certificate.
    """
    try:
        signed_data = cms.ContentInfo.load(data)["content"]
        return X509Certificate(bytes(extract_certificate_info(signed_data).signer_cert.dump()))
    except (ValueError, TypeError, KeyError, CMSExtractionError) as error:
        raise ContainerUnusable(reason="signer_absent") from error


def read_signed(data: bytes, kind: str, limit: int = SIZE_LIMIT) -> ParsedSignedData:
    """Read a SignedData that holds this kind of content; Stopped says what is wrong with it."""
    if len(data) > limit:
        raise Stopped(SubIndication.FORMAT_FAILURE)
    if not is_der(data):
        raise Stopped(SubIndication.FORMAT_FAILURE, unsupported=unsupported.encoding(data))
    with hostile(SubIndication.FORMAT_FAILURE):
        pieces = take_apart(data)
        _supported(
            SubIndication.SIG_CONSTRAINTS_FAILURE, unsupported.certificates(pieces.certificates)
        )
        signed_data = _signed_data(data, kind)
        signer_info = extract_signer_info(signed_data)
        _demand(_announced(signed_data, signer_info, pieces))
        attributes = _signed_attributes(signer_info, kind)
        signer, others = _certificates(signed_data)
        _bound(signer.parsed, attributes, kind)
        return ParsedSignedData(signed_data, signer_info, signer, others, pieces, kind)


def _demand(met: object) -> None:
    if not met:
        raise Stopped(SubIndication.FORMAT_FAILURE)


def _signed_data(data: bytes, kind: str) -> cms.SignedData:
    info = cms.ContentInfo.load(data, strict=True)
    _demand(info["content_type"].native == "signed_data")
    signed_data = info["content"]
    # Forces what is read later, since asn1crypto parses lazily; but not what stands beside the
    # signature, on which it takes seconds.
    for name in ("version", "digest_algorithms"):
        _ = signed_data[name].native
    content = signed_data["encap_content_info"]
    # A signed text is ours and known; one inside the container could be another.
    inside = content["content"].native is not None
    _demand(content["content_type"].native == kind and inside == (kind == STAMP))
    choices = signed_data["certificates"]
    _demand(len(choices) <= CERTIFICATES_LIMIT)
    return signed_data


def _announced(
    signed_data: cms.SignedData, signer_info: cms.SignerInfo, pieces: SignedDataPieces
) -> bool:
    """Say whether versions and digest algorithms are those of RFC 5652, 5.1 and 5.3."""
    by_name = signer_info["sid"].name == "issuer_and_serial_number"
    foreign = any(choice[0] == SECOND for choice in pieces.revocations)
    plain = by_name and signed_data["encap_content_info"]["content_type"].native == TEXT
    version = "v5" if foreign else "v1" if plain else "v3"
    announced = {entry["algorithm"].native for entry in signed_data["digest_algorithms"]}
    return bool(
        signed_data["version"].native == version
        and signer_info["version"].native == ("v1" if by_name else "v3")
        and signer_info["digest_algorithm"]["algorithm"].native in announced
    )


def _signed_attributes(signer_info: cms.SignerInfo, kind: str) -> cms.CMSAttributes:
    attributes = signer_info["signed_attrs"]
    encoded = [entry.dump() for entry in attributes]
    # DER sorts a set; other readers would digest the sorted one.
    _demand(encoded == sorted(encoded))
    types = [entry["type"].dotted for entry in attributes]
    _demand(len(types) == len(set(types)))
    _demand(
        all(len(entry["values"]) == 1 for entry in attributes if entry["type"].native != _BINDING)
    )
    # RFC 5652, 11.1 and 11.2: both exactly once; a missing one ends in FORMAT_FAILURE.
    find_unique_cms_attribute(attributes, "message_digest")
    _demand(find_unique_cms_attribute(attributes, "content_type").native == kind)
    return attributes


def _policy_oid(attributes: cms.CMSAttributes) -> str:
    """Give the signature policy that is named, an empty text when none is or it is implied."""
    for entry in attributes:
        if entry["type"].dotted == POLICY_IDENTIFIER:
            found = cades_asn1.SignaturePolicyIdentifier.load(entry["values"][0].dump()).chosen
            named = isinstance(found, cades_asn1.SignaturePolicyId)
            return str(found["sig_policy_id"].dotted) if named else ""
    return ""


@lru_cache(KEPT)
def face(der: bytes) -> X509Certificate:
    """Read a certificate wholly, once: many signatures bring the same ones."""
    return certificate.read(der)


@lru_cache(KEPT)
def _qualification(found: X509Certificate) -> Qualification:
    return qualification(found)


def _certificates(
    signed_data: cms.SignedData,
) -> tuple[X509Certificate, tuple[bytes, ...]]:
    try:
        found = extract_certificate_info(signed_data)
    except CMSExtractionError as error:
        raise Stopped(SubIndication.NO_SIGNING_CERTIFICATE_FOUND) from error
    signer = bytes(found.signer_cert.dump())
    _supported(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, unsupported.key(signer))
    # Read only when they turn out to be on the way to an anchor.
    others = (bytes(one.dump()) for one in found.other_certs)
    return face(signer), tuple(others)


def _supported(sub: SubIndication, odd: Unsupported | None) -> None:
    """Stop with this answer where something is not supported."""
    if odd is not None:
        raise Stopped(sub, unsupported=odd)


def _bound(signer: x509.Certificate, attributes: cms.CMSAttributes, kind: str) -> None:
    """Check that signing-certificate-v2 names this very certificate (EN 319 122-1, 5.2.2).

    In a time-stamp the older attribute, by SHA-1, does as well (RFC 3161, 2.4.2; RFC 5816 only
    lets the newer one replace it): who wanted to put another certificate in its place would need
    one for the same key, from an authority that we trust for time-stamps, with the same digest.
    """
    held = {entry["type"].native for entry in attributes}
    older = kind == STAMP and _BINDING not in held
    try:
        named = find_unique_cms_attribute(attributes, _BINDING_BY_SHA1 if older else _BINDING)
    except (NonexistentAttributeError, MultivaluedAttributeError) as error:
        raise Stopped(SubIndication.SIG_CONSTRAINTS_FAILURE) from error
    # Parsed from a copy, since reading may mark the signed bytes as changed.
    entries = type(named).load(named.dump())["certs"]
    if not len(entries):
        raise Stopped(SubIndication.SIG_CONSTRAINTS_FAILURE)
    if not older:
        _allowed_digest(entries[0]["hash_algorithm"], None)
    if not check_ess_certid(signer, entries[0]):
        raise Stopped(SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


def _allowed_digest(algorithm: core.Sequence, at: datetime | None) -> None:
    # Sites differ in keys only, never in hashes.
    if not STRICT.digest_algorithm_allowed(algorithm, at):
        raise Stopped(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)


def check_integrity(
    signed: ParsedSignedData, content: bytes, at: datetime, allowed: AllowedAlgorithms
) -> None:
    """Check algorithms (as of `at`), then the digest of the content, then the signature."""
    info, signer = signed.signer_info, signed.certificate.parsed
    with hostile(SubIndication.SIG_CRYPTO_FAILURE):
        _allowed_digest(info["digest_algorithm"], at)
        algorithm, digest = info["signature_algorithm"], info["digest_algorithm"]
        strong = allowed.signature_algorithm_allowed(algorithm, at, signer.public_key)
        if not (strong and allowed.digest_combination_allowed(algorithm, digest, None)):
            raise Stopped(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
        intact, valid = validate_sig_integrity(
            info,
            signer,
            expected_content_type=signed.kind,
            actual_digest=hashlib.new(digest["algorithm"].native, content).digest(),
        )
    if not intact:
        raise Stopped(SubIndication.HASH_FAILURE)
    if not valid:
        raise Stopped(SubIndication.SIG_CRYPTO_FAILURE)
