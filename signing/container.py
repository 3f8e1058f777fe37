"""Reading a CAdES container: one strict DER value, one signer, and what the signer signed.

Everything a hostile file can make a parser do ends here as an answer, not as an exception.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asn1crypto import cms, core, x509
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
from pyhanko.sign.validation.utils import CMSAlgorithmUsagePolicy

from signing.certificate import Certificate
from signing.der import is_der
from signing.policy import AllowedAlgorithms
from signing.profile import Qualification, qualification
from signing.verdict import Stopped, SubIndication

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

SIZE_LIMIT = 256 * 1024
CERTIFICATES_LIMIT = 10  # more would only be there to make path building slow


@dataclass(frozen=True)
class Container:
    """A parsed container: its one signer, that signer's certificate, the others it brought."""

    signer_info: cms.SignerInfo
    certificate: Certificate
    others: tuple[x509.Certificate, ...]
    qualification: Qualification
    claimed_time: datetime | None


@contextmanager
def hostile(sub: SubIndication) -> Iterator[None]:
    """Let whatever a third-party parser raises inside the block mean this answer."""
    try:
        yield
    except Stopped:
        raise
    except Exception as error:
        raise Stopped(sub) from error


def read(data: bytes) -> Container:
    """Read a container; Stopped with FORMAT_FAILURE and kin says what is wrong with it."""
    if len(data) > SIZE_LIMIT or not is_der(data):
        raise Stopped(SubIndication.FORMAT_FAILURE)
    with hostile(SubIndication.FORMAT_FAILURE):
        signed_data = _signed_data(data)
        signer_info = extract_signer_info(signed_data)
        attributes = _signed_attributes(signer_info)
        certificate, others = _certificates(signed_data)
        _bound(certificate, attributes)
        face = Certificate(certificate.dump())
        claimed = extract_self_reported_ts(signer_info)
        return Container(signer_info, face, others, qualification(face), claimed)


def _signed_data(data: bytes) -> cms.SignedData:
    info = cms.ContentInfo.load(data, strict=True)
    if info["content_type"].native != "signed_data":
        raise Stopped(SubIndication.FORMAT_FAILURE)
    signed_data = info["content"]
    # Forces every part, since asn1crypto parses lazily.
    _ = signed_data.native
    content = signed_data["encap_content_info"]
    # The text is ours and known; one inside the container could be another.
    if content["content_type"].native != "data" or content["content"].native is not None:
        raise Stopped(SubIndication.FORMAT_FAILURE)
    if len(signed_data["certificates"]) > CERTIFICATES_LIMIT:
        raise Stopped(SubIndication.FORMAT_FAILURE)
    return signed_data


def _signed_attributes(signer_info: cms.SignerInfo) -> cms.CMSAttributes:
    attributes = signer_info["signed_attrs"]
    # RFC 5652, 11.1 and 11.2: both exactly once; a missing one ends in FORMAT_FAILURE.
    for name in ("content_type", "message_digest"):
        find_unique_cms_attribute(attributes, name)
    return attributes


def _certificates(
    signed_data: cms.SignedData,
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    try:
        found = extract_certificate_info(signed_data)
    except CMSExtractionError as error:
        raise Stopped(SubIndication.NO_SIGNING_CERTIFICATE_FOUND) from error
    return found.signer_cert, tuple(found.other_certs)


def _bound(certificate: x509.Certificate, attributes: cms.CMSAttributes) -> None:
    """Check that signing-certificate-v2 names this very certificate (EN 319 122-1, 5.2.2)."""
    try:
        named = find_unique_cms_attribute(attributes, "signing_certificate_v2")
    except (NonexistentAttributeError, MultivaluedAttributeError) as error:
        raise Stopped(SubIndication.SIG_CONSTRAINTS_FAILURE) from error
    # Parsed from a copy, since reading may mark the signed bytes as changed.
    first = type(named).load(named.dump())["certs"][0]
    _allowed_digest(first["hash_algorithm"])
    if not check_ess_certid(certificate, first):
        raise Stopped(SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


_POLICY = CMSAlgorithmUsagePolicy.lift_policy(AllowedAlgorithms())


def _allowed_digest(algorithm: core.Sequence) -> None:
    if not _POLICY.digest_algorithm_allowed(algorithm, None):
        raise Stopped(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)


def check_integrity(container: Container, content: bytes) -> None:
    """Check algorithms, then the digest of the content, then the signature; Stopped says which."""
    info, certificate = container.signer_info, container.certificate.parsed
    with hostile(SubIndication.SIG_CRYPTO_FAILURE):
        _allowed_digest(info["digest_algorithm"])
        algorithm, digest = info["signature_algorithm"], info["digest_algorithm"]
        allowed = _POLICY.signature_algorithm_allowed(algorithm, None, certificate.public_key)
        if not (allowed and _POLICY.digest_combination_allowed(algorithm, digest, None)):
            raise Stopped(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
        intact, valid = validate_sig_integrity(
            info,
            certificate,
            expected_content_type="data",
            actual_digest=hashlib.new(digest["algorithm"].native, content).digest(),
        )
    if not intact:
        raise Stopped(SubIndication.HASH_FAILURE)
    if not valid:
        raise Stopped(SubIndication.SIG_CRYPTO_FAILURE)
