"""Two servers of the tests, one following the other, set up by the commands of the page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import psycopg

from states.kit.address import read_address
from states.postgres.account import server_account
from states.postgres.cluster import programs
from states.postgres.connecting import conninfo
from tests.house.tree import ROOT
from tests.kit.postgres import TUNING
from tests.kit.until import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL

PAGE = ROOT / "docs" / "operations.md"
LOCALE = "--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
SECONDS = 120
"""How long a command of PostgreSQL may take on a busy machine."""


def commands(heading: str) -> list[str]:
    """Return the blocks of commands under a heading of the page."""
    text = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def reached(place: Path) -> Path:
    """Return the folder of a server's socket."""
    return place.with_name(f"{place.name}.socket")


@dataclass
class Pair:
    """A primary in one folder and its standby in another, each reached at a socket of its own."""

    folder: Path

    @property
    def first(self) -> Path:
        """The folder of the server that is primary at first."""
        return self.folder / "a"

    @property
    def second(self) -> Path:
        """The folder of the one that follows it."""
        return self.folder / "b"

    def url(self, database: str, *places: Path) -> URL:
        """Return the address of a database on one server, or on both."""
        hosts = ",".join(str(reached(place)) for place in places or (self.first, self.second))
        return read_address(f"postgresql://postgres@/{database}?host={hosts}")

    def run(self, block: str) -> str:
        """Run commands of the page as the user of PostgreSQL; all of them must succeed."""
        account = server_account()
        bin_folder = programs() / "bin"
        env = {
            "PATH": f"{bin_folder}:{os.defpath}", "LC_ALL": "C", "PGPORT": "5432",
            "PRIMARY": str(reached(self.first)), "STANDBY": str(reached(self.second)),
            "DATA": str(self.second), "OLD": str(self.first),
        }  # fmt: skip
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", block],
            cwd=self.folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
            **account.credentials,
        )  # fmt: skip
        logs = [log.read_text()[-2000:] for log in self.folder.glob("*/server.log")]
        assert done.returncode == 0, "\n".join([block, done.stdout, *logs])
        return done.stdout

    def own_address(self, place: Path) -> None:
        """Give a server its own address, as each machine has one in its own configuration."""
        with (place / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write(f"unix_socket_directories = '{reached(place)}'\n")

    def ask(self, place: Path, question: str) -> object:
        """Ask a server for one value."""
        with psycopg.connect(conninfo(self.url("postgres", place)), autocommit=True) as connection:
            row = connection.execute(question.encode()).fetchone()
            return row[0] if row else None

    def kill(self, place: Path) -> None:
        """Kill a server as a power cut does: all its processes at once."""
        number = int((place / "postmaster.pid").read_text().split("\n")[0])
        master = psutil.Process(number)
        family = [master, *master.children(recursive=True)]
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        for process in family:
            _await_end(process)
        # A process that nobody buries would look as if it held them.
        (place / "postmaster.pid").unlink(missing_ok=True)
        (reached(place) / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def end(self, place: Path) -> None:
        """Stop a server that may be running."""
        if (place / "postmaster.pid").exists():
            with suppress(psutil.NoSuchProcess, ValueError):
                self.kill(place)


def _await_end(process: psutil.Process) -> None:
    """Wait until a process is gone; one that nobody buries is gone too."""

    def gone() -> bool:
        try:
            return bool(process.status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

    until(gone, "the server is gone")


@contextmanager
def pair_of_servers(folder: Path) -> Iterator[Pair]:
    """Give a primary that runs and that nobody starts again, and the place of its standby."""
    folder.mkdir(parents=True)
    account = server_account()
    account.own(folder)
    account.let_through(programs())
    account.let_through(folder)
    pair = Pair(folder)
    for place in (pair.first, pair.second):
        reached(place).mkdir()
        account.own(reached(place))
    try:
        pair.run(f"initdb -D {pair.first} {LOCALE} --auth=trust -U postgres --no-instructions")
        settings = {**TUNING, "listen_addresses": ""}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        (pair.first / "postgresql.auto.conf").write_text("".join(lines), encoding="utf-8")
        pair.own_address(pair.first)
        pair.run('pg_ctl -D "$OLD" -l "$OLD/server.log" -w start')
        yield pair
    finally:
        pair.end(pair.first)
        pair.end(pair.second)
        shutil.rmtree(folder)
