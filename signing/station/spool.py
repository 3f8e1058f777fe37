"""What a station has made and not handed in yet: one small file a card, there before it is sent.

A file is written whole or not at all, and removed only when the office has answered for good. No
PIN, name or secret is ever in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from fasteners import InterProcessLock

from signing.station.errors import SpoolInUse, SpoolUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REFUSED = "refused"
"""The folder of results that an office did not take: their cards are set aside."""

_SUFFIX = ".json"


@dataclass(frozen=True)
class SpooledResult:
    """One card that is made: for which office and order, and the certificate read back from it."""

    office: str
    order: str
    reference: str
    box: str
    number: str
    certificate: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The name of its file; what an office calls an order is no name of a file."""
        return hashlib.sha256(f"{self.office} {self.order}".encode()).hexdigest()[:32] + _SUFFIX


def _written(result: SpooledResult) -> str:
    certificate = base64.b64encode(result.certificate).decode()
    return json.dumps({**asdict(result), "certificate": certificate}, ensure_ascii=False)


def _read(path: Path) -> SpooledResult:
    try:
        fields = json.loads(path.read_text("utf-8"))
        certificate = base64.b64decode(fields.pop("certificate"), validate=True)
        return SpooledResult(**fields, certificate=certificate)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SpoolUnusable(where=str(path)) from error


class Spool:
    """The folder of results of one station; no second station works with it at the same time."""

    def __init__(self, folder: Path) -> None:
        """Make the folder where it is missing; SpoolUnusable, SpoolInUse."""
        self.folder = folder
        with _writable(folder):
            (folder / REFUSED).mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = InterProcessLock(folder / "station.lock")
            free = self._lock.acquire(blocking=False)
        if not free:
            self._lock.lockfile.close()
            raise SpoolInUse(where=str(folder))

    def close(self) -> None:
        """Let another station work with the folder."""
        self._lock.release()

    def keep(self, result: SpooledResult) -> None:
        """Write a result down, so that it is there after a loss of power too."""
        path = self.folder / result.name
        draft = path.with_suffix(".draft")
        with _writable(self.folder):
            with draft.open("w", encoding="utf-8") as file:
                file.write(_written(result))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            descriptor = os.open(self.folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    def results(self) -> list[SpooledResult]:
        """Return what is not handed in yet; SpoolUnusable for a file that is not ours."""
        return [_read(path) for path in sorted(self.folder.glob(f"*{_SUFFIX}"))]

    def remove(self, result: SpooledResult) -> None:
        """Forget what the office has taken."""
        with _writable(self.folder):
            (self.folder / result.name).unlink()

    def set_aside(self, result: SpooledResult) -> None:
        """Keep what the office refused apart, so that it is not handed in again."""
        with _writable(self.folder):
            (self.folder / result.name).replace(self.folder / REFUSED / result.name)


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolUnusable(where=str(folder)) from error
