"""Bounds itself, then lets a reader read: started by its parent, imports nothing of the product.

Called as ``child.py READER WORD MEMORY CPU WALL ANSWER`` with the upload as standard input and a
file for the answer as standard output. The bounds that every system has (memory, processor, size
of files, processes) must hold or nothing is read. Those of newer kernels are taken where they are:
namespaces of its own without a network, and Landlock, under which no file but the libraries and
fonts can be opened, no program started, and no other process looked into or signalled.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

NO_NEW_PRIVS = 38
"""PR_SET_NO_NEW_PRIVS of prctl(2)."""

NOT_DUMPABLE = (4, 0)
"""PR_SET_DUMPABLE of prctl(2): no core file, and nobody of the same user looks in."""

NAMESPACES = 0x10000000 | 0x40000000 | 0x08000000 | 0x04000000
"""User, network, IPC and host name of unshare(2)."""

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""The calls of landlock(7), the same on every processor that Linux was ported to since."""

VERSION = 1
"""LANDLOCK_CREATE_RULESET_VERSION: asks which Landlock there is."""

PATH_BENEATH = 1
READ = 0b1100
"""Landlock's rights to read a file and to list a folder."""

RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
"""The rights over files that each version of Landlock knows of, all of which are taken."""

NETWORK, SCOPES = 0b11, 0b11
"""Binding and connecting (since version 4); abstract sockets and signals (since 6)."""

OPEN_FILES = 32


class Ruleset(ctypes.Structure):
    """What a set of Landlock rules is about (struct landlock_ruleset_attr)."""

    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


class Beneath(ctypes.Structure):
    """What is allowed below a folder (struct landlock_path_beneath_attr)."""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def bound(
    memory: int, cpu: int, answer: int
) -> None:  # pragma: no cover - the tests see it from inside, by a probe
    """Take the bounds that every system has."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, answer),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def confine() -> None:  # pragma: no cover - the tests see it from inside, by a probe
    """Take the bounds that the kernel has; each is one more, so one that is missing is none."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(*NOT_DUMPABLE, 0, 0, 0)
    libc.unshare(NAMESPACES)
    version = libc.syscall(CREATE_RULESET, None, 0, VERSION)
    if version > 0:
        restrict(libc, version)


def restrict(libc: Any, version: int) -> None:  # pragma: no cover - the same # noqa: ANN401 - the C library has no type
    """Leave nothing of the file system but what can be read below the folders of the libraries."""
    rights = RIGHTS[max(known for known in RIGHTS if known <= version)]
    network = NETWORK if version >= 4 else 0  # noqa: PLR2004 - see NETWORK
    scopes = SCOPES if version >= 6 else 0  # noqa: PLR2004 - see SCOPES
    asked = Ruleset(rights, network, scopes)
    size = 8 * (1 + bool(network) + bool(scopes))
    rules = libc.syscall(CREATE_RULESET, ctypes.byref(asked), ctypes.c_size_t(size), 0)
    for folder in libraries():
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        libc.syscall(ADD_RULE, rules, PATH_BENEATH, ctypes.byref(Beneath(READ, opened)), 0)
        os.close(opened)
    libc.syscall(RESTRICT_SELF, rules, 0)
    os.close(rules)


def libraries() -> set[str]:  # pragma: no cover - the tests see it from inside, by a probe
    """Return where Python, the libraries and the system's fonts are."""
    wanted = {sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/etc/fonts"}
    return {folder for folder in wanted if Path(folder).is_dir()}


def main() -> None:  # pragma: no cover - the tests see it from inside, by a probe
    """Bound this process, read, answer."""
    reader, word, memory, cpu, _, answer = sys.argv[1:]
    bound(int(memory), int(cpu), int(answer))
    found = importlib.util.spec_from_file_location("reader", reader)
    if found is None or found.loader is None:
        raise ImportError(reader)
    module = importlib.util.module_from_spec(found)
    sys.modules["reader"] = module
    found.loader.exec_module(module)
    confine()
    json.dump(module.read(sys.stdin.buffer.read(), word), sys.stdout)


if __name__ == "__main__":  # pragma: no cover - the same
    main()
