"""The office that is harmed: its folder, its processes, and whether all of it is up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
import psycopg
import requests

from states.kit.settings import load_settings
from states.postgres.database import close_server, conninfo, database_url
from states.postgres.supervisor import told
from tests.kit.ports import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from states.kit.settings import Settings

PATIENCE = 120.0
"""Seconds within which everything must be up again, and gone after an end."""

_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHON")


@dataclass
class Site:
    """`nes web --with-worker` on an embedded server in a folder of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    address: str = ""

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        kept = {key: value for key, value in os.environ.items() if key.startswith(_KEPT)}
        own = {"NES_DEMO": "1", "NES_VAR": str(self.folder / "var"), "NES_PORT": str(self.port)}
        return {**kept, **own}

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return load_settings(self.environment)

    @property
    def log(self) -> Path:
        """Where its processes tell what happens."""
        return self.folder / "log"

    def remember_database(self) -> None:
        """Keep the address of its database, and no share in its server."""
        self.address = conninfo(database_url(self.settings))
        close_server(self.settings)

    def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask its database as the owner; raises psycopg.Error while that is away."""
        with psycopg.connect(self.address, autocommit=True, connect_timeout=5) as connection:
            found = connection.execute(query.encode(), values or None)
            return found.fetchall() if found.description else []

    def start(self) -> None:
        """Start it, as somebody or systemd would."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "web.terminal.cli", "web", "--with-worker"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def command(self, *words: str) -> str:
        """Run another command of it; return what that printed, with how it ended if not well."""
        done = subprocess.run(
            [sys.executable, "-m", "web.terminal.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = " ".join((done.stdout + done.stderr).split())
        return said if done.returncode == 0 else f"ended with {done.returncode}: {said}"

    def parent(self) -> psutil.Process | None:
        """Return the process that looks after the others."""
        return _living(self.process.pid) if self.process is not None else None

    def member(self, name: str) -> psutil.Process | None:
        """Return the process ``web`` or ``worker``."""
        parent = self.parent()
        with suppress(psutil.Error):
            for child in parent.children() if parent is not None else []:
                if child.cmdline()[-2:] == ["web.terminal.serving", name]:
                    return child
        return None

    def postmaster(self) -> psutil.Process | None:
        """Return the server of the database."""
        with suppress(OSError, ValueError):
            note = (self.folder / "var" / "postgres" / "postmaster.pid").read_text()
            return _living(int(note.split("\n", 1)[0]))
        return None

    def keeper(self) -> psutil.Process | None:
        """Return the process that keeps the server."""
        return _living(told(self.folder / "var" / "postgres").pid)

    def backends(self) -> list[psutil.Process]:
        """Return the processes of the server that serve a client."""
        server, found = self.postmaster(), []
        with suppress(psutil.Error):
            for child in server.children() if server is not None else []:
                with suppress(psutil.Error):
                    if "[local]" in " ".join(child.cmdline()):
                        found.append(child)
        return found

    def everybody(self) -> list[psutil.Process]:
        """Return all of its processes."""
        found = [self.parent(), self.postmaster(), self.keeper()]
        for process in list(found):
            with suppress(psutil.Error):
                found += process.children(recursive=True) if process is not None else []
        return list({one.pid: one for one in found if one is not None}.values())

    def is_up(self) -> bool:
        """Say whether the site is ready, and its worker lives."""
        if self.member("web") is None or self.member("worker") is None:
            return False
        try:
            with requests.Session() as session:
                session.trust_env = False
                return session.get(f"{self.url}/readyz", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def stop(self) -> int:
        """Ask for the end as Ctrl-C does; return how it ended."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        """End what is left, by number, whatever state it is in.

        The server is left to its keeper, so that it clears its shared memory away.
        """
        left = self.everybody()
        for process in (self.parent(), self.member("web"), self.member("worker")):
            with suppress(psutil.Error):
                if process is not None:
                    process.kill()
        for process in psutil.wait_procs(left, timeout=PATIENCE / 4)[1]:
            with suppress(psutil.Error):
                process.kill()
        if self.process is not None:
            self.process.wait(PATIENCE)


def _living(number: int) -> psutil.Process | None:
    with suppress(psutil.Error):
        process = psutil.Process(number)
        if number and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None
