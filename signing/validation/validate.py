"""Validating a signature: did a certificate that we trust sign this very text, at that moment.

Follows EN 319 102-1: 5.3 (basic signatures), 5.5 (with time) and 5.6 (with archive data). Trust
comes only from the given anchors, the moment only from the argument and from time-stamps that
hold, revocation from the given data and from what the container brings; nothing is fetched.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signing.cms import container
from signing.cms.levels import Level
from signing.cms.profiles import BY_IDENTIFIER, RULES
from signing.errors import RequestInvalid
from signing.validation import chain
from signing.validation.chain import Used
from signing.validation.stamps import Proofs, TimeStampValidator, ValidatedTimeStamp, View
from signing.verdict import Indication, Stopped, SubIndication, indication
from signing.x509.profile import USAGES, for_signing, usages
from signing.x509.signature_checks import Checks
from signing.x509.validation_time import SKEW, Moment

if TYPE_CHECKING:
    from datetime import datetime

    from signing.cms.profiles import Profile, ProfileRules
    from signing.validation.trust import Revocation, Trust
    from signing.verdict import Unsupported
    from signing.x509.certificate import X509Certificate
    from signing.x509.profile import Qualification


@dataclass(frozen=True)
class Validation:
    """The answer, as it is stored: never a yes or no alone.

    `signer` and `qualification` are there as soon as the signer's certificate could be read,
    and mean nothing while `indication` is not TOTAL_PASSED. `claimed_time` is only what the
    signer says, `proved_time` the earliest that a time-stamp proves. `at` is the moment that was
    judged, `policy` the rules that were applied, `level` how far the container has come with
    time-stamps that hold, `profile` the national one it names (P1 names none; empty: unknown).
    `settles_at` is there when all is good but that its profile wants revocation data of that
    moment or later, which cannot exist yet: nothing else keeps the signature from being final.
    `held` is there when TRY_LATER is no want of knowledge: the certificate, or its issuer's, is
    suspended. `unsupported` says what is not supported. `stamps` are all time-stamps with
    what is wrong with them, `used` what the answer rests on.
    """

    indication: Indication
    sub_indication: SubIndication | None
    at: datetime
    policy: str
    content_sha256: str
    signer: X509Certificate | None = None
    qualification: Qualification | None = None
    claimed_time: datetime | None = None
    proved_time: datetime | None = None
    level: Level = Level.B_B
    profile: str = ""
    settles_at: datetime | None = None
    held: bool = False
    unsupported: Unsupported | None = None
    stamps: tuple[ValidatedTimeStamp, ...] = ()
    used: Used = field(default_factory=Used)

    @property
    def passed(self) -> bool:
        """Say whether the signature itself passed (not yet: whether it is a qualified one)."""
        return self.indication is Indication.TOTAL_PASSED

    @property
    def qualified(self) -> bool:
        """Say whether the signature passed and its certificate is a qualified one."""
        return self.passed and self.qualification is not None and self.qualification.qualified

    @property
    def wait(self) -> bool:
        """Say whether the answer may change by itself, so that nothing may be decided yet."""
        return self.sub_indication is SubIndication.TRY_LATER

    def record(self) -> dict[str, Any]:
        """Give what a journal may keep: no name and no TCKN, only hashes, times and answers."""
        return {
            "indication": self.indication.value,
            "sub_indication": self.sub_indication.value if self.sub_indication else None,
            "at": self.at.isoformat(),
            "policy": self.policy,
            "content_sha256": self.content_sha256,
            "certificate_sha256": self.signer.sha256 if self.signer else None,
            "qualified": self.qualified,
            "qualification": self.qualification.code if self.qualification else None,
            "claimed_time": self.claimed_time.isoformat() if self.claimed_time else None,
            "proved_time": self.proved_time.isoformat() if self.proved_time else None,
            "level": self.level.value,
            "profile": self.profile,
            "settles_at": self.settles_at.isoformat() if self.settles_at else None,
            "time_stamps": [stamp.record() for stamp in self.stamps],
            "certificates": list(self.used.certificates),
            "crls": list(self.used.crls),
            "ocsps": list(self.used.ocsps),
        }


class _SignatureValidation:
    """One signature being validated; keeps what was found on the way, for whatever answer."""

    def __init__(self, data: bytes, content: bytes, trust: Trust, at: datetime) -> None:
        self._data, self._content, self._trust, self._at = data, content, trust, at
        self._found: container.ParsedContainer | None = None
        self._profile: Profile | None = None
        self._proofs = Proofs((), None, ())
        self._used = Used()
        self._checks = Checks()
        self._unsettled: datetime | None = None
        self._settles_at: datetime | None = None

    def run(self, revocation: Revocation, limit: int) -> None:
        """Go through the building blocks; Stopped is the answer, no exception a pass."""
        self._found = found = container.read(self._data, limit)
        self._profile = profile = BY_IDENTIFIER.get(found.policy_oid)
        if profile is None:
            raise Stopped(SubIndication.SIGNATURE_POLICY_NOT_AVAILABLE)
        rules = RULES[profile]
        stamped = self._checks.afresh()
        validator = TimeStampValidator(found, self._data, self._content, self._trust, stamped)
        self._proofs = proofs = validator.validate(revocation, self._at)
        container.check_integrity(
            found, self._content, proofs.proved or self._at, self._trust.allowed
        )
        if proofs.proved is not None and proofs.proved < found.certificate.not_before:
            raise Stopped(SubIndication.NOT_YET_VALID)
        self._demanded(found, rules, proofs)
        self._used = self._in_force(found, rules, proofs)
        signer = found.certificate.parsed
        if not (usages(signer) >= USAGES and for_signing(signer)):
            raise Stopped(SubIndication.CHAIN_CONSTRAINTS_FAILURE)
        if self._unsettled is not None:
            self._settles_at = self._unsettled
            raise Stopped(SubIndication.TRY_LATER)

    def _demanded(
        self, found: container.ParsedContainer, rules: ProfileRules, proofs: Proofs
    ) -> None:
        """Check that the time-stamp is there that the profile asks for.

        What leads to no anchor is said first: no time-stamp would mend that.
        """
        if not rules.stamped or proofs.good("signature"):
            return
        chain.sound_path(found.certificate, found.others, self._trust, self._at, self._checks)
        later = any(stamp.problem is SubIndication.TRY_LATER for stamp in proofs.stamps)
        raise Stopped(SubIndication.TRY_LATER if later else SubIndication.SIG_CONSTRAINTS_FAILURE)

    def _in_force(
        self, found: container.ParsedContainer, rules: ProfileRules, proofs: Proofs
    ) -> Used:
        """Check the signer's chain now, else at the proved time, else as an archive saw it."""
        first: Stopped | None = None
        for view in proofs.views:
            try:
                return self._in_view(found, rules, proofs.proved, view)
            except Stopped as stop:
                first = first or stop
        assert first is not None  # noqa: S101 - there is always the view of now
        raise first

    def _in_view(
        self,
        found: container.ParsedContainer,
        rules: ProfileRules,
        proved: datetime | None,
        view: View,
    ) -> Used:
        moment = view.moment
        used = self._status(found, proved, view, moment)
        if proved and (rules.wait or rules.ocsp):
            # Without a wait the data is as old as the time-stamp, but by another clock.
            since = proved + rules.wait if rules.wait else proved - SKEW
            if rules.wait and self._at < since:
                self._unsettled = since
                return used
            asked = Moment(moment.at, moment.past, since, rules.ocsp)
            used |= self._status(found, proved, view, asked)
        return used

    def _status(
        self, found: container.ParsedContainer, proved: datetime | None, view: View, moment: Moment
    ) -> Used:
        """Check the signer's chain at the moment, else at the time that is proved."""
        try:
            return self._chain(found, view, moment)
        except Stopped as stop:
            if proved is None or not stop.timely:
                raise
            return self._earlier(found, view, moment.earlier(proved), stop)

    def _earlier(
        self, found: container.ParsedContainer, view: View, moment: Moment, now: Stopped
    ) -> Used:
        """Ask about the proved time; when that says no more than now did, now's answer stays."""
        try:
            return self._chain(found, view, moment)
        except Stopped as stop:
            if stop.sub in {SubIndication.REVOKED_NO_POE, SubIndication.REVOKED_CA_NO_POE}:
                raise
            raise now from stop

    def _chain(self, found: container.ParsedContainer, view: View, moment: Moment) -> Used:
        return chain.check_chain(
            found.certificate, found.others, self._trust, view.revocation, moment, self._checks
        )

    def answer(
        self,
        sub: SubIndication | None,
        *,
        held: bool = False,
        unsupported: Unsupported | None = None,
    ) -> Validation:
        """Give the answer with all that was found."""
        found, used = self._found, self._used
        for stamp in self._proofs.stamps:
            used |= stamp.used
        return Validation(
            indication=indication(sub),
            sub_indication=sub,
            at=self._at,
            policy=self._trust.allowed.name,
            content_sha256=hashlib.sha256(self._content).hexdigest(),
            signer=found.certificate if found else None,
            qualification=found.qualification if found else None,
            claimed_time=found.claimed_time if found else None,
            proved_time=self._proofs.proved,
            level=self._level(),
            profile=self._profile.value if self._profile else "",
            settles_at=self._settles_at,
            held=held,
            unsupported=unsupported,
            stamps=self._proofs.stamps,
            used=used,
        )

    def _level(self) -> Level:
        if self._found is None or not self._proofs.good("signature"):
            return Level.B_B
        if self._proofs.good("archive"):
            return Level.B_LTA
        return Level.B_LT if self._found.pieces.revocations else Level.B_T


def validate(
    data: bytes,
    content: bytes,
    *,
    trust: Trust,
    revocation: Revocation,
    at: datetime,
    limit: int = container.SIZE_LIMIT,
) -> Validation:
    """Validate the container `data` (DER CMS, detached) over the bytes `content` at `at`.

    Whatever the bytes are, the result is a Validation: broken ones give TOTAL_FAILED with
    FORMAT_FAILURE, another text HASH_FAILURE, missing or stale revocation data and suspension
    INDETERMINATE with TRY_LATER. `limit` are the bytes of the largest container that is read:
    OWN_LIMIT for one that we made. Only a naive `at` is refused, with RequestInvalid.
    """
    if at.tzinfo is None:
        raise RequestInvalid(field="at", reason="naive_time")
    validation = _SignatureValidation(data, content, trust, at)
    try:
        validation.run(revocation, limit)
    except Stopped as stop:
        return validation.answer(stop.sub, held=stop.held, unsupported=stop.unsupported)
    return validation.answer(None)
