"""Reading a backup, which is a folder or one tar file: its manifest, and its parts checked."""

from __future__ import annotations

import hashlib
import tarfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, NoReturn

from web.backup.errors import BackupUnusable
from web.backup.manifest import MANIFEST, PARTS, Manifest, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = 1 << 20
MANIFEST_AT_MOST = 1 << 20
"""Bytes of a manifest; what is longer is none."""


@dataclass(frozen=True, slots=True)
class BackupSource:
    """A backup that lies at a place."""

    place: Path

    def manifest(self) -> Manifest:
        """Return what the backup says of itself; raises BackupUnusable."""
        with self.open(MANIFEST) as file:
            return parsed(file.read(MANIFEST_AT_MOST), str(self.place))

    def refuse_damaged(self, manifest: Manifest) -> None:
        """Refuse parts that are not what the manifest says; reads all of them."""
        for name in PARTS:
            told, digest, length = manifest.parts[name], hashlib.sha256(), 0
            with self.open(name) as file:
                while block := file.read(BLOCK):
                    digest.update(block)
                    length += len(block)
            if length < told.bytes:
                self._refuse(f"{name} is cut short: {length} of {told.bytes} bytes are there")
            if digest.hexdigest() != told.sha256:
                self._refuse(f"{name} is not the one that was made with this {MANIFEST}")

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file of the backup; raises BackupUnusable when it is not there."""
        if self.place.is_dir():
            with self._in_folder(name) as file:
                yield file
            return
        if not self.place.is_file():
            sentence = f"There is no backup at {self.place}. Check the name."
            raise BackupUnusable(sentence, where=str(self.place))
        with self._packed() as tar:
            yield self._in_tar(tar, name)

    def _in_folder(self, name: str) -> IO[bytes]:
        try:
            return (self.place / name).open("rb")
        except FileNotFoundError:
            self._refuse(f"it has no {name}")

    @contextmanager
    def _packed(self) -> Iterator[tarfile.TarFile]:
        try:
            tar = tarfile.open(self.place, "r:")  # noqa: SIM115 - closed below, refused here
        except tarfile.TarError:
            self._refuse("it is no tar file")
        with tar:
            yield tar

    def _in_tar(self, tar: tarfile.TarFile, name: str) -> IO[bytes]:
        try:
            file = tar.extractfile(name)
        except (KeyError, tarfile.TarError):
            file = None
        if file is None:
            self._refuse(f"it has no {name}, so its end is missing or it is none of ours")
        return file

    def _refuse(self, why: str) -> NoReturn:
        raise BackupUnusable(
            f"The backup {self.place} cannot be used, and nothing was restored: {why}. Take "
            "another copy of this backup, or another backup.",
            where=str(self.place),
        )
