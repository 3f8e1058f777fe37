"""The one PKCS#11 library of this process: loading, re-initialising, and the guard against fork.

A PKCS#11 module is initialised once per process (PKCS#11 2.40, section 5.4), reads its settings
at that moment, does not see tokens that other processes make later, and is unusable in a child
after fork. So every use goes through `use(...)`, which holds one re-entrant lock.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pkcs11

from signing.errors import DeviceFailed, ModuleAbsent, StoreBusy
from signing.tokens.forks import around_forks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pkcs11 import _pkcs11

CONFIGURATION_VARIABLE = "SOFTHSM2_CONF"


@dataclass(frozen=True)
class ModuleSource:
    """Which module to load and, for SoftHSM, which configuration file it reads."""

    module: Path
    configuration: Path | None


@dataclass
class _Process:
    """What this process has loaded: the source, the process it was loaded in, open uses.

    `rounds` counts the initialisations; each one ends every session of the one before. `spoiled`
    says that a session was left behind, so that the next one is due.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    source: ModuleSource | None = None
    pid: int = 0
    module: _pkcs11.lib | None = None
    users: int = 0
    rounds: int = 0
    spoiled: bool = False


_process = _Process()


def _hold() -> None:
    """Wait until no other thread is inside the module, so that a child finds it in one piece."""
    _process.lock.acquire()


def _release() -> None:
    _process.lock.release()


def _forget() -> None:
    """Start the child of a fork with a free lock and no user; `use` initialises afresh."""
    _process.lock = threading.RLock()
    _process.users = 0


around_forks(_forget, before=_hold, parent=_release)


def _load(source: ModuleSource) -> _pkcs11.lib:
    if source.configuration is not None:
        # SoftHSM knows no other way to be told where its tokens are.
        os.environ[CONFIGURATION_VARIABLE] = str(source.configuration)
    try:
        return pkcs11.lib(str(source.module))
    except pkcs11.PKCS11Error as error:
        # Only a file that is no module has no return code, and so no kind of its own.
        if type(error) is pkcs11.PKCS11Error:
            raise ModuleAbsent(module=str(source.module)) from error
        raise DeviceFailed(support=type(error).__name__) from error


def _drop(module: _pkcs11.lib) -> None:
    try:
        module.finalize()
    except pkcs11.PKCS11Error:
        # After a fork the module may say that it was never initialised here; that is the goal.
        return


def _activate(source: ModuleSource, *, afresh: bool, own: int = 0) -> _pkcs11.lib:
    current = _process.module
    same = _process.source == source and _process.pid == os.getpid()
    due = afresh or (_process.spoiled and not _process.users)
    if current is not None and same and not due:
        return current
    if current is not None:
        if _process.users > own:
            raise StoreBusy
        _process.module = None
        _drop(current)
    _process.module = _load(source)
    _process.source, _process.pid = source, os.getpid()
    _process.rounds += 1
    _process.spoiled = False
    return _process.module


def acquire(source: ModuleSource) -> _pkcs11.lib:
    """Begin a use: other threads wait until `release`; for who cannot have `use` around it."""
    _process.lock.acquire()
    try:
        module = _activate(source, afresh=False)
    except BaseException:
        _process.lock.release()
        raise
    _process.users += 1
    return module


def release() -> None:
    """End the use that this thread began last."""
    _process.users -= 1
    _process.lock.release()


@contextmanager
def use(source: ModuleSource) -> Iterator[_pkcs11.lib]:
    """Hold the library for this thread, initialised for this source in this very process.

    Raises ModuleAbsent when it cannot be loaded, StoreBusy when this thread is inside a use
    of another source.
    """
    module = acquire(source)
    try:
        yield module
    finally:
        release()


def refresh(source: ModuleSource, *, own: int = 0) -> None:
    """Initialise anew, so that tokens made by other processes are seen; ends every session.

    StoreBusy inside a use, but for `own` uses of the caller, who knows that their sessions end.
    """
    with _process.lock:
        _activate(source, afresh=True, own=own)


def spoil() -> None:
    """Note that a session cannot be closed any more; the next use outside all others clears up.

    A login that is refused leaves its session open, and one that could not be closed stays
    logged in; either would stand in the way of the next (called inside a use).
    """
    _process.spoiled = True


def epoch() -> tuple[int, int]:
    """Give what a session is bound to: this process and this initialisation (inside a use)."""
    return os.getpid(), _process.rounds
