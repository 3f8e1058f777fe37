"""What nes-imza remembers of its user: known servers, driver, language, size of the letters.

No code, no PIN and no name is ever among it. The file lies where the platform keeps settings of a
user (on Linux the XDG base directory, `$XDG_CONFIG_HOME/nes-imza/settings.json`).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signing.app.errors import SettingsUnwritable
from signing.app.words import Language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

MOST_SERVERS = 8
SCALES = (100, 125, 150, 200)
"""Sizes of the letters in per cent."""


def folder(
    environment: Mapping[str, str], home: Path | None = None, platform: str = sys.platform
) -> Path:
    """Say where the settings of this user lie."""
    home = home or Path.home()
    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData" / "Roaming") / "nes-imza"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "nes-imza"
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "nes-imza"


def origin_of(url: str) -> str:
    """Give scheme, host and port of a checked address, the port always written."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.hostname}:{port}"


@dataclass(frozen=True)
class AppSettings:
    """The settings of a user; `servers` are addresses, the last used first."""

    servers: tuple[str, ...] = ()
    module: str = ""
    language: Language = Language.TURKISH
    scale: int = SCALES[0]

    def knows(self, url: str) -> bool:
        """Say whether a signature was made for this origin before."""
        return origin_of(url) in map(origin_of, self.servers)

    def with_server(self, url: str) -> Self:
        """Put an address at the front of the known ones."""
        others = [known for known in self.servers if origin_of(known) != origin_of(url)]
        return replace(self, servers=(url, *others)[:MOST_SERVERS])

    def scaled(self, steps: int) -> Self:
        """Make the letters larger or smaller by steps, as far as the sizes go."""
        place = min(max(SCALES.index(self.scale) + steps, 0), len(SCALES) - 1)
        return replace(self, scale=SCALES[place])


def _read(found: object) -> AppSettings:
    """Read what a file holds; whatever is not as we write it is left out."""
    fields: Mapping[str, object] = found if isinstance(found, dict) else {}
    servers, module = fields.get("servers"), fields.get("module")
    language, scale = fields.get("language"), fields.get("scale")
    kept = AppSettings()
    if isinstance(servers, list):
        known = tuple(entry for entry in servers if isinstance(entry, str) and _address(entry))
        kept = replace(kept, servers=known[:MOST_SERVERS])
    if isinstance(module, str):
        kept = replace(kept, module=module)
    with contextlib.suppress(ValueError):
        kept = replace(kept, language=Language(str(language)))
    return replace(kept, scale=scale) if isinstance(scale, int) and scale in SCALES else kept


def _address(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname and origin_of(url))
    except ValueError:
        return False


@dataclass(frozen=True)
class SettingsKeeper:
    """The file that holds the settings."""

    path: Path

    @classmethod
    def at_home(cls) -> Self:
        """Give the keeper of the user who runs the program."""
        return cls(folder(os.environ) / "settings.json")

    def load(self) -> AppSettings:
        """Read the settings; a missing or damaged file counts as none."""
        try:
            return _read(json.loads(self.path.read_text("utf-8")))
        except (OSError, ValueError, RecursionError):
            return AppSettings()

    def save(self, settings: AppSettings) -> None:
        """Write the settings whole or not at all, readable by their user only."""
        content = json.dumps(asdict(settings), ensure_ascii=False, indent=2)
        new = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            new.touch(mode=0o600)
            new.write_text(content + "\n", "utf-8")
            new.replace(self.path)
        except OSError as error:
            raise SettingsUnwritable(where=str(self.path)) from error
