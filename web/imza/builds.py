"""The builds of nes-imza that lie in a folder: for which system, how large, with which SHA-256."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SYSTEMS = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}
"""What a build can be for, in the order of the page."""

_NAME = re.compile(
    r"nes-imza-(?P<version>\d{1,4}(?:\.\d{1,4}){0,3})-(?P<system>windows|macos|linux)"
    r"-(?P<machine>[a-z0-9_]{2,12})(?P<unsigned>-unsigned)?\.(?:tar\.xz|zip|msi|exe|dmg|pkg)"
)


@dataclass(frozen=True, slots=True)
class Build:
    """One file to download; `unsigned` says that nobody signed it, as its name does."""

    path: Path
    version: str
    system: str
    machine: str
    unsigned: bool

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    @property
    def title(self) -> str:
        """The system it is for, as people call it."""
        return SYSTEMS[self.system]

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.path.stat().st_size

    @property
    def sha256(self) -> str:
        """The SHA-256 of its content, read once for each state of the file."""
        found = self.path.stat()
        return _digest(self.path, found.st_mtime_ns, found.st_size)

    @property
    def order(self) -> tuple[int, ...]:
        """What a newer version has more of."""
        return tuple(int(part) for part in self.version.split("."))


@lru_cache(maxsize=64)
def _digest(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def builds_in(folder: Path) -> list[Build]:
    """Return the newest build for each system and machine; other files are passed over."""
    newest: dict[tuple[str, str], Build] = {}
    for path in sorted(folder.glob("nes-imza-*")):
        match = _NAME.fullmatch(path.name)
        if match is None or not path.is_file() or path.is_symlink():
            continue
        kind = match["system"], match["machine"]
        build = Build(path, match["version"], *kind, unsigned=match["unsigned"] is not None)
        if kind not in newest or newest[kind].order <= build.order:
            newest[kind] = build
    systems = list(SYSTEMS)
    return sorted(newest.values(), key=lambda one: (systems.index(one.system), one.machine))
