"""Receipts that a mail server puts into a folder (maildir), read once each.

A mail that was read is moved aside: what the office keeps of it stands with its message by then. A
worker that dies in between has its successor read the mail again, which changes nothing.
"""

from __future__ import annotations

import os
from hashlib import sha256
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from handlers.post.delivery import LOCK_SPACE
from handlers.post.kep_evidence import is_signed
from handlers.post.receipts import LARGEST, ReceiptResult, take_receipt
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from handlers.kit.context import CaseEngine

LOCK = 16
"""The second key of the lock of the folder, beyond those of the channels."""

INCOMING = ("new", "cur")
"""Where a mail server puts mail (maildir), and where a mail program moves what it has shown."""

TAKEN, REFUSED, EVIDENCE = ".Taken", ".Refused", ".Evidence"
"""Folders beside them, as mail programs name them: what counted, what did not, and evidence of a
provider of registered e-mail, which stays."""

KEPT_DAYS = 30
"""Days after which a mail moved aside is removed, except evidence: it names a person."""

MOST = 500
"""Mails that are read in one bout."""


def read_maildir(engine: CaseEngine, folder: Path | None) -> int:
    """Read what has come into a maildir, and remove what was moved aside long ago.

    Return how many mails were read. One worker at a time; OSError where the folder is away.
    """
    if folder is None:
        return 0
    with held_alone(engine, LOCK_SPACE, LOCK) as holder:
        if holder is None:
            return 0
        number = 0
        for file in _incoming(folder):
            number += _read(engine, folder, file)
        _forget(folder, engine.clock.now())
    return number


def _incoming(folder: Path) -> Iterator[Path]:
    left = MOST
    for name in INCOMING:
        for file in sorted((folder / name).iterdir())[:left]:
            left -= 1
            yield file


def _read(engine: CaseEngine, folder: Path, file: Path) -> int:
    """Read one mail and move it aside; what is no file of ours to read is left alone."""
    if file.is_symlink() or not file.is_file():
        return 0
    with file.open("rb") as opened:
        mail = opened.read(LARGEST + 1)
    answer = take_receipt(engine, mail)
    engine.point("receipt_written")
    aside = EVIDENCE if is_signed(mail) else TAKEN
    target = folder / (REFUSED if answer.result is ReceiptResult.REFUSED else aside) / "cur"
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.replace(file, target / file.name)  # noqa: PTH105 - over what an earlier try has left
    return 1


def keep_evidence(folder: Path, mail: bytes) -> None:
    """Keep evidence of a provider that came another way, beside that of the maildir; OSError.

    The same mail once more is the same file. It is on the disk before this returns.
    """
    target = folder / EVIDENCE / "cur"
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = target / f"{sha256(mail).hexdigest()}.eml"
    if kept.exists():
        return
    with NamedTemporaryFile(dir=target, prefix=".", delete=False) as made:
        made.write(mail)
        made.flush()
        os.fsync(made.fileno())
    os.replace(made.name, kept)  # noqa: PTH105 - a name that another request may have just given
    _sync(target)


def _sync(folder: Path) -> None:
    """Wait until the names in a folder would be there after a loss of power, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _forget(folder: Path, now: datetime) -> None:
    """Remove what was moved aside and is older than KEPT_DAYS, by the time of its arrival."""
    oldest = now.timestamp() - KEPT_DAYS * 24 * 60 * 60
    for name in (TAKEN, REFUSED):
        aside = folder / name / "cur"
        for file in aside.iterdir() if aside.is_dir() else ():
            if file.stat().st_mtime < oldest:
                file.unlink()
