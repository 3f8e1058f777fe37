"""A wheel as somebody gets it: built from this tree, installed into an empty place."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LIBRARIES = Path(sysconfig.get_paths()["purelib"])
"""Where the packages of the lock stand that these tests run with; the tree itself is not there."""


@dataclass(frozen=True)
class Place:
    """A virtual environment and an empty folder, both outside the tree."""

    folder: Path

    @property
    def programs(self) -> Path:
        """Where the commands stand."""
        return self.folder / "venv" / "bin"

    @property
    def libraries(self) -> Path:
        """Where the packages stand."""
        (found,) = (self.folder / "venv" / "lib").glob("python*/site-packages")
        return found

    @property
    def home(self) -> Path:
        """Where the commands are started."""
        return self.folder / "home"

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return an environment in which nothing leads back to the tree."""
        kept = {
            key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ
        }
        return {**kept, **more}

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command there to its end; it must succeed."""
        done = subprocess.run(
            [self.programs / command[0], *command[1:]], cwd=self.home, text=True, check=False,
            env=self.environment(more), capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done


def project(folder: Path) -> dict[str, Any]:
    """Return what the project of a folder says of itself."""
    told: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    return told


def build(root: Path, folder: Path) -> Path:
    """Build the wheel of a project of this tree, without network or another environment."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def installed(wheel: Path, folder: Path) -> Place:
    """Install a wheel alone into an empty environment, which borrows no package yet."""
    place = Place(folder)
    place.home.mkdir()
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    uv = str(Path(sys.executable).with_name("uv"))
    options = ["--quiet", "--offline", "--no-deps", "--no-config", "--no-cache"]
    command = [uv, "pip", "install", *options, "--python", str(folder / "venv"), str(wheel)]
    subprocess.run(command, cwd=place.home, check=True, capture_output=True)
    return place


def borrow(place: Place, libraries: Path) -> None:
    """Let an environment use the packages of a folder too, after its own."""
    (place.libraries / "borrowed.pth").write_text(f"{libraries}\n", encoding="utf-8")


def needed(requirements: Iterable[str]) -> list[Distribution]:
    """Return the installed packages that requirements lead to, with the extras that they name.

    What another system or Python would need is not installed here, and is passed over.
    """
    found: dict[tuple[str, ...], Distribution] = {}
    waiting = list(requirements)
    while waiting:
        name, *extras = re.findall(r"[A-Za-z0-9._-]+", re.split(r"[<>=~!; ]", waiting.pop())[0])
        if (name, *extras) in found:
            continue
        with suppress(PackageNotFoundError):
            package = found[name, *extras] = distribution(name)
            waiting += [one for one in package.requires or () if _wanted(one, extras)]
    return list(found.values())


def _wanted(requirement: str, extras: list[str]) -> bool:
    return set(re.findall(r"extra == ['\"]([a-z0-9-]+)", requirement)) <= set(extras)


def laid_out(packages: Iterable[Distribution], folder: Path) -> Path:
    """Return a folder in which some installed packages stand and no other."""
    folder.mkdir()
    for package in packages:
        for top in {path.parts[0] for path in package.files or ()} - {"..", "__pycache__"}:
            with suppress(FileExistsError):  # a folder that several packages share
                (folder / top).symlink_to(LIBRARIES / top)
    return folder
