"""What a validation trusts and knows: our anchors, our intermediates and revocation data.

Anchors may come from a folder: each `NAME.cer`, `.crt`, `.der` or `.pem` with a `NAME.toml`
beside it that says from when until when it is trusted, and what for.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from asn1crypto import pem

from signing.errors import CertificateUnusable, TrustUnusable
from signing.x509.certificate import X509Certificate, read
from signing.x509.policy import STRICT

if TYPE_CHECKING:
    from pathlib import Path

    from signing.x509.policy import AllowedAlgorithms

SUFFIXES = frozenset({".cer", ".crt", ".der", ".pem"})


class AnchorPurpose(StrEnum):
    """What a certificate of the trust folder is there for."""

    SIGNATURES = "signatures"
    TIME_STAMPS = "time-stamps"
    CHAINS = "chains"
    """Not trusted by itself: an issuing authority that only helps to build a chain."""


KEYS = frozenset({"from", "until", "for", "contact"})

LONGEST_CONTACT = 200
"""Letters of the place where an authority is reached."""


@dataclass(frozen=True)
class TrustWindow:
    """From when until when an anchor is trusted (aware UTC); no `until` means still."""

    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether a moment lies inside; both ends belong to it."""
        return self.since <= at and (self.until is None or at <= self.until)


@dataclass(frozen=True)
class Trust:
    """DER certificates: `anchors` end a chain, `intermediates` only help to build one.

    `tsa_anchors` end the chains of time-stamp authorities (none given: the anchors do).
    `windows` are pairs of an anchor's SHA-256 (hex) and the time in which it is trusted; an
    anchor without one is trusted at any time. Nothing else is trusted: neither the operating
    system's store nor a certificate that a container brings along. `allowed` are the algorithms
    that all of it, and what it vouches for, is held to. `contacts` are pairs of a certificate's
    SHA-256 (hex) and where its authority is reached by people, in words.
    """

    anchors: tuple[bytes, ...]
    intermediates: tuple[bytes, ...] = ()
    tsa_anchors: tuple[bytes, ...] = ()
    windows: tuple[tuple[str, TrustWindow], ...] = ()
    allowed: AllowedAlgorithms = STRICT
    contacts: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _windows(self) -> dict[str, TrustWindow]:
        return dict(self.windows)

    def anchors_at(self, at: datetime) -> tuple[bytes, ...]:
        """Give the anchors for signatures that are trusted at a moment.

        RFC 5280, 6.1.1 (d) takes name and key of an anchor and leaves its dates to whoever trusts
        it; here its own certificate ends it (6.2), and the window may only be narrower.
        """
        return tuple(der for der in self.anchors if _life(der).holds(at) and self._open(der, at))

    def _open(self, der: bytes, at: datetime) -> bool:
        window = self._windows.get(hashlib.sha256(der).hexdigest()) if self.windows else None
        return window is None or window.holds(at)

    def beside(self, other: Trust) -> Trust:
        """Give both together; windows of either count for what they name, `allowed` is ours."""
        return Trust(
            tuple(dict.fromkeys(self.anchors + other.anchors)),
            tuple(dict.fromkeys(self.intermediates + other.intermediates)),
            tuple(dict.fromkeys(self.for_time_stamps().anchors + other.for_time_stamps().anchors)),
            tuple(dict(self.windows + other.windows).items()),
            self.allowed,
            tuple(dict(self.contacts + other.contacts).items()),
        )

    def for_time_stamps(self) -> Trust:
        """Give the same trust, but with the anchors of time-stamp authorities."""
        return replace(self, anchors=self.tsa_anchors or self.anchors)


@dataclass(frozen=True)
class Revocation:
    """DER revocation lists and OCSP responses at hand.

    One that lacks or is stale means "wait", never "good".
    """

    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """One certificate of the folder with what its description says."""

    der: bytes
    window: TrustWindow
    purposes: frozenset[AnchorPurpose]
    contact: str = ""


