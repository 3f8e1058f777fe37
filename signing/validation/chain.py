"""Whether a certificate leads to one of our anchors and was in force at a given moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator import errors as refusals
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.validate import async_validate_path

from signing.cms.container import hostile
from signing.validation import path_building
from signing.validation.status import RevocationChecker
from signing.verdict import Stopped, SubIndication
from signing.x509.policy import SignatureCheck
from signing.x509.signature_checks import Checks
from signing.x509.validation_time import Moment

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Sequence
    from datetime import datetime

    from asn1crypto import algos, x509
    from asn1crypto.keys import PublicKeyInfo

    from signing.validation.path_building import CertificationPaths
    from signing.validation.trust import Revocation, Trust
    from signing.x509.certificate import X509Certificate

# Looked through in this order, since some are kinds of others.
_MEANING: tuple[tuple[type[Exception], SubIndication], ...] = (
    (refusals.PathBuildingError, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    (refusals.DisallowedAlgorithmError, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE),
    # Said of a self-signed certificate that no anchor vouches for.
    (refusals.InvalidCertificateError, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
)
_TIMELY = {SubIndication.TRY_LATER, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE}
_BOUNDS = (refusals.ExpiredError, refusals.NotYetValidError)
_NOTHING = RevocationCheckingRule.NO_CHECK


@dataclass(frozen=True)
class Used:
    """What an answer rests on, each by its SHA-256 (64 hex digits)."""

    certificates: tuple[str, ...] = ()
    crls: tuple[str, ...] = ()
    ocsps: tuple[str, ...] = ()

    def __or__(self, other: Used) -> Used:
        """Join two, each thing once."""
        pairs = (
            (self.certificates, other.certificates),
            (self.crls, other.crls),
            (self.ocsps, other.ocsps),
        )
        return Used(*(tuple(dict.fromkeys(left + right)) for left, right in pairs))


def sha256(der: bytes) -> str:
    """Give the fingerprint under which evidence is named."""
    return hashlib.sha256(der).hexdigest()


@dataclass(frozen=True)
class _PathValidator:
    """Validates paths of what was found under the anchors, as of a moment."""

    trust: Trust
    moment: Moment
    found: CertificationPaths

    def _paths(
        self, ways: list[list[X509Certificate]], context: ValidationContext
    ) -> list[list[X509Certificate]]:
        """Give the ways that hold; Stopped says what the first of them lacks when none does."""
        held, first = [], None
        for way in ways:
            try:
                _at_once(async_validate_path(context, _path(way)))
            except (refusals.ValidationError, refusals.PathError) as error:
                first = first or error
                continue
            held.append(way)
        if first is not None and not held:
            raise meaning(first) from first
        return held

    def sound(self, certificate: X509Certificate) -> list[list[X509Certificate]]:
        """Give the ways to an anchor that hold with revocation set aside, at least one."""
        ways = self.found.paths(certificate)
        if not ways:
            raise Stopped(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
        # The anchor, at the end, is trusted as it is, however it is encoded.
        ways = [way for way in ways if all(one.well_formed for one in way[:-1])]
        if not ways:
            raise Stopped(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)
        return self._paths(ways, self._context(self.moment.at))

    def holds(self, path: Sequence[X509Certificate], at: datetime) -> bool:
        """Say whether a path (anchor first) holds at a time, revocation set aside."""
        try:
            return bool(self._paths([list(reversed(path))], self._context(at)))
        except Stopped:
            return False

    def signed(
        self,
        by: PublicKeyInfo,
        signed: bytes,
        signature: bytes,
        algorithm: algos.SignedDigestAlgorithm,
    ) -> bool:
        """Say whether a key has signed these bytes, by an algorithm that counts."""
        check = SignatureCheck(self.trust.allowed, self.moment.at, self.found.checks)
        try:
            check.validate_signature(signature, signed, by, algorithm)
        except InvalidSignature:
            return False
        return True

    def in_force(self, ways: list[list[X509Certificate]], revocation: Revocation) -> Used:
        """Check revocation along the ways and give what the first that holds rests on."""
        status = RevocationChecker(revocation, tuple(self.found.all), self.signed, self.holds)
        first: Stopped | None = None
        for way in ways:
            path = way[::-1]
            try:
                status.check(path, self.moment)
            except Stopped as stop:
                first = first or stop
                continue
            return Used(
                tuple(one.sha256 for one in path),
                tuple(sha256(der) for der in revocation.crls if der in status.good),
                tuple(sha256(der) for der in revocation.ocsps if der in status.good),
            )
        assert first is not None  # noqa: S101 - there is always a way
        raise first

    def _context(self, at: datetime) -> ValidationContext:
        # The library judges paths alone: revocation is asked only of one that holds, and there a
        # list that says "revoked" has to win over any answer that says "good" (`check_chain`).
        nothing = RevocationCheckingPolicy(_NOTHING, _NOTHING)
        return ValidationContext(
            # A path is handed over whole, with its anchor; nothing is left to be found.
            trust_roots=[],
            certificate_registry=CertificateRegistry(),
            moment=at,
            best_signature_time=at,
            allow_fetching=False,
            revinfo_policy=CertRevTrustPolicy(nothing),
            algorithm_usage_policy=self.trust.allowed,
            # The first and the last second of a certificate belong to its life, no further ones
            # (RFC 5280, 4.1.2.5).
            time_tolerance=timedelta(0),
            signature_validator=SignatureCheck(self.trust.allowed, at, self.found.checks),
        )


def _path(way: list[X509Certificate]) -> ValidationPath:
    """Give a way, the certificate first, as the library's path."""
    *below, anchor = (one.parsed for one in way)
    leaf, between = (below[0], below[:0:-1]) if below else (None, [])
    return ValidationPath(CertTrustAnchor(anchor), between, leaf)


