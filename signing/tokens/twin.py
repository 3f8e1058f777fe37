"""A second copy of a PKCS#11 module in this process, which is initialised for itself.

A module is initialised once per process, and SoftHSM reads where its tokens lie at that moment.
With two copies the office's keys stay open in the one while the other goes from card to card.
"""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path

from signing.errors import ModuleAbsent

_twins: dict[Path, Path] = {}


def twin_of(module: Path) -> Path:
    """Give the path under which the copy of this module is loaded, made once per process.

    The copy lies in memory, where the system can do that, so that nobody can change it and a
    killed process leaves nothing; elsewhere in a temporary file. Raises ModuleAbsent.
    """
    known = _twins.get(module)
    if known is None:
        try:
            known = _twins.setdefault(module, _copied(module.read_bytes()))
        except OSError as error:
            raise ModuleAbsent(module=str(module)) from error
    return known


def _copied(data: bytes) -> Path:
    try:
        return _in_memory(data)
    except (OSError, AttributeError):
        return _in_a_file(data)


def _in_memory(data: bytes) -> Path:
    """Write the copy into memory; OSError or AttributeError where the system has no such files."""
    # It stays open for the life of the process: its number is the path that is loaded.
    descriptor = os.memfd_create("pkcs11-twin")
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(data)
    found = Path(f"/proc/self/fd/{descriptor}")
    found.stat()
    return found


def _in_a_file(data: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="pkcs11-twin-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    atexit.register(Path(name).unlink, missing_ok=True)
    return Path(name)
