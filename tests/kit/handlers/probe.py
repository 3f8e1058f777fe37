"""A reader that tries what a reader has no business with, and tells what it was allowed."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def read(content: bytes, word: str) -> object:
    """Do what the word says."""
    acts: dict[str, Callable[[], object]] = {
        "echo": lambda: [content.decode(), sorted(os.environ), str(Path.cwd())],
        "bounds": bounds,
        "files": lambda: [tried(Path(name).read_bytes) for name in content.decode().split()],
        "write": lambda: tried(lambda: Path("made").write_bytes(b"x")),
        "kill": lambda: tried(lambda: os.kill(os.getppid(), 0)),
        "connect": lambda: tried(lambda: socket.create_connection(("127.0.0.1", int(content)), 5)),
        "start": lambda: tried(lambda: os.execv("/bin/true", ["true"])),  # noqa: S606 - it may not
        "memory": lambda: len(bytearray(1 << 40)),
        "spin": spin,
        "flood": lambda: "x" * (1 << 24),
        "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "rubbish": lambda: os.write(1, b"rubbish"),
        "wait": signal.pause,
    }
    return acts[word]()


def tried(what: Callable[[], object]) -> str:
    """Return what comes of it: the kind of the error, or that it was allowed."""
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return "allowed"


def bounds() -> dict[str, int]:
    """Return the bounds of this process, and whether it may gain privileges."""
    names = ("AS", "CPU", "FSIZE", "NPROC", "NOFILE", "CORE")
    found = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[1] for name in names}
    return {**found, "no_new_privs": ctypes.CDLL(None).prctl(39, 0, 0, 0, 0)}


def spin() -> None:
    """Never come to an end."""
    while True:
        pass
