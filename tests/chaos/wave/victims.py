"""A process that works on an office until it is killed, and the one that sees it die.

A victim is a fork of a parent that has read the program, and makes all its connections and logins
itself: nothing of the database or of a token crosses the fork.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from web.gate import composition
from web.gate.logs import configure_logs

if TYPE_CHECKING:
    from collections.abc import Callable

    from states.kit.settings import Settings
    from tests.chaos.wave.stages import Stage
    from web.gate.composition import Composition

MOMENT = "moment"
"""No point: the process is killed from outside, at any moment."""

_COUNTED: tuple[tuple[Any, str], ...] = (
    (shutil, "copy"), (Path, "rename"), (Path, "replace"), (os, "fsync"),
)  # fmt: skip


@dataclass
class Doom:
    """Where a process dies: at the n-th passing of a point, by its own hand."""

    point: str
    passing: int
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, point: str) -> None:
        """Pass a point, or die there."""
        if point == self.point:
            with self._lock:
                self.passing -= 1
                if self.passing <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Victim:
    """A child at work: its process, and the pipe on which it says that it has begun."""

    process: int
    begun: int
    doom: Doom

    def is_up(self, seconds: float) -> bool:
        """Wait until it has begun, or has died before; False when it does neither."""
        return bool(select.select([self.begun], [], [], seconds)[0])

    def end(self, seconds: float) -> int:
        """Wait so long for its end, then kill it; return how it ended, as `waitpid` tells."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            # It closes the pipe when it dies; what it says there is that it has begun.
            if select.select([self.begun], [], [], max(0.0, until - time.monotonic()))[0] and (
                not os.read(self.begun, 1)
            ):
                break
        else:
            os.kill(self.process, signal.SIGKILL)
        _, status = os.waitpid(self.process, 0)
        os.close(self.begun)
        return status


def warm_up() -> None:
    """Read the workflows once, before any fork: a victim begins with them."""
    composition.definitions = cache(composition.definitions)
    composition.definitions()


def put_to_work(settings: Settings, stage: Stage, doom: Doom) -> Victim:
    """Fork a process that does the work of a stage until it is killed."""

    def live(begun: int) -> None:
        office = composition.compose(settings, stage.clock(), "nes worker")
        office.engine.point = doom
        count_files(doom)
        count_commits(office, doom)
        os.write(begun, b".")
        stage.do(office.engine)

    process, begun = forked(live, Path(settings.var) / "victims.log")
    return Victim(process, begun, doom)


def forked(do: Callable[[int], object], log: Path) -> tuple[int, int]:
    """Fork a process that does something with a pipe; return it and where to read."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    code = 1
    try:
        os.close(reading)
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        configure_logs()
        do(writing)
        code = 0
    except BaseException:  # noqa: BLE001 - the child of a fork ends here, whatever it meets
        traceback.print_exc(file=sys.stderr)
        sys.stderr.flush()
    finally:
        os._exit(code)


def count_files(point: Callable[[str], None]) -> None:
    """Let the steps of this process's files be points: a card is made and opened by them."""
    for owner, name in _COUNTED:
        setattr(owner, name, _telling(getattr(owner, name), f"file_{name}", point))


def _telling(
    real: Callable[..., object], name: str, point: Callable[[str], None]
) -> Callable[..., object]:
    def tell(*given: object, **named: object) -> object:
        point(name)
        return real(*given, **named)

    return tell


def count_commits(office: Composition, point: Callable[[str], None]) -> None:
    """Let each commit of this process be a point."""
    event.listen(office.database, "commit", lambda _: point("sql_commit"))
