"""Whether a certificate leads to one of our anchors and was in force at a given moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from asn1crypto import crl, ocsp
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator import errors as refusals
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.ltv.poe import POEManager
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import CertificateRegistry
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer
from pyhanko_certvalidator.revinfo.manager import RevinfoManager
from pyhanko_certvalidator.validate import async_validate_path

from signing import vouched
from signing.checks import Checks
from signing.container import hostile
from signing.policy import SignatureCheck
from signing.verdict import Stopped, SubIndication

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from datetime import datetime

    from asn1crypto import x509

    from signing.certificate import Certificate
    from signing.trust import Revocation, Trust
    from signing.vouched import Vouched

ON_HOLD = "certificate_hold"
KEPT = 64
"""How many parsed lists and answers of each sort a process keeps."""

# Looked through in this order, since some are kinds of others.
_MEANING: tuple[tuple[type[Exception], SubIndication], ...] = (
    (refusals.PathBuildingError, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
    # No word from the list, or only an old one: neither good nor revoked (DOMAIN 7.6).
    (refusals.InsufficientRevinfoError, SubIndication.TRY_LATER),
    (refusals.DisallowedAlgorithmError, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE),
    # Said of a self-signed certificate that no anchor vouches for.
    (refusals.InvalidCertificateError, SubIndication.NO_CERTIFICATE_CHAIN_FOUND),
)
_TIMELY = {SubIndication.TRY_LATER, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE}
_BOUNDS = (refusals.ExpiredError, refusals.NotYetValidError)
_EITHER = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
_OCSP = RevocationCheckingRule.OCSP_REQUIRED
_NOTHING = RevocationCheckingRule.NO_CHECK


@dataclass(frozen=True)
class Moment:
    """The time that is judged and what is asked of the revocation data.

    `past` takes data issued after `at` too, as long as it reaches back to it: what it says was
    revoked later does not count. `issued_from` refuses older data about the certificate itself,
    `ocsp` takes only OCSP responses about it.
    """

    at: datetime
    past: bool = False
    issued_from: datetime | None = None
    ocsp: bool = False

    def fits(self, certificate: x509.Certificate) -> Callable[[datetime], bool]:
        """Give whether data about this certificate may be of a time.

        What was revoked may leave the lists once it has ended (RFC 5280, 3.3), so for the past
        only data of its life counts.
        """
        since, end = self.issued_from, certificate.not_valid_after if self.past else None
        return lambda issued: (since is None or issued >= since) and (end is None or issued <= end)

    def earlier(self, at: datetime) -> Moment:
        """Give the same question about an earlier time that is proved; data must be newer."""
        return replace(self, at=at, past=True, issued_from=max(self.issued_from or at, at))


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


@lru_cache(KEPT)
def _crl(der: bytes) -> crl.CertificateList | None:
    """Parse a list; an unreadable one counts as not there."""
    try:
        parsed = crl.CertificateList.load(der, strict=True)
        _ = parsed.native
    except Exception:  # noqa: BLE001 - whatever hostile bytes make the parser do
        return None
    return parsed


@lru_cache(KEPT)
def _ocsp(der: bytes) -> ocsp.OCSPResponse | None:
    """Parse an answer; an unreadable one, or one without an answer, counts as not there."""
    try:
        parsed = ocsp.OCSPResponse.load(der, strict=True)
        _ = parsed.native
        _ = parsed.response_data.native
    except Exception:  # noqa: BLE001 - whatever hostile bytes make the parser do
        return None
    return parsed


def _about(certificate: x509.Certificate, parsed: ocsp.OCSPResponse) -> bool:
    """Say whether an answer speaks of this certificate; who may give it is judged elsewhere."""
    return any(
        entry["cert_id"]["serial_number"].native == certificate.serial_number
        for entry in parsed.response_data["responses"]
    )


class _Known:
    """The revocation data that one judgement may use, parsed: what a key that counts has signed."""

    def __init__(
        self,
        certificate: x509.Certificate,
        revocation: Revocation,
        moment: Moment,
        found: Vouched,
    ) -> None:
        lists = (der for der in revocation.crls if vouched.is_list(der, found))
        answers = (der for der in revocation.ocsps if vouched.is_answer(der, found))
        crls = {der: parsed for der in lists if (parsed := _crl(der)) is not None}
        ocsps = {der: parsed for der in answers if (parsed := _ocsp(der)) is not None}
        issuer, fits = certificate.issuer, moment.fits(certificate)
        self.crls = {
            der: parsed
            for der, parsed in crls.items()
            if parsed.issuer != issuer or fits(parsed["tbs_cert_list"]["this_update"].native)
        }
        self.ocsps = {
            der: parsed
            for der, parsed in ocsps.items()
            if not _about(certificate, parsed) or fits(_issued(parsed))
        }

    def used(self, path: Iterable[x509.Certificate], good: set[bytes]) -> Used:
        """Name what was verified on the way."""
        return Used(
            tuple(sha256(one.dump()) for one in path),
            tuple(
                sha256(der) for der, one in self.crls.items() if one["tbs_cert_list"].dump() in good
            ),
            tuple(
                sha256(der) for der, one in self.ocsps.items() if one.response_data.dump() in good
            ),
        )


def _issued(parsed: ocsp.OCSPResponse) -> datetime:
    issued: datetime = min(
        entry["this_update"].native for entry in parsed.response_data["responses"]
    )
    return issued


class _Held(RevinfoManager):
    """Revocation data of which no list is believed before its signature was verified.

    The library leaves that out while it judges the issuer of the very list (two certificates of
    one name under one issuer, as after a change of keys), and keeps such a list as a good one.
    """

    def __init__(self, check: SignatureCheck, *data: Any) -> None:  # noqa: ANN401 - the library's
        """Keep who verifies; the data is the library's."""
        super().__init__(*data)
        self._check = check

    def _extract_ocsp_certs(self, ocsp_response: OCSPContainer) -> None:
        """Let the certificates in an answer help this answer only: they are not signed by it."""

    def record_crl_issuer(
        self, certificate_list: crl.CertificateList, cert: x509.Certificate
    ) -> None:
        """Keep who issued a list; CRLValidationError when he did not sign it."""
        try:
            self._check.validate_signature(
                certificate_list["signature"].native,
                certificate_list["tbs_cert_list"].dump(),
                cert.public_key,
                certificate_list["signature_algorithm"],
            )
        except InvalidSignature as error:
            raise refusals.CRLValidationError("the list is not signed by this issuer") from error
        super().record_crl_issuer(certificate_list, cert)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class _Judge:
    """Validates paths of what was found under the anchors, as of a moment."""

    trust: Trust
    moment: Moment
    found: Vouched

    def _paths(
        self, ways: list[list[Certificate]], context: ValidationContext
    ) -> list[list[Certificate]]:
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

    def sound(self, certificate: Certificate) -> list[list[Certificate]]:
        """Give the ways to an anchor that hold with revocation set aside, at least one."""
        ways = self.found.paths(certificate)
        if not ways:
            raise Stopped(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
        ways = [way for way in ways if all(one.well_formed for one in way[:-1])]
        if not ways:
            raise Stopped(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)
        rule = RevocationCheckingPolicy(_NOTHING, _NOTHING)
        check = SignatureCheck(self.trust.allowed, self.moment.at, self.found.checks)
        context = self._context(check, None, rule)
        return self._paths(ways, context)

    def in_force(self, ways: list[list[Certificate]], known: _Known, *, ocsps: bool) -> Used:
        """Check revocation along the ways and give what the first that holds rests on."""
        check = SignatureCheck(self.trust.allowed, self.moment.at, self.found.checks)
        registry = CertificateRegistry.build([one.parsed for one in self.found.all])
        answers = known.ocsps.values() if ocsps else ()
        held = _Held(
            check,
            registry,
            # Without it the library would ask the wall clock when it saw the lists.
            POEManager(current_dt_override=self.moment.at),
            [CRLContainer(one) for one in known.crls.values()],
            [held for one in answers for held in OCSPContainer.load_multi(one)],
        )
        rule = RevocationCheckingPolicy(_OCSP if self.moment.ocsp and ocsps else _EITHER, _EITHER)
        first, *_ = self._paths(ways, self._context(check, held, rule))
        return known.used((one.parsed for one in reversed(first)), check.good)

    def _context(
        self, check: SignatureCheck, held: _Held | None, rule: RevocationCheckingPolicy
    ) -> ValidationContext:
        moment = self.moment
        return ValidationContext(
            trust_roots=[],
            certificate_registry=held.certificate_registry if held else CertificateRegistry(),
            moment=moment.at,
            best_signature_time=moment.at,
            allow_fetching=False,
            revinfo_manager=held,
            revinfo_policy=CertRevTrustPolicy(rule, retroactive_revinfo=moment.past),
            algorithm_usage_policy=self.trust.allowed,
            # The first and the last second of a certificate belong to its life, no further ones
            # (RFC 5280, 4.1.2.5).
            time_tolerance=timedelta(0),
            signature_validator=check,
        )


def _path(way: list[Certificate]) -> ValidationPath:
    """Give a way, the certificate first, as the library's path."""
    *below, anchor = (one.parsed for one in way)
    leaf, between = (below[0], below[:0:-1]) if below else (None, [])
    return ValidationPath(CertTrustAnchor(anchor), between, leaf)


def meaning(error: Exception) -> Stopped:
    """Give the answer that a refusal of the path validation means."""
    signer = bool(getattr(error, "is_ee_cert", False))
    if isinstance(error, refusals.RevokedError):
        if error.reason.native == ON_HOLD:
            # EN 319 102-1, 5.2.6.4: a suspended certificate may come back.
            return Stopped(SubIndication.TRY_LATER, held=True)
        revoked = SubIndication.REVOKED_NO_POE if signer else SubIndication.REVOKED_CA_NO_POE
        return Stopped(revoked, timely=signer)
    if isinstance(error, _BOUNDS) and signer:
        return Stopped(SubIndication.OUT_OF_BOUNDS_NO_POE, timely=True)
    general = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
    sub = next((sub for kind, sub in _MEANING if isinstance(error, kind)), general)
    return Stopped(sub, timely=sub in _TIMELY)


def sound_path(
    certificate: Certificate,
    others: Iterable[bytes],
    trust: Trust,
    at: datetime,
    checks: Checks | None = None,
) -> list[Certificate]:
    """Give the way up to an anchor that holds at a moment, revocation set aside; else Stopped."""
    with hostile(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE):
        return _judge(certificate, others, trust, Moment(at), checks).sound(certificate)[0]


def check_chain(
    certificate: Certificate,
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
        judge = _judge(certificate, others, trust, moment, checks)
        ways = judge.sound(certificate)
        known = _Known(certificate.parsed, revocation, moment, judge.found)
        used = judge.in_force(ways, known, ocsps=True)
        if known.ocsps and known.crls:
            try:
                used |= judge.in_force(ways, known, ocsps=False)
            except Stopped as stop:
                # Lists that merely know nothing take nothing away.
                if not isinstance(stop.__cause__, refusals.InsufficientRevinfoError):
                    raise
        return used


def _judge(
    certificate: Certificate,
    others: Iterable[bytes],
    trust: Trust,
    moment: Moment,
    checks: Checks | None,
) -> _Judge:
    pool, anchors = (*trust.intermediates, *others), trust.anchors_at(moment.at)
    return _Judge(trust, moment, vouched.search(certificate, pool, anchors, checks or Checks()))


def _at_once(work: Coroutine[Any, Any, Iterable[x509.Certificate]]) -> Iterable[x509.Certificate]:
    """Run a coroutine that waits for nothing, since nothing is fetched: no loop is needed."""
    try:
        work.send(None)
    except StopIteration as done:
        found: Iterable[x509.Certificate] = done.value
        return found
    work.close()
    raise RuntimeError("the path validation wants to wait")
