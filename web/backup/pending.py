"""The mark of a restore that is under way: what was broken off is said, and begun again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from states.kit.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "restore.pending"
DRAFT = "restore.draft"
WHOLE, ALONE = "whole", "database"
"""What is restored: everything, or the database alone beside a NES_VAR that stands."""


class RestoreBrokenOff(StoreError):
    """A restore was killed, so what stands there is not whole; params: where."""

    code = "restore_broken_off"


@dataclass(frozen=True, slots=True)
class PendingRestore:
    """The mark of one backup's restore into a folder."""

    var: Path
    backup: str

    @property
    def draft(self) -> Path:
        """Where the files of NES_VAR wait until they are proved."""
        return self.var / DRAFT

    def set(self, what: str) -> None:
        """Note that this restore has begun to change things."""
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.var / NAME).write_text(f"{self.backup} {what}", encoding="ascii")

    def stands(self) -> bool:
        """Say whether a restore, of whatever backup, was broken off here."""
        return (self.var / NAME).is_file()

    def is_mine(self) -> bool:
        """Say whether a restore of this very backup was broken off."""
        return _said(self.var)[0] == self.backup

    def undo(self, folders: tuple[str, ...]) -> None:
        """Take away what a restore that was broken off has put into NES_VAR, and its mark."""
        shutil.rmtree(self.draft, ignore_errors=True)
        if _said(self.var)[1] == WHOLE:
            for name in folders:
                shutil.rmtree(self.var / name, ignore_errors=True)
        self.done()

    def done(self) -> None:
        """Take the mark away."""
        (self.var / NAME).unlink(missing_ok=True)


def _said(var: Path) -> tuple[str, str]:
    path = var / NAME
    backup, _, what = (path.read_text("ascii") if path.is_file() else "").partition(" ")
    return backup, what


def refuse_half_restored(var: Path) -> None:
    """Refuse to work on what a killed restore has left; raises RestoreBrokenOff."""
    if (var / NAME).is_file():
        raise RestoreBrokenOff(
            f"A restore into {var} was broken off, so what stands there is not whole. Run `nes "
            "restore` with the same backup again; it goes on or begins anew.",
            where=str(var),
        )
