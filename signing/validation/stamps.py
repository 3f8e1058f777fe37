"""Validating the time-stamps inside a container: which of them prove when the signature existed.

Sources: RFC 3161 (tokens), EN 319 122-1, 5.3 and 5.5 (over the signature; archive time-stamps),
EN 319 102-1, 5.4 (their validation). A time-stamp that does not hold proves nothing; it is
named with its sub-indication and the signature is validated as if it were not there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asn1crypto import tsp

from signing.cms import container, levels
from signing.cms.container import STAMP, ParsedContainer, hostile
from signing.cms.signed_data import (
    ARCHIVE_STAMP,
    HASH_INDEX,
    SIGNATURE_STAMP,
    revocation_data,
)
from signing.validation import chain
from signing.validation.chain import Used, sha256
from signing.validation.trust import Revocation
from signing.verdict import Stopped, SubIndication
from signing.x509.algorithms import strong_hash
from signing.x509.revocation_lists import read_extensions
from signing.x509.validation_time import SKEW, Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from asn1crypto import cms, x509

    from signing.validation.trust import Trust
    from signing.x509.signature_checks import Checks

LIMIT = 16
"""Time-stamps in one container; more would only be there to make validation slow."""

_USAGES = frozenset({"digital_signature", "non_repudiation"})


@dataclass(frozen=True)
class ValidatedTimeStamp:
    """One time-stamp as it was found: its own time, who made it, and why it proves nothing.

    `kind` is signature or archive, `problem` None when it holds.
    """

    kind: str
    sha256: str
    at: datetime | None = None
    certificate_sha256: str | None = None
    problem: SubIndication | None = None
    used: Used = Used()  # noqa: RUF009 - frozen

    def record(self) -> dict[str, str | None]:
        """Give what a journal may keep of it."""
        return {
            "kind": self.kind,
            "sha256": self.sha256,
            "at": self.at.isoformat() if self.at else None,
            "certificate_sha256": self.certificate_sha256,
            "problem": self.problem.value if self.problem else None,
        }


@dataclass(frozen=True)
class View:
    """A moment as of which things may be validated, with the revocation data known to exist then.

    The first is now; each archive time-stamp that holds opens an earlier one, for what it
    covers (`covered`: SHA-256 of time-stamps; None covers everything).
    """

    moment: Moment
    revocation: Revocation
    covered: frozenset[str] | None = None

    def holds(self, token: str) -> bool:
        """Say whether a time-stamp, by its SHA-256, may be validated in this view."""
        return self.covered is None or token in self.covered


@dataclass(frozen=True)
class Proofs:
    """All time-stamps, the earliest time they prove, and the views that archives opened."""

    stamps: tuple[ValidatedTimeStamp, ...]
    proved: datetime | None
    views: tuple[View, ...]

    def good(self, kind: str) -> bool:
        """Say whether a time-stamp of this kind holds."""
        return any(stamp.kind == kind and stamp.problem is None for stamp in self.stamps)


def embedded(revocations: Iterable[bytes]) -> Revocation:
    """Give the lists and OCSP responses among what a SignedData brings along (RFC 5652, 10.2.1)."""
    with hostile(SubIndication.FORMAT_FAILURE):
        return Revocation(*revocation_data(revocations))


def joined(left: Revocation, right: Revocation) -> Revocation:
    """Put revocation data together, each once."""
    return Revocation(
        tuple(dict.fromkeys(left.crls + right.crls)),
        tuple(dict.fromkeys(left.ocsps + right.ocsps)),
    )


class TimeStampValidator:
    """Validates the time-stamps of one container."""

    def __init__(
        self, found: ParsedContainer, data: bytes, content: bytes, trust: Trust, checks: Checks
    ) -> None:
        """Keep what is validated; `trust` is that for signatures, `checks` bounds the work."""
        self._found, self._data, self._content = found, data, content
        self._trust = trust.for_time_stamps()
        self._held = embedded(found.pieces.revocations)
        self._checks = checks
        self._extra = (*found.others, found.certificate.der)

    def validate(self, revocation: Revocation, at: datetime) -> Proofs:
        """Validate archive time-stamps, the newest first, then those of the signature."""
        views = [View(Moment(at), joined(revocation, self._held))]
        pieces = self._found.pieces
        archives, signatures = pieces.values(ARCHIVE_STAMP), pieces.values(SIGNATURE_STAMP)
        if len(archives) + len(signatures) > LIMIT:
            raise Stopped(SubIndication.FORMAT_FAILURE)
        stamps = []
        for token in sorted(archives, key=_newest):
            stamp = self._one("archive", token, views)
            stamps.append(stamp)
            if stamp.at is not None and stamp.problem is None:
                views.append(self._opened(token, stamp.at, revocation))
        oldest = _earliest(stamps)
        ours = [self._one("signature", token, views) for token in signatures]
        if oldest and any(stamp.at > oldest for stamp in ours if stamp.at and _good(stamp)):
            raise Stopped(SubIndication.TIMESTAMP_ORDER_FAILURE)
        stamps += ours
        proved = _earliest(stamps)
        return Proofs(tuple(stamps), None if proved is None else min(proved, at), tuple(views))

    def _one(self, kind: str, token: bytes, views: list[View]) -> ValidatedTimeStamp:
        stamp = ValidatedTimeStamp(kind, sha256(token))
        try:
            found = container.read_signed(token, STAMP)
            stamp = replace(stamp, certificate_sha256=found.certificate.sha256)
            info = _info(found.signed_data)
            at = info["gen_time"].native
            stamp = replace(stamp, at=at)
            _not_of_tomorrow(at, views[0])
            imprint = self._archived(found) if kind == "archive" else self._signature
            _over(info, imprint)
            content = bytes(found.signed_data["encap_content_info"]["content"])
            seen = [view for view in views if view.holds(stamp.sha256)]
            used = self._in_force(found, content, seen)
        except Stopped as stop:
            return replace(stamp, problem=stop.sub)
        return replace(stamp, used=used)

    def _in_force(
        self, found: container.ParsedSignedData, content: bytes, views: list[View]
    ) -> Used:
        """Check signature and chain of a time-stamp in the first view in which they hold."""
        own = embedded(found.pieces.revocations)
        stopped: Stopped | None = None
        for view in views:
            try:
                container.check_integrity(found, content, view.moment.at, self._trust.allowed)
                _for_stamps(found.certificate.parsed)
                return chain.check_chain(
                    found.certificate,
                    (*found.others, *self._extra),
                    self._trust,
                    joined(view.revocation, own),
                    view.moment,
                    self._checks,
                )
            except Stopped as stop:
                stopped = stopped or stop
        assert stopped is not None  # noqa: S101 - the first view holds everything
        raise stopped

    def _signature(self, algorithm: str) -> bytes:
        signature = self._found.signer_info["signature"].native
        return hashlib.new(algorithm, signature).digest()

    def _archived(self, found: container.ParsedSignedData) -> Callable[[str], bytes]:
        index = _index(found)
        return lambda algorithm: levels.archive_imprint(
            self._data, self._content, index.dump(), algorithm
        )

    def _opened(self, token: bytes, at: datetime, revocation: Revocation) -> View:
        """Give the view that an archive time-stamp opens: only what it covers was there."""
        index = _index(container.read_signed(token, STAMP))
        algorithm = index["hash_ind_algorithm"]["algorithm"].native
        lists = set(index["crls_hash_index"].native)
        stamps = set(index["unsigned_attr_values_hash_index"].native)

        def among(hashes: set[bytes], der: bytes) -> bool:
            return hashlib.new(algorithm, der).digest() in hashes

        pieces = self._found.pieces
        held = embedded(choice for choice in pieces.revocations if among(lists, choice))
        covered = (sha256(value) for kind, value in pieces.unsigned if among(stamps, kind + value))
        return View(Moment(at, past=True), joined(revocation, held), frozenset(covered))


def _newest(token: bytes) -> float:
    """Order time-stamps from the newest to the oldest; unreadable ones first."""
    try:
        return -levels.stamped_at(token).timestamp()
    except Exception:  # noqa: BLE001 - whatever a hostile token makes a parser do
        return float("-inf")


def _good(stamp: ValidatedTimeStamp) -> bool:
    return stamp.problem is None


def _earliest(stamps: Iterable[ValidatedTimeStamp]) -> datetime | None:
    return min((stamp.at for stamp in stamps if stamp.at and _good(stamp)), default=None)


def _info(signed_data: cms.SignedData) -> tsp.TSTInfo:
    with hostile(SubIndication.FORMAT_FAILURE):
        info = tsp.TSTInfo.load(bytes(signed_data["encap_content_info"]["content"]), strict=True)
        _ = info.native
    with hostile(SubIndication.SIG_CONSTRAINTS_FAILURE):
        # None is known here, so none may be critical (RFC 3161, 2.4.2).
        read_extensions(info["extensions"], frozenset())
    return info


def _not_of_tomorrow(at: datetime, now: View) -> None:
    if at > now.moment.at + SKEW:
        raise Stopped(SubIndication.TIMESTAMP_ORDER_FAILURE)


def _over(info: tsp.TSTInfo, imprint: Callable[[str], bytes]) -> None:
    """Check that a time-stamp is over what it stands beside, by a hash that is strong enough."""
    algorithm = info["message_imprint"]["hash_algorithm"]["algorithm"].native
    if not strong_hash(algorithm):
        raise Stopped(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    with hostile(SubIndication.FORMAT_FAILURE):
        expected = imprint(algorithm)
    if info["message_imprint"]["hashed_message"].native != expected:
        raise Stopped(SubIndication.HASH_FAILURE)


def _index(found: container.ParsedSignedData) -> levels.AtsHashIndexV3:
    """Give the hash index of an archive time-stamp; there is exactly one."""
    with hostile(SubIndication.FORMAT_FAILURE):
        (value,) = found.pieces.values(HASH_INDEX)
        index: levels.AtsHashIndexV3 = levels.AtsHashIndexV3.load(value, strict=True)
        _ = index.native
        if not strong_hash(index["hash_ind_algorithm"]["algorithm"].native):
            raise Stopped(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
        return index


def _for_stamps(certificate: x509.Certificate) -> None:
    """Check that a certificate is for time-stamps and nothing else (RFC 3161, 2.3)."""
    extended = certificate.extended_key_usage_value
    usage = certificate.key_usage_value
    critical: Iterable[str] = certificate.critical_extensions
    met = (
        extended is not None
        and extended.native == ["time_stamping"]
        and "extended_key_usage" in critical
        and (usage is None or set(usage.native) <= _USAGES)
    )
    if not met:
        raise Stopped(SubIndication.CHAIN_CONSTRAINTS_FAILURE)
