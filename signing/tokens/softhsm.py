"""SoftHSM as the default card: where its module is, its configuration, and making blank tokens."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
import threading
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pkcs11
from fasteners import InterProcessLock

from signing.errors import DeviceFailed, ModuleAbsent, StoreBusy, StoreFull, TokenTorn
from signing.tokens import whole
from signing.tokens.forks import around_forks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkcs11 import _pkcs11

CANDIDATES: dict[str, tuple[str, ...]] = {
    "linux": (
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
    ),
    "darwin": (
        "/opt/homebrew/lib/softhsm/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
    ),
    "win32": (r"C:\SoftHSM2\lib\softhsm2-x64.dll",),
}
TOKENS = "tokens"
STAGING = "staging"
LOGIN = "login"
PRODUCE = "produce"
LABEL_BYTES = 32  # CK_TOKEN_INFO.label is 32 bytes, padded with blanks
LOCK_WAIT_SECONDS = 60.0
ROOM_BYTES = 64 * 1024  # several times what one card takes

_gates: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
around_forks(_gates.clear)

_labels: dict[Path, tuple[int, frozenset[str | None]]] = {}


def find_module(explicit: Path | None = None, *, platform: str = sys.platform) -> Path:
    """Give the PKCS#11 module: the explicit one, or SoftHSM where this platform keeps it.

    Raises ModuleAbsent when nothing is there; an explicit path is never silently replaced.
    """
    candidates = [explicit] if explicit else [Path(name) for name in CANDIDATES.get(platform, ())]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    wanted = ", ".join(str(candidate) for candidate in candidates) or platform
    raise ModuleAbsent(module=wanted)


def configure(directory: Path, tokens: str = TOKENS, *, home: Path | None = None) -> Path:
    """Write a configuration into the directory (made if needed) and give its path.

    The tokens lie in the folder `tokens` below it, or below `home` once it is moved there. Raises
    StoreFull when the directory cannot be made or written.
    """
    configuration = directory / f"softhsm2-{tokens}.conf"
    text = (
        f"directories.tokendir = {(home or directory).resolve() / tokens}\n"
        "objectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n"
    )
    try:
        # What is made beside the tokens never makes the folder of a store that is away.
        (directory / tokens).mkdir(parents=tokens == TOKENS, exist_ok=True, mode=0o700)
        if not configuration.is_file() or configuration.read_text("utf-8") != text:
            configuration.write_text(text, "utf-8")
    except OSError as error:
        raise StoreFull(where=str(directory)) from error
    return configuration


def check_room(directory: Path) -> None:
    """Make sure that ROOM_BYTES can be written; StoreFull when they cannot.

    SoftHSM rewrites a token's main file in place at every login (signing.tokens.whole), so nobody
    may log in while the disk is full.
    """
    try:
        with tempfile.TemporaryFile(dir=directory) as probe:
            probe.write(bytes(ROOM_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        raise StoreFull(where=str(directory)) from error


def mend(directory: Path) -> None:
    """Put back what a process killed in its login has torn, wherever there is a copy.

    A look without the lock comes first, since most stores have nothing to mend. Raises
    StoreBusy, StoreFull.
    """
    torn = [found for found in whole.folders(directory / TOKENS) if whole.is_torn(found)]
    if torn:
        with exclusive(directory, LOGIN):
            for found in torn:
                whole.mend(found)


def lost(directory: Path) -> list[Path]:
    """List the tokens that are torn and that no copy can put back."""
    return [found for found in whole.folders(directory / TOKENS) if whole.is_lost(found)]


def refuse_lost(directory: Path, label: str) -> None:
    """Raise TokenTorn when a token that is lost is, or may be, the one with this label."""
    for found in lost(directory):
        if whole.label_of(found) in {None, label}:
            raise TokenTorn(folder=str(found))


@contextmanager
def login(directory: Path, serial: str) -> Iterator[None]:
    """Let nobody else log in meanwhile, with a whole copy of the token's main file beside it.

    When the PIN was set in the block, the copy learns it. Raises TokenTorn, StoreBusy, StoreFull.
    """
    with exclusive(directory, LOGIN):
        check_room(directory)
        folder = whole.folder_of(directory / TOKENS, serial)
        if folder is not None:
            if not whole.mend(folder):
                raise TokenTorn(folder=str(folder))
            whole.secure(folder)
        yield
        if folder is not None:
            whole.secure(folder)


def clear_staging(directory: Path) -> Path:
    """Empty the folder in which a token is made and give its configuration."""
    shutil.rmtree(directory / STAGING, ignore_errors=True)
    return configure(directory, STAGING)


def publish(directory: Path) -> None:
    """Move the token that was made in staging among the others, whole or not at all."""
    for made in (directory / STAGING).iterdir():
        whole.secure(made)
        made.rename(directory / TOKENS / made.name)
    _labels.pop(directory / TOKENS, None)


def holds(directory: Path, label: str) -> bool:
    """Say whether a token with this label lies in `tokens`, by the files alone.

    Read once and again when a token was added or removed. Raises TokenTorn when one that is torn
    is, or may be, the one with this label.
    """
    tokens = directory / TOKENS
    changed = tokens.stat().st_mtime_ns if tokens.is_dir() else 0
    known = _labels.get(tokens)
    if known is None or known[0] != changed:
        found = frozenset(whole.label_of(folder) for folder in whole.folders(tokens))
        known = _labels[tokens] = (changed, found)
    if not known[1] & {label, None}:
        return False
    refuse_lost(directory, label)
    return label in known[1]


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Raise StoreFull with this folder when something cannot be written in the block."""
    try:
        yield
    except OSError as error:
        raise StoreFull(where=str(folder)) from error