def meaning(error: Exception) -> Stopped:
    """Give the answer that a refusal of the path validation means."""
    signer = bool(getattr(error, "is_ee_cert", False))
    if isinstance(error, _BOUNDS) and signer:
        return Stopped(SubIndication.OUT_OF_BOUNDS_NO_POE, timely=True)
    general = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
    sub = next((sub for kind, sub in _MEANING if isinstance(error, kind)), general)
    return Stopped(sub, timely=sub in _TIMELY)


def sound_path(
    certificate: X509Certificate,
    others: Iterable[bytes],
    trust: Trust,
    at: datetime,
    checks: Checks | None = None,
) -> list[X509Certificate]:
    """Give the way up to an anchor that holds at a moment, revocation set aside; else Stopped."""
    with hostile(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE):
        return _validator(certificate, others, trust, Moment(at), checks).sound(certificate)[0]


def check_chain(
    certificate: X509Certificate,
    others: Iterable[bytes],
    trust: Trust,
    revocation: Revocation,
    moment: Moment,
    checks: Checks | None = None,
) -> Used:
    """Check path, validity and revocation at the moment; Stopped says what failed.

    What is wrong with the path itself comes first: whether a certificate was revoked is asked
    only of one that leads to an anchor. A list that says "revoked" is never outvoted by an OCSP
    response that says "good". `others` are DER certificates that may help; `checks` bounds the
    work where several things of one container are judged.
    """
    with hostile(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE):
        validator = _validator(certificate, others, trust, moment, checks)
        ways = validator.sound(certificate)
        return validator.in_force(ways, revocation)


def _validator(
    certificate: X509Certificate,
    others: Iterable[bytes],
    trust: Trust,
    moment: Moment,
    checks: Checks | None,
) -> _PathValidator:
    pool, anchors = (*trust.intermediates, *others), trust.anchors_at(moment.at)
    return _PathValidator(
        trust, moment, path_building.build_paths(certificate, pool, anchors, checks or Checks())
    )


def _at_once(work: Coroutine[Any, Any, Iterable[x509.Certificate]]) -> Iterable[x509.Certificate]:
    """Run a coroutine that waits for nothing, since nothing is fetched: no loop is needed."""
    try:
        work.send(None)
    except StopIteration as done:
        found: Iterable[x509.Certificate] = done.value
        return found
    work.close()
    raise RuntimeError("the path validation wants to wait")
