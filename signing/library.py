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

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pkcs11 import _pkcs11

CONFIGURATION_VARIABLE = "SOFTHSM2_CONF"


@dataclass(frozen=True)
class Source:
    """Which module to load and, for SoftHSM, which configuration file it reads."""

    module: Path
    configuration: Path | None


@dataclass
class _Process:
    """What this process has loaded: the source, the process it was loaded in, open uses."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    source: Source | None = None
    pid: int = 0
    module: _pkcs11.lib | None = None
    users: int = 0


_process = _Process()


def _forget() -> None:
    """Start the child of a fork with a free lock and no user; `use` initialises afresh."""
    _process.lock = threading.RLock()
    _process.users = 0


os.register_at_fork(after_in_child=_forget)


def _load(source: Source) -> _pkcs11.lib:
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


def _activate(source: Source, *, afresh: bool) -> _pkcs11.lib:
    current = _process.module
    same = _process.source == source and _process.pid == os.getpid()
    if current is not None and same and not afresh:
        return current
    if _process.users:
        raise StoreBusy
    if current is not None:
        _process.module = None
        _drop(current)
    _process.module = _load(source)
    _process.source, _process.pid = source, os.getpid()
    return _process.module


@contextmanager
def use(source: Source) -> Iterator[_pkcs11.lib]:
    """Hold the library for this thread, initialised for this source in this very process.

    Raises ModuleAbsent when it cannot be loaded, StoreBusy when this thread is inside a use
    of another source.
    """
    with _process.lock:
        module = _activate(source, afresh=False)
        _process.users += 1
        try:
            yield module
        finally:
            _process.users -= 1


def refresh(source: Source) -> None:
    """Initialise anew, so that tokens made by other processes are seen; StoreBusy inside a use."""
    with _process.lock:
        _activate(source, afresh=True)
