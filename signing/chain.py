"""Whether a certificate leads to one of our anchors and was in force at a given moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asn1crypto import crl, x509
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator import errors as refusals
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from signing.cades import run
from signing.container import hostile
from signing.policy import AllowedAlgorithms
from signing.profile import USAGES, usages
from signing.verdict import Stopped, SubIndication

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from signing.certificate import Certificate
    from signing.trust import Revocation, Trust

ON_HOLD = "certificate_hold"
# Looked through in this order, since some are kinds of others.
_MEANING: tuple[tuple[type[Exception], SubIndication], ...] = (
    (refusals.PathBuildingError, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    # No word from the list, or only an old one: neither good nor revoked (DOMAIN 7.6).
    (refusals.InsufficientRevinfoError, SubIndication.TRY_LATER),
    (refusals.DisallowedAlgorithmError, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE),
    # Said of a self-signed certificate that no anchor vouches for.
    (refusals.InvalidCertificateError, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
)
_BOUNDS = (refusals.ExpiredError, refusals.NotYetValidError)


def _lists(revocation: Revocation) -> list[crl.CertificateList]:
    """Parse the lists; an unreadable one counts as not there."""
    readable = []
    for der in revocation.crls:
        try:
            parsed = crl.CertificateList.load(der, strict=True)
            _ = parsed.native
        except (ValueError, TypeError, KeyError):
            continue
        readable.append(parsed)
    return readable


def _context(trust: Trust, revocation: Revocation, at: datetime) -> ValidationContext:
    required = RevocationCheckingRule.CRL_REQUIRED
    return ValidationContext(
        trust_roots=[x509.Certificate.load(der) for der in trust.anchors],
        other_certs=[x509.Certificate.load(der) for der in trust.intermediates],
        moment=at,
        best_signature_time=at,
        allow_fetching=False,
        crls=_lists(revocation),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(required, required)),
        algorithm_usage_policy=AllowedAlgorithms(),
        # Without it the library would ask the wall clock when it saw the lists.
        poe_manager=POEManager(current_dt_override=at),
    )


def meaning(error: Exception) -> SubIndication:
    """Give the answer that a refusal of the path validation means."""
    if isinstance(error, refusals.RevokedError):
        if error.reason.native == ON_HOLD:
            # EN 319 102-1, 5.2.6.4: a suspended certificate may come back.
            return SubIndication.TRY_LATER
        signer = error.is_ee_cert
        return SubIndication.REVOKED_NO_POE if signer else SubIndication.REVOKED_CA_NO_POE
    if isinstance(error, _BOUNDS) and error.is_ee_cert:
        return SubIndication.OUT_OF_BOUNDS_NO_POE
    general = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
    return next((sub for kind, sub in _MEANING if isinstance(error, kind)), general)


def check_chain(
    certificate: Certificate,
    others: Iterable[x509.Certificate],
    trust: Trust,
    revocation: Revocation,
    at: datetime,
) -> None:
    """Check path, validity, revocation and key usage at the moment; Stopped says what failed."""
    with hostile(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE):
        validator: Any = CertificateValidator(
            certificate.parsed, list(others), _context(trust, revocation, at)
        )
        try:
            run(validator.async_validate_path())
        except (refusals.ValidationError, refusals.PathError) as error:
            raise Stopped(meaning(error)) from error
        if not usages(certificate.parsed) >= USAGES:
            raise Stopped(SubIndication.CHAIN_CONSTRAINTS_FAILURE)
