"""Who looks after the processes of ``nes web``: what ended is started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.kit.signing_words import told_at_terminal
from signing.errors import SigningError
from states.kit.errors import DatabaseUnavailable
from states.kit.log_events import LogEvent
from states.postgres.backoff import Restarts
from web.gate.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from socket import socket
    from types import FrameType

PATIENCE = 20.0
"""Seconds a process is given to end by itself before it is killed."""

BEAT = 0.2
"""Seconds between two looks at the processes."""


def web_command() -> list[str]:
    """Return the command line of the web server."""
    return [sys.executable, "-m", "web.terminal.serving", "web"]


def worker_command() -> list[str]:
    """Return the command line of the worker."""
    return [sys.executable, "-m", "web.terminal.serving", "worker"]


FIRST_WAIT = 0.5
LONGEST_WAIT = 15.0
"""Seconds at most between two looks for a database that is away."""


@dataclass(slots=True)
class SupervisedProcess:
    """One process of the crew, and when it is started again after its end.

    ``environment`` stands beside ours, and ``listening`` is a socket that it finds under the
    same number: what listens in its parent loses no caller while it is started again.
    """

    name: str
    command: list[str]
    restarts: Restarts = field(default_factory=Restarts)
    process: subprocess.Popen[bytes] | None = None
    start_at: float | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    listening: socket | None = None

    def start(self) -> None:
        """Start it; it ends when the other end of its standard input is closed."""
        self.start_at = None
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            self.command,
            stdin=subprocess.PIPE,
            env={**os.environ, **self.environment},
            pass_fds=() if self.listening is None else (self.listening.fileno(),),
        )

    def look(self, now: float) -> bool:
        """Start it again when it has ended and it is time; return False when it cannot stay up."""
        if self.start_at is not None:
            if now >= self.start_at:
                self.start()
        elif self.process is not None and self.process.poll() is not None:
            _close(self.process)
            pause = self.restarts.after_end(now)
            log.error(
                LogEvent.PROCESS_ENDED, process=self.name, how=_how(self.process), seconds=pause
            )
            if pause is None:
                return False
            self.start_at = now + pause
        return True

    def end(self) -> None:
        """Wait until it has ended, as it was told to; kill it when it does not."""
        if self.process is None:
            return
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _close(self.process)

    def tell(self) -> None:
        """Tell it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()


@dataclass
class Supervisor:
    """Processes that are looked after, and end together; ``look`` looks after the database.

    ``look`` returns how often the database's server has ended, and raises `DatabaseUnavailable`
    when that cannot stay up.
    """

    members: list[SupervisedProcess]
    look: Callable[[], int] = lambda: 0
    stopping: bool = False
    database_ends: int = 0

    def run(self) -> str:
        """Start all and look after them until a signal asks for the end; then end all.

        Returns a sentence of what cannot stay up, "" when a signal asked.
        """
        before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            for member in self.members:
                member.start()
            while not self.stopping:
                why = self._beat()
                if why:
                    return why
                time.sleep(BEAT)
            return ""
        finally:
            for member in self.members:
                member.tell()
            for member in self.members:
                member.end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _beat(self) -> str:
        """Look after all; return a sentence of what cannot stay up."""
        try:
            self._look_at_database()
        except DatabaseUnavailable as error:
            return str(error)
        for member in self.members:
            if not member.look(time.monotonic()):
                return (
                    f"The {member.name} process ended {member.restarts.most} times within "
                    f"{member.restarts.within:.0f} seconds, so all were stopped; "
                    "its last lines say why."
                )
        return ""

    def _look_at_database(self) -> None:
        ends = self.look()
        if ends > self.database_ends:
            log.error(LogEvent.DATABASE_SERVER_ENDED, times=ends)
        self.database_ends = ends

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True


def _how(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


def patiently(
    do: Callable[[], None],
    *,
    away: tuple[type[Exception], ...] = (DatabaseUnavailable, SigningError),
    tries: int = sys.maxsize,
    wait: Callable[[float], object] = time.sleep,
) -> None:
    """Do something that needs database and token, and begin again while one of them is away.

    A process that is started in such a moment must not end over and over: what looks after it
    would give it up. After so many tries the last absence is raised.
    """
    pause = FIRST_WAIT
    for left in range(tries - 1, -1, -1):
        try:
            return do()
        except away as error:
            if not left:
                raise
            log.warning(LogEvent.START_POSTPONED, reason=told_at_terminal(error), seconds=pause)
        wait(pause)
        pause = min(2 * pause, LONGEST_WAIT)
    return None
