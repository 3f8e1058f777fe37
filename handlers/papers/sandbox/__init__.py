"""Runs a reader of uploaded bytes as a program of its own, with bounds: no other way reads them.

A reader is a file with a function ``read(content, word)`` that returns what JSON can say. It is
started by ``child.py``, which takes away from itself what reading does not need before it sees a
byte of the upload. Whatever the bytes make of it costs the upload and nothing else.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from states.kit.invalid import Invalid
from states.kit.log_events import LogEvent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

log = structlog.get_logger()

CHILD = Path(__file__).with_name("child.py")

AT_ONCE = 2
"""Readers that all processes of this user on this machine run at once."""

PATIENCE = 10.0
"""Seconds that an upload waits for its turn."""

LOOK = 0.05
"""Seconds between two looks whether it has come."""

ENVIRONMENT = {"LC_ALL": "C.UTF-8"}
"""Everything that a reader knows of the process that started it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a reader may use: bytes of memory, seconds of processor and in all, bytes of answer."""

    memory: int
    cpu: int
    wall: int
    answer: int


@dataclass(frozen=True, slots=True)
class SandboxReader:
    """A program that reads uploads, and its bounds."""

    program: Path
    bounds: Bounds


class ReaderFailed(Exception):
    """A reader ran out of what it was given, died, or answered nothing that can be used."""


def read_apart(reader: SandboxReader, content: bytes, word: str = "") -> Any:  # noqa: ANN401 - whatever JSON can say
    """Return what the reader says of some bytes; ReaderFailed, or Invalid when all are busy."""
    try:
        return _read(reader, content, word)
    except OSError as error:
        # Nowhere to put a file, or no program to start: the upload is not to blame.
        log.error(LogEvent.READER_UNAVAILABLE, code=type(error).__name__)  # noqa: TRY400 - the sentence of the upload follows
        raise ReaderFailed from error


def _read(reader: SandboxReader, content: bytes, word: str) -> Any:  # noqa: ANN401 - the same
    with (
        _turn(),
        tempfile.TemporaryDirectory(prefix="nes-reader-") as folder,
        _file(folder) as given,
        _file(folder) as answer,
    ):
        given.write(content)
        given.seek(0)
        _run(_command(reader, word), folder, given, answer)
        return _said(answer, reader.bounds.answer)


def _file(folder: str) -> IO[bytes]:
    """Return a file without a name: what goes in and out takes no thread and has an end."""
    return tempfile.TemporaryFile(dir=folder)


def _command(reader: SandboxReader, word: str) -> tuple[list[str], int]:
    bounds = [str(bound) for bound in astuple(reader.bounds)]
    # -I: neither the environment nor the folder decides what is imported; -B: nothing is written
    # beside the product.
    line = [sys.executable, "-I", "-B", str(CHILD), str(reader.program), word, *bounds]
    return line, reader.bounds.wall


def _run(command: tuple[list[str], int], folder: str, given: IO[bytes], answer: IO[bytes]) -> None:
    line, seconds = command
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            line,
            cwd=folder,
            env=ENVIRONMENT,
            stdin=given,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ReaderFailed from error
    if done.returncode:
        raise ReaderFailed


def _said(answer: IO[bytes], most: int) -> Any:  # noqa: ANN401 - the same
    answer.seek(0)
    try:
        return json.loads(answer.read(most))
    except (ValueError, RecursionError) as error:
        raise ReaderFailed from error


@contextmanager
def _turn() -> Iterator[None]:
    """Hold one of the few places, which the kernel frees when we die; Invalid when none is free."""
    folder = _places()
    until = time.monotonic() + PATIENCE
    while True:
        for place in range(AT_ONCE):
            with (folder / str(place)).open("wb") as lock:
                if _taken(lock):
                    yield
                    return
        if time.monotonic() >= until:
            raise Invalid("upload.busy")
        time.sleep(LOOK)


def _taken(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _places() -> Path:
    """Return the folder of the places; ReaderFailed where it is somebody else's."""
    folder = Path(tempfile.gettempdir()) / f"nes-readers-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or folder.is_symlink():
        raise ReaderFailed
    return folder
