"""Whether a certificate is a qualified one by law 5070 and EN 319 412-5, and who its holder is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pyhanko.sign.ades.qualified_asn1 import get_qc_statements

from signing.x509 import oids
from signing.x509.algorithms import LOOSEST, strong_key, strong_signature
from signing.x509.certificate import is_tckn_shaped

if TYPE_CHECKING:
    from asn1crypto import x509

    from signing.x509.builder import CertificateRequest
    from signing.x509.certificate import X509Certificate

USAGES = frozenset({"digital_signature", "non_repudiation"})
OF_MACHINES = frozenset({"server_auth", "code_signing", "time_stamping", "ocsp_signing"})
"""Purposes of an extended key usage that no person's signature has."""


@dataclass(frozen=True)
class Qualification:
    """The verdict on one certificate; `code` says what it lacks, "" for nothing."""

    code: str = ""

    @property
    def qualified(self) -> bool:
        """Say whether nothing is lacking."""
        return not self.code


def _statements(parsed: x509.Certificate) -> list[str]:
    return [entry["statement_id"].dotted for entry in get_qc_statements(parsed)]


def _types(parsed: x509.Certificate) -> set[str]:
    """Give what the certificate says it is for (EN 319 412-5, 4.2.3), none when it does not say."""
    return {
        kind.dotted
        for entry in get_qc_statements(parsed)
        if entry["statement_id"].dotted == oids.QC_TYPE
        for kind in entry["statement_info"]
    }


def _statements_critical(parsed: x509.Certificate) -> bool:
    extensions = parsed["tbs_certificate"]["extensions"]
    return any(
        entry["critical"].native
        for entry in extensions
        if entry["extn_id"].dotted == oids.QC_STATEMENTS
    )


def usages(parsed: x509.Certificate) -> set[str]:
    """Give the key usage bits of a certificate, none when it does not say."""
    value = parsed.key_usage_value
    return set(value.native) if value else set()


def qualification(certificate: X509Certificate) -> Qualification:
    """Judge the certificate's own content; whether its issuer is trusted is validation's part.

    Rule: QcCompliance and a national statement, no seal, no type but esign, key usage
    digitalSignature and nonRepudiation, a TCKN, a strong key and hash, not an authority. A key is
    weak here when no site may allow it; whether this site allows RSA 2048 is validation's part too.
    """
    parsed = certificate.parsed
    statements = _statements(parsed)
    demands = {
        "weak_hash": strong_signature(parsed["signature_algorithm"]),
        "weak_key": strong_key(parsed.public_key, rules=LOOSEST),
        "authority": not parsed.ca,
        "seal": oids.SEAL_STATEMENTS.isdisjoint(statements),
        "qc_type": _types(parsed) <= {oids.QC_TYPE_SIGNATURE},
        "qc_compliance": oids.QC_COMPLIANCE in statements,
        "national_statement": not oids.NATIONAL.isdisjoint(statements),
        "qc_critical": not _statements_critical(parsed),
        "key_usage": usages(parsed) >= USAGES,
        "tckn": is_tckn_shaped(certificate.tckn),
    }
    lacking = next((code for code, met in demands.items() if not met), None)
    return Qualification(lacking or "")


def for_signing(parsed: x509.Certificate) -> bool:
    """Say whether the extended key usage leaves room for a person's signature.

    Whoever names purposes is held to them, critical or not (RFC 5280, 4.2.1.12). Which purpose a
    signature of a person has is named in many ways (RFC 9336, e-mail, those of makers of programs),
    so it is refused only when all of them are purposes of something else.
    """
    extended = parsed.extended_key_usage_value
    return extended is None or not set(extended.native) <= OF_MACHINES


def compare(certificate: X509Certificate, request: CertificateRequest, public: bytes) -> list[str]:
    """Name the fields in which a produced certificate differs from what was asked (none: []).

    `public` is the DER SubjectPublicKeyInfo of the key on the card. The whole name is compared
    through its DER, so that neither case nor normalisation can hide a difference.
    """
    return list(_differing(certificate, request, public))


@lru_cache(maxsize=32)  # of what is made in a moment: it is asked on the card and by the move
def _differing(
    certificate: X509Certificate, request: CertificateRequest, public: bytes
) -> tuple[str, ...]:
    parsed = certificate.parsed
    pairs = {
        "serial_number": (certificate.serial_number, request.serial_number),
        "subject": (parsed.subject.dump(), request.subject.name().dump()),
        "tckn": (certificate.tckn, request.subject.tckn),
        "not_before": (certificate.not_before, request.not_before.replace(microsecond=0)),
        "not_after": (certificate.not_after, request.not_after.replace(microsecond=0)),
        "public_key": (parsed.public_key.dump(), public),
        "crl_urls": (_urls(parsed), list(request.crl_urls)),
        "ocsp_urls": (parsed.ocsp_urls, list(request.ocsp_urls)),
        "issuer_urls": (_issuer_urls(parsed), list(request.issuer_urls)),
        "qualified": (qualification(certificate).qualified, request.qualified),
    }
    return tuple(field for field, (found, asked) in pairs.items() if found != asked)


def _urls(parsed: x509.Certificate) -> list[str]:
    return [point.url for point in parsed.crl_distribution_points]


def _issuer_urls(parsed: x509.Certificate) -> list[str]:
    access = parsed.authority_information_access_value or ()
    return [
        entry["access_location"].native
        for entry in access
        if entry["access_method"].native == "ca_issuers"
    ]
