"""The folder in memory in which a card is made, before it is put into its shard.

SoftHSM writes an object's file anew for each of its attributes, some seventy times a key, and on
a disk most of the time of a card is spent so.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fasteners import InterProcessLock

from signing.tokens.softhsm import exclusive, written

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own below it, which is looked at
ON_DISK = "making"
_PRIVATE = 0o700
_OTHERS = 0o077
_LOCK = "alive.lock"
_SWEEP = "sweep"

_own: dict[tuple[int, Path], tuple[Path, InterProcessLock]] = {}


@contextmanager
def workbench(directory: Path) -> Iterator[Path]:
    """Give an empty folder for one card of the store in this directory, and remove it at the end.

    What killed processes left is removed when a process makes its first card. Raises StoreFull,
    StoreBusy.
    """
    base = _base(directory)
    with written(base):
        bench = Path(tempfile.mkdtemp(dir=_of_this_process(base)))
    try:
        yield bench
    finally:
        shutil.rmtree(bench, ignore_errors=True)


def _base(directory: Path) -> Path:
    """Give the folder of all processes of this user: in memory, else within the store."""
    if MEMORY.is_dir():
        shared = MEMORY / f"nes-cards-{os.getuid()}"
        if _is_private(shared):
            return shared
    on_disk = directory / ON_DISK
    with written(directory):
        on_disk.mkdir(mode=_PRIVATE, exist_ok=True)
    return on_disk


def _is_private(folder: Path) -> bool:
    """Make the folder where it is missing; say whether it is ours and nobody else may enter."""
    try:
        folder.mkdir(mode=_PRIVATE, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return ours and not found.st_mode & _OTHERS


def _of_this_process(base: Path) -> Path:
    # The child of a fork has none yet: the lock on its parent's is not its own.
    key = (os.getpid(), base)
    if key not in _own or not _own[key][0].is_dir():
        with exclusive(base, _SWEEP):
            # Another thread may have been faster, and its lock looks free from here.
            if key not in _own or not _own[key][0].is_dir():
                _sweep(base)
                mine = Path(tempfile.mkdtemp(dir=base))
                alive = InterProcessLock(mine / _LOCK)
                alive.acquire(blocking=False)
                _own[key] = (mine, alive)
                atexit.register(_leave, os.getpid(), mine, alive)
    return _own[key][0]


def _sweep(base: Path) -> None:
    """Remove the folders of processes that live no more."""
    for left in base.iterdir():
        if left.is_dir():
            alive = InterProcessLock(left / _LOCK)
            if alive.acquire(blocking=False):
                alive.release()
                shutil.rmtree(left, ignore_errors=True)
            else:
                alive.lockfile.close()


def _leave(process: int, mine: Path, alive: InterProcessLock) -> None:
    if process == os.getpid() and alive.acquired:
        shutil.rmtree(mine, ignore_errors=True)
        alive.release()
