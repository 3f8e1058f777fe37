"""Owns the processes of ``nes web``: the server and a worker beside it, both ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from states.errors import DatabaseUnavailable, SettingsError
from states.settings import load_settings
from web.app import LARGEST_REQUEST, create_app
from web.composition import compose
from web.httpd import Server
from web.logs import configure_logs, log, tell_unexpected_ends
from web.security import file_headers

if TYPE_CHECKING:
    from types import FrameType

    from flask import Flask

    from states.settings import Settings

TURN = 0.0005
"""Seconds that one thread may reckon while others wait, a tenth of Python's own: a page comes back
from the database a dozen times, and each time would wait so long for whoever judges a signature."""

PATIENCE = 20.0
"""Seconds a process is given to end by itself before it is killed."""

BEAT = 0.2
"""Seconds between two looks at the processes."""


def serve(settings: Settings) -> None:
    """Compose the site and serve it until a signal asks for the end.

    One process with threads: the counts of /metrics and the session on the token are one per
    process. More processes are more instances behind a proxy; sessions and throttles are shared.
    """
    house = compose(settings, application="nes web")
    try:
        serve_site(create_app(house), settings, settings.port)
    finally:
        house.database.dispose()


def serve_site(site: Flask, settings: Settings, port: int) -> None:
    """Serve a site on the host of the settings until SIGINT or SIGTERM."""
    headers = file_headers(tls=not settings.demo)
    server = Server(site, (settings.host, port), LARGEST_REQUEST, headers)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.stop())
    server.run()


def main(what: str) -> None:
    """Run one process of the crew: ``web`` or ``worker``."""
    end_with_parent()
    tell_unexpected_ends()
    if what == "worker":
        from web.cli import main as command  # noqa: PLC0415 - the commands import this module

        command(["worker"])
    configure_logs()
    sys.setswitchinterval(TURN)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        serve(load_settings(os.environ))
    except (DatabaseUnavailable, SettingsError, OSError) as error:  # none of them a person's words
        log.critical("not_serving", reason=str(error))
        sys.exit(1)


def end_with_parent() -> None:
    """End this process by SIGTERM as soon as the parent is gone, even if that was killed.

    The parent holds the other end of our standard input and never writes.
    """
    watch = threading.Thread(target=_end_at_silence, name="parent", daemon=True)
    watch.start()


def _end_at_silence() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def web_command() -> list[str]:
    """Return the command line of the web server."""
    return [sys.executable, "-m", "web.serving", "web"]


def worker_command() -> list[str]:
    """Return the command line of the worker."""
    return [sys.executable, "-m", "web.serving", "worker"]


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
            self.processes = [
                subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own programs
                for command in self.commands
            ]
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
            if process.stdin is not None:
                process.stdin.close()


if __name__ == "__main__":
    main(sys.argv[1])