@lru_cache(128)
def _life(der: bytes) -> TrustWindow:
    """Give the validity of an anchor's own certificate; both ends belong to it."""
    certificate = X509Certificate(der)
    return TrustWindow(certificate.not_before, certificate.not_after)


def load(folder: Path) -> Trust:
    """Read a folder of anchors; TrustUnusable names the file and what is wrong with it.

    A folder that lacks or holds no anchor for signatures is refused too: an office that trusts
    nobody by mistake must not start.
    """
    if not folder.is_dir():
        raise TrustUnusable(path=str(folder), reason="folder_absent")
    paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    described = {path.stem for path in paths}
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in described:
            raise TrustUnusable(path=path.name, reason="certificate_file_absent")
    entries = [_entry(path) for path in paths]
    trust = Trust(
        _for(entries, AnchorPurpose.SIGNATURES),
        _for(entries, AnchorPurpose.CHAINS),
        _for(entries, AnchorPurpose.TIME_STAMPS),
        tuple((_sha256(entry), entry.window) for entry in entries),
        contacts=tuple((_sha256(entry), entry.contact) for entry in entries if entry.contact),
    )
    if not trust.anchors:
        raise TrustUnusable(path=str(folder), reason="no_anchor")
    return trust


def _sha256(entry: _Entry) -> str:
    return hashlib.sha256(entry.der).hexdigest()


def _for(entries: list[_Entry], purpose: AnchorPurpose) -> tuple[bytes, ...]:
    return tuple(entry.der for entry in entries if purpose in entry.purposes)


def _entry(path: Path) -> _Entry:
    der = _certificate(path)
    beside = path.with_suffix(".toml")
    try:
        said = tomllib.loads(beside.read_text("utf-8"))
    except FileNotFoundError as error:
        raise TrustUnusable(path=beside.name, reason="description_absent") from error
    except (OSError, ValueError) as error:
        raise TrustUnusable(
            path=beside.name, reason="description_unreadable", why=str(error)
        ) from error
    unknown = sorted(said.keys() - KEYS)
    if unknown:
        raise TrustUnusable(path=beside.name, reason="unknown_keys", keys=", ".join(unknown))
    purposes = _purposes(beside, said.get("for"))
    return _Entry(der, _window(beside, said), purposes, _contact(beside, said.get("contact", "")))


def _contact(path: Path, value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_CONTACT or not value.isprintable():
        raise TrustUnusable(path=path.name, reason="contact_form", longest=LONGEST_CONTACT)
    return value.strip()


def _certificate(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        der = pem.unarmor(data)[2] if pem.detect(data) else data
        return read(der).der
    except (OSError, ValueError, CertificateUnusable) as error:
        raise TrustUnusable(path=path.name, reason="certificate_unreadable") from error


def _window(path: Path, said: dict[str, object]) -> TrustWindow:
    since, until = (_day(path, said, key) for key in ("from", "until"))
    if since is None:
        raise TrustUnusable(path=path.name, reason="from_absent")
    end = None if until is None else until + timedelta(days=1, microseconds=-1)
    if end is not None and end < since:
        raise TrustUnusable(path=path.name, reason="until_before_from")
    return TrustWindow(since, end)


def _day(path: Path, said: dict[str, object], key: str) -> datetime | None:
    value = said.get(key)
    if value is None:
        return None
    if type(value) is not date:
        raise TrustUnusable(path=path.name, reason="day_form", key=key)
    return datetime.combine(value, time.min, UTC)


def _purposes(path: Path, value: object) -> frozenset[AnchorPurpose]:
    known = {purpose.value for purpose in AnchorPurpose}
    if not isinstance(value, list) or not value or not known.issuperset(map(str, value)):
        wanted = ", ".join(sorted(known))
        raise TrustUnusable(path=path.name, reason="purposes_form", wanted=wanted)
    return frozenset(map(AnchorPurpose, value))
