"""The PKCS#11 libraries of this process: loading, re-initialising, and the guard against fork.

A PKCS#11 module is initialised once per process (PKCS#11 2.40, section 5.4), reads its settings
at that moment, does not see tokens that other processes make later, and is unusable in a child
after fork. So every use goes through `use(...)`, which holds one re-entrant lock for each module.
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
class _Library:
    """What this process has loaded of one module: the source, in which process, open uses.

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


_libraries: dict[Path, _Library] = {}
_starting = threading.Lock()


def _of(source: ModuleSource) -> _Library:
    found = _libraries.get(source.module)
    return _libraries.setdefault(source.module, _Library()) if found is None else found


def _hold() -> None:
    """Wait until no other thread is inside a module, so that a child finds them in one piece.

    All locks or none: a production holds that of the cards while it asks for that of the office.
    """
    while True:
        held: list[_Library] = []
        for one in list(_libraries.values()):
            if not one.lock.acquire(blocking=False):
                break
            held.append(one)
        else:
            _held.append(held)
            return
        for other in held:
            other.lock.release()
        with one.lock:
            """Somebody is inside: begin again when they have come out."""


_held: list[list[_Library]] = []


def _release() -> None:
    for one in _held.pop():
        one.lock.release()


def _forget() -> None:
    """Start the child of a fork with free locks and no user; `use` initialises afresh."""
    _held.clear()
    for one in _libraries.values():
        one.lock = threading.RLock()
        one.users = 0


around_forks(_forget, before=_hold, parent=_release)


@contextmanager
def _told(configuration: Path | None) -> Iterator[None]:
    """Tell SoftHSM where its tokens are, which knows no other way, and nobody afterwards.

    A source without a configuration goes by the environment that the process was started with.
    """
    if configuration is None:
        yield
        return
    before = os.environ.get(CONFIGURATION_VARIABLE)
    os.environ[CONFIGURATION_VARIABLE] = str(configuration)
    try:
        yield
    finally:
        if before is None:
            del os.environ[CONFIGURATION_VARIABLE]
        else:
            os.environ[CONFIGURATION_VARIABLE] = before


def _load(source: ModuleSource) -> _pkcs11.lib:
    # The variable is one for the process, and is read while the module initialises.
    with _starting, _told(source.configuration):
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


def _activate(
    library: _Library, source: ModuleSource, *, afresh: bool, own: int = 0
) -> _pkcs11.lib:
    current = library.module
    same = library.source == source and library.pid == os.getpid()
    due = afresh or (library.spoiled and not library.users)
    if current is not None and same and not due:
        return current
    if current is not None:
        if library.users > own:
            raise StoreBusy
        library.module = None
        _drop(current)
    library.module = _load(source)
    library.source, library.pid = source, os.getpid()
    library.rounds += 1
    library.spoiled = False
    return library.module


def acquire(source: ModuleSource) -> _pkcs11.lib:
    """Begin a use: other threads wait until `release`; for who cannot have `use` around it."""
    library = _of(source)
    library.lock.acquire()
    try:
        module = _activate(library, source, afresh=False)
    except BaseException:
        library.lock.release()
        raise
    library.users += 1
    return module


def release(source: ModuleSource) -> None:
    """End the use of this source that this thread began last."""
    library = _of(source)
    library.users -= 1
    library.lock.release()


@contextmanager
def use(source: ModuleSource) -> Iterator[_pkcs11.lib]:
    """Hold the library for this thread, initialised for this source in this very process.

    Raises ModuleAbsent when it cannot be loaded, StoreBusy when this thread is inside a use
    of another source of the same module.
    """
    module = acquire(source)
    try:
        yield module
    finally:
        release(source)


def refresh(source: ModuleSource, *, own: int = 0) -> None:
    """Initialise anew, so that tokens made by other processes are seen; ends every session.

    StoreBusy inside a use, but for `own` uses of the caller, who knows that their sessions end.
    """
    library = _of(source)
    with library.lock:
        _activate(library, source, afresh=True, own=own)


def spoil(source: ModuleSource) -> None:
    """Note that a session cannot be closed any more; the next use outside all others clears up.

    A login that is refused leaves its session open, and one that could not be closed stays
    logged in; either would stand in the way of the next (called inside a use).
    """
    _of(source).spoiled = True


def epoch(source: ModuleSource) -> tuple[int, int]:
    """Give what a session is bound to: this process and this initialisation (inside a use)."""
    return os.getpid(), _of(source).rounds
