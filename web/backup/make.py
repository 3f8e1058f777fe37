"""Making a backup: the database of one moment first, then what of NES_VAR belongs to it.

This order loses nothing. A card is written before its move is committed, so every card that the
database knows at its moment lies in the store that is packed after it. The other way round a card
made in between would be known and have no keys. A card that the store has and the database does
not know yet is found by the production that is tried again, or is nobody's and does no harm.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import tarfile
import tempfile
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from states.postgres.database import database_url
from states.postgres.dump import frozen
from states.postgres.programs import FULL, ProgramFailed
from web.backup import var
from web.backup.errors import BackupRefused
from web.backup.manifest import DATABASE, MANIFEST, PARTS, VAR, BackupFile, Manifest, described
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from states.kit.settings import Settings
    from workflow.model.clock import Clock

BLOCK = 1 << 20


def back_up(settings: Settings, target: Path, clock: Clock | None = None) -> Manifest:
    """Write a backup into a new folder, or into one file when the name ends with ``.tar``.

    Both are readable for their owner alone and appear whole or not at all. Raises BackupRefused,
    DatabaseUnavailable, NothingThere, ProgramMissing, ProgramFailed and StoreBusy.
    """
    target = target.absolute()
    _refuse_taken(target)
    with _room_told(target), _draft(target) as draft:
        manifest = _written(settings, draft, clock or SystemClock())
        if target.suffix == ".tar":
            _as_file(draft, target)
        else:
            draft.rename(target)
            sync(target.parent)
    return manifest


def _written(settings: Settings, draft: Path, clock: Clock) -> Manifest:
    """Write the parts of a backup and, last, its manifest."""
    with frozen(database_url(settings)) as moment:
        told, at = moment.told(), clock.now()
        program = moment.dump(draft / DATABASE)
    kept = var.kept_secrets(settings, owns_keys=bool(told.own_keys))
    var.pack(settings, kept, draft / VAR)
    manifest = described(
        told,
        settings,
        at,
        {name: measured(draft / name) for name in PARTS},
        id=secrets.token_hex(16),
        product=version("nes-ofis"),
        pg_dump=program,
        kept=kept,
        token=var.holds_token(settings.var),
    )
    (draft / MANIFEST).write_bytes(manifest.written(settings))
    for name in (*PARTS, MANIFEST):
        (draft / name).chmod(0o600)
        sync(draft / name)
    return manifest


def measured(path: Path) -> BackupFile:
    """Return the length of a file and the SHA-256 of its bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
        return BackupFile(file.tell(), digest.hexdigest())


def sync(path: Path) -> None:
    """Wait until a file or folder would be there after a loss of power, too."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_taken(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise BackupRefused(
            f"{target} is there already, and a backup is never written over. Give a new name, such "
            "as one with the day in it.",
            where=str(target),
        )
    if not target.parent.is_dir():
        sentence = f"There is no folder {target.parent} to write the backup into. Make it first."
        raise BackupRefused(sentence, where=str(target.parent))


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """Give a private folder beside the target and remove what is left of it."""
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _as_file(draft: Path, target: Path) -> None:
    packed = draft / target.name
    with tarfile.open(packed, "w") as tar:
        for name in (MANIFEST, *PARTS):
            tar.add(draft / name, name, filter=_nobodys)
    packed.chmod(0o600)
    sync(packed)
    packed.rename(target)
    sync(target.parent)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who made a backup."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


@contextmanager
def _room_told(target: Path) -> Iterator[None]:
    """Say of a full disk, or of one that cannot be written, what to do."""
    try:
        yield
    except ProgramFailed as failed:
        if FULL not in str(failed):
            raise
        raise _full(target) from failed
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _full(target) from error
        sentence = f"No backup was made in {target.parent}: {error.strerror}. Check its rights."
        raise BackupRefused(sentence, where=str(target)) from error


def _full(target: Path) -> BackupRefused:
    return BackupRefused(
        f"The disk of {target.parent} is full, so no backup was made and nothing of it is left. "
        "Make room, or give a folder on another disk.",
        where=str(target),
    )
