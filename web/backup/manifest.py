"""The manifest: what a backup says of itself, and whether it may be believed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from states.kit.settings import SECRET_KEYS
from web.backup.errors import BackupUnusable, RestoreRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from states.kit.settings import Settings
    from states.postgres.dump import DumpSummary

MANIFEST = "manifest.json"
DATABASE = "database.dump"
VAR = "var.tar"
PARTS = (DATABASE, VAR)
"""The files of a backup beside its manifest."""

FORMAT = 1
"""The form of a backup; a program knows its own and all former ones."""

DIGITS = 16
"""Hexadecimal digits of a key's fingerprint: enough to tell two keys apart."""

PROVED = ("NES_PERSONAL_KEY", "NES_LOOKUP_KEY")
"""The keys that the data need, so that a restore compares them.

They are of 256 random bits, so a keyed hash gives nothing away. A PIN has few digits and is proved
on the token instead; another NES_SECRET_KEY does no harm.
"""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file of a backup: its length, and the SHA-256 (hex) of its bytes."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a backup says of itself; ``seal`` is over all the rest, under a key.

    ``moment`` is that of the database. ``fingerprints`` name the keys the data are sealed with
    (NES_PERSONAL_KEY_OLD too while it is exchanged); ``kept`` the secrets that lie in the backup,
    as a demo keeps them, while all others come from the environment. ``token`` says whether the
    house's own token lies in it, or is a device elsewhere.
    """

    id: str
    moment: str
    product: str
    step: str
    server: int
    pg_dump: str
    demo: bool
    entries: int
    cases: int
    journal: str
    own_keys: Mapping[str, tuple[str, str]]
    fingerprints: Mapping[str, str]
    kept: tuple[str, ...]
    token: bool
    parts: Mapping[str, BackupFile]
    format: int = FORMAT
    seal: str = field(default="", compare=False)

    def written(self, settings: Settings) -> bytes:
        """Return the bytes of the file, sealed under the keys of the settings."""
        said = asdict(self)
        said["seal"] = _seal(said, settings)
        return json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"

    def refuse_other_keys(self, settings: Settings) -> None:
        """Refuse settings whose keys do not open what was backed up, or a manifest not of theirs.

        Raises RestoreRefused and BackupUnusable.
        """
        for name, fingerprint in self.fingerprints.items():
            offered = {"NES_LOOKUP_KEY"} if name == "NES_LOOKUP_KEY" else set(_OPENING)
            theirs = _fingerprints(settings)
            if fingerprint not in {theirs[key] for key in offered & set(theirs)}:
                raise RestoreRefused(_other_key(name, fingerprint), where=name)
        if not hmac.compare_digest(_seal(asdict(self), settings), self.seal):
            raise BackupUnusable(
                f"The backup's {MANIFEST} was changed after it was made, so nothing was restored. "
                "Take another copy of this backup, or another backup.",
                where=MANIFEST,
            )


_OPENING = ("NES_PERSONAL_KEY", "NES_PERSONAL_KEY_OLD")


def _other_key(name: str, fingerprint: str) -> str:
    setting = "NES_LOOKUP_KEY" if name == "NES_LOOKUP_KEY" else "NES_PERSONAL_KEY"
    old = "" if setting == "NES_LOOKUP_KEY" else " (or as NES_PERSONAL_KEY_OLD)"
    return (
        f"{setting} is not the key that this backup was made with"
        f" (its fingerprint is {fingerprint}), so nothing was restored."
        f" Give the key of that time as {setting}{old}."
    )


def fingerprint(name: str, key: bytes) -> str:
    """Return what names a key without giving anything of it away (hex)."""
    purpose = "NES_PERSONAL_KEY" if name in _OPENING else name
    return hmac.digest(key, f"nes-ofis fingerprint {purpose}".encode(), hashlib.sha256).hex()[
        :DIGITS
    ]


def _fingerprints(settings: Settings) -> dict[str, str]:
    keys = {
        "NES_PERSONAL_KEY": settings.personal_key,
        "NES_PERSONAL_KEY_OLD": settings.personal_key_old,
        "NES_LOOKUP_KEY": settings.lookup_key,
    }
    return {name: fingerprint(name, key) for name, key in keys.items() if key is not None}


def _seal(said: Mapping[str, Any], settings: Settings) -> str:
    text = json.dumps({**said, "seal": ""}, sort_keys=True).encode()
    return hmac.digest(settings.lookup_key, b"nes-ofis backup\0" + text, hashlib.sha256).hex()


def described(  # noqa: PLR0913 - each is a thing a manifest says
    told: DumpSummary,
    settings: Settings,
    at: datetime,
    parts: Mapping[str, BackupFile],
    *,
    id: str,  # noqa: A002 - the word of the file
    product: str,
    pg_dump: str,
    kept: Iterable[str],
    token: bool,
) -> Manifest:
    """Return the manifest of a backup from what its parts are."""
    return Manifest(
        id=id,
        moment=at.isoformat(),
        product=product,
        step=told.step,
        server=told.server,
        pg_dump=pg_dump,
        demo=settings.demo,
        entries=told.entries,
        cases=told.cases,
        journal=told.journal,
        own_keys=dict(told.own_keys),
        fingerprints=_fingerprints(settings),
        kept=tuple(kept),
        token=token,
        parts=dict(parts),
    )


def parsed(text: bytes, where: str) -> Manifest:
    """Read a manifest; raises BackupUnusable for one that is no manifest or of a newer form."""
    try:
        said = json.loads(text)
        if said["format"] > FORMAT:
            raise BackupUnusable(
                f"The backup {where} has the form {said['format']} of a newer nes-ofis "
                f"({said['product']}); this one knows the forms up to {FORMAT}. Install that "
                "version or a newer one to restore it.",
                where=where,
            )
        parts = {name: BackupFile(**said["parts"][name]) for name in PARTS}
        own = {role: (key, made) for role, (key, made) in said["own_keys"].items()}
        found = Manifest(**{**said, "parts": parts, "own_keys": own, "kept": tuple(said["kept"])})
        datetime.fromisoformat(found.moment)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupUnusable(
            f"The {MANIFEST} of the backup {where} cannot be read: it was cut short or changed. "
            "Take another copy of this backup, or another backup.",
            where=where,
        ) from None
    if not set(found.kept) <= set(SECRET_KEYS):
        raise BackupUnusable(
            f"The {MANIFEST} of the backup {where} names secrets that nobody knows: it was "
            "changed. Take another copy of this backup, or another backup.",
            where=where,
        )
    return found
