"""What the packed nes-imza brings beside the program: the installer of one user, and its start."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.house.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

BUILD = ROOT / ".ci" / "imza"
TOOLS = ("sh", "cp", "rm", "mv", "mkdir", "cat", "chmod", "dirname")
REGISTRATION = '#!/bin/sh\necho "$@" >>"$HOME/registered"\n'


class Home:
    """Somebody's home folder, with an unpacked archive in it and the plainest of tools."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.share = folder / ".local" / "share"
        self.unpacked = folder / "My Downloads" / "nes-imza"
        self.unpacked.mkdir(parents=True)
        for name in ("kur", "nes-imza", "nes-imza.svg", "start.py"):
            shutil.copy(BUILD / name, self.unpacked / name)
        self.tools = folder / "tools"
        self.tools.mkdir()
        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool) or "")
        registration = self.tools / "xdg-mime"
        registration.write_text(REGISTRATION, encoding="utf-8")
        registration.chmod(0o755)

    def run(self, program: Path, *words: str) -> str:
        """Run a script of the archive; it must succeed."""
        done = subprocess.run(
            ["sh", program, *words], capture_output=True, text=True, check=False,
            env={"HOME": str(self.folder), "PATH": str(self.tools)},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a home folder into which the archive was unpacked."""
    return Home(tmp_path)


def test_it_is_installed_for_one_user_with_a_menu_entry_that_opens_links(home: Home) -> None:
    said = home.run(home.unpacked / "kur")
    place = home.share / "nes-imza"
    assert f"nes-imza kuruldu: {place}" in said
    assert (place / "start.py").read_bytes() == (BUILD / "start.py").read_bytes()
    entry = (home.share / "applications" / "nes-imza.desktop").read_text("utf-8").splitlines()
    assert entry[0] == "[Desktop Entry]"
    assert f'Exec="{place}/nes-imza" %u' in entry
    assert "MimeType=x-scheme-handler/nes-imza;" in entry
    registered = (home.folder / "registered").read_text("utf-8")
    assert registered == "default nes-imza.desktop x-scheme-handler/nes-imza\n"
    command = home.folder / ".local" / "bin" / "nes-imza"
    assert f'exec "{place}/nes-imza" "$@"' in command.read_text("utf-8")


def test_it_can_be_installed_again_from_where_it_is_and_taken_away(home: Home) -> None:
    home.run(home.unpacked / "kur")
    place = home.share / "nes-imza"
    home.run(place / "kur")
    assert (place / "nes-imza").is_file()
    assert home.run(place / "kur", "--kaldir") == "nes-imza kaldırıldı.\n"
    left = {path for path in home.folder.rglob("*nes-imza*") if home.unpacked.parent not in
            path.parents}  # fmt: skip
    assert left == set()


def test_it_starts_as_a_module_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "signing.app", "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "--pin-stdin" in done.stdout


@pytest.mark.parametrize("recipe", ["kur", "nes-imza", "macos.sh"])
def test_the_scripts_are_read_by_a_plain_shell(recipe: str) -> None:
    subprocess.run(["sh", "-n", BUILD / recipe], check=True)


def test_a_build_that_nobody_signed_says_so_in_its_name() -> None:
    for recipe in ("windows.ps1", "macos.sh"):
        assert "-unsigned." in (BUILD / recipe).read_text("utf-8")
