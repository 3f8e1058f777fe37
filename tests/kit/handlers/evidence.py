"""The evidence of a case in the hands of a stranger, who has openssl and sha256sum."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

from handlers.desk.evidence import EvidenceArchive, export
from tests.kit.handlers.world import World, officer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Files = dict[str, bytes]
"""What lies in an archive, by name."""


def take(world: World, case: int) -> EvidenceArchive:
    """Take out what proves a case, as an officer does."""
    return export(world.engine, officer(), case, "mahkeme, 2026/17 esas")


def files_of(evidence: EvidenceArchive) -> Files:
    """Return the files of an archive."""
    with zipfile.ZipFile(io.BytesIO(evidence.zip)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def commands(files: Mapping[str, bytes]) -> list[str]:
    """Give the command lines of the instruction, as it says that they are to be found."""
    lines = files["BENIOKU.txt"].decode().splitlines()
    return [line[4:] for line in lines if line.startswith("    ")]


class Stranger:
    """Somebody with an empty folder, a shell, openssl and sha256sum, and nothing of ours."""

    def __init__(self, folder: Path) -> None:
        """Set up the empty folder and the two programs."""
        self.folder, self.programs = folder / "klasor", folder / "programs"
        self.programs.mkdir()
        for program in ("openssl", "sha256sum"):
            found = shutil.which(program)
            assert found is not None
            (self.programs / program).symlink_to(found)

    def failing(self, files: Mapping[str, bytes]) -> list[str]:
        """Unpack into an empty folder, run every command, and give those that failed."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        for name, data in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return [command for command in commands(files) if not self._succeeds(command)]

    def _succeeds(self, command: str) -> bool:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.folder,
            env={"PATH": str(self.programs), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )
        return done.returncode == 0


def summed_anew(files: Files) -> Files:
    """Give the files with sums that fit them, as a forger would make them."""
    names = sorted(set(files) - {"SHA256SUMS"})
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names)
    return {**files, "SHA256SUMS": sums.encode()}


def flipped(data: bytes, place: int) -> bytes:
    """Return bytes of which one is another."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