@contextmanager
def exclusive(directory: Path, purpose: str) -> Iterator[None]:
    """Keep all other processes and threads from this purpose in this store meanwhile.

    The lock dies with the process that holds it. Raises StoreBusy when it is not free within
    LOCK_WAIT_SECONDS, StoreFull when the folder is away or the lock file cannot be made.
    """
    if not directory.is_dir():
        # The lock would make the folder anew, and an empty store would pass for the real one.
        raise StoreFull(where=str(directory))
    gate = _gates[directory / purpose]
    # File locks belong to processes, so the threads of one process need a gate of their own.
    if not gate.acquire(timeout=LOCK_WAIT_SECONDS):
        raise StoreBusy
    try:
        lock = InterProcessLock(directory / f"{purpose}.lock")
        with _locked(lock, directory):
            yield
    finally:
        gate.release()


@contextmanager
def _locked(lock: InterProcessLock, directory: Path) -> Iterator[None]:
    try:
        held = lock.acquire(timeout=LOCK_WAIT_SECONDS)
    except OSError as error:
        raise StoreFull(where=str(directory)) from error
    if not held:
        raise StoreBusy
    try:
        yield
    finally:
        lock.release()


def initialise(module: _pkcs11.lib, label: str, so_pin: bytes) -> None:
    """Make a blank token with this label and security officer PIN in the free slot.

    python-pkcs11 has no C_InitToken, so that one function is called through ctypes in the same,
    already initialised library. Raises DeviceFailed when the label is too long or no slot is
    free, StoreFull when the token cannot be written.
    """
    padded = label.encode().ljust(LABEL_BYTES)
    free = [
        slot
        for slot in module.get_slots()
        if not slot.get_token().flags & pkcs11.TokenFlag.TOKEN_INITIALIZED
    ]
    if len(padded) > LABEL_BYTES or not free:
        raise DeviceFailed(support="C_InitToken/label")
    answer = ctypes.CDLL(module.so).C_InitToken(
        ctypes.c_ulong(free[0].slot_id), so_pin, ctypes.c_ulong(len(so_pin)), padded
    )
    if answer != 0:
        raise StoreFull(where=label)
