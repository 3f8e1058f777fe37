"""Owns the processes of ``nes web``: gunicorn in front, a worker beside it, both ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from states.settings import load_settings
from web.app import create_app
from web.composition import compose
from web.logs import configure_logs

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask

    from states.settings import Settings

PATIENCE = 20.0
"""Seconds a process is given to end by itself before it is killed."""

BEAT = 0.2
"""Seconds between two looks at the processes."""

THREADS = 8
"""Requests one process answers at a time."""


def application() -> Flask:
    """Return the site as gunicorn starts it, composed from this process's environment."""
    configure_logs()
    return create_app(compose(load_settings(os.environ), application="nes web"))


def web_command(settings: Settings) -> list[str]:
    """Return the command line of the web server.

    One process with threads: the counts of /metrics and the session on the token are one per
    process. More processes are more instances behind a proxy; sessions and throttles are shared.
    """
    return [
        sys.executable, "-m", "gunicorn", "--bind", f"{settings.host}:{settings.port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", str(THREADS),
        "--graceful-timeout", "10", "--log-level", "warning", "--no-control-socket",
        "web.serving:application()",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """Return the command line of the worker."""
    return [sys.executable, "-m", "web.cli", "worker"]


@dataclass
class Crew:
    """Processes that live and end together."""

    commands: list[list[str]]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    stopping: bool = False

    def run(self) -> int:
        """Start all, wait until one ends or a signal comes, end the others; return 0 or 1.

        0 when a signal asked for the end, 1 when a process ended by itself.
        """
        before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            self.processes = [subprocess.Popen(command) for command in self.commands]  # noqa: S603 - our own programs
            while not self.stopping and all(process.poll() is None for process in self.processes):
                time.sleep(BEAT)
            return 0 if self.stopping else 1
        finally:
            self._end()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
