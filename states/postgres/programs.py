"""Which of PostgreSQL's programs are run against a server: the wheel's, or the system's."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict

from states.kit.errors import DatabaseUnavailable, StoreError
from states.postgres import cluster
from states.postgres.account import PLAIN
from states.postgres.database import conninfo, raise_absence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import URL

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
"""Where the systems keep the programs of each version, beside those on the path."""

FULL = "No space left on device"
"""How the C library, and so each program in the plain locale, says that a disk is full."""


class ProgramMissing(StoreError):
    """No program of this machine speaks to a server of that version; params: program, version."""

    code = "program_missing"


class ProgramFailed(StoreError):
    """A program of PostgreSQL ended with an error; params: program."""

    code = "program_failed"


def program(name: str, version: int) -> Path:
    """Return the program for a server of a major version: of the same one, else the next newer.

    An older program refuses a newer server, and what a newer one writes an older server may not
    read. Raises `ProgramMissing`.
    """
    found = [(major(path), place, path) for place, path in enumerate(_candidates(name))]
    fit = [known for known in found if known[0] >= version]
    if fit:
        return min(fit)[2]
    there = ", ".join(sorted({str(known[0]) for known in found})) or "none"
    sentence = (
        f"{name} of PostgreSQL {version} or newer is needed, and this machine has {there}. Install "
        f"the clients of your server (Debian: postgresql-client-{version}), then run it again."
    )
    raise ProgramMissing(sentence, program=name, version=version)


@cache
def major(path: Path) -> int:
    """Return the major version of a program; 0 when it does not say one."""
    try:
        said = subprocess.run(  # noqa: S603 - a program of PostgreSQL, asked for its version
            [path, "--version"], env=PLAIN, capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0


def _candidates(name: str) -> Iterator[Path]:
    folders = [Path(place) for place in os.get_exec_path()]
    with suppress(DatabaseUnavailable):  # without the wheel the system's programs are left
        folders.insert(0, cluster.programs() / "bin")
    for pattern in PLACES:
        folders += sorted(Path("/").glob(pattern.removeprefix("/")))
    seen = set()
    for folder in folders:
        path = folder / name
        if path.is_file() and os.access(path, os.X_OK) and path.resolve() not in seen:
            seen.add(path.resolve())
            yield path


def address(url: URL) -> str:
    """Return the connection string of an address for an argument, which others see: no password."""
    return conninfo(url._replace(password=None))


def environment(url: URL) -> dict[str, str]:
    """Return what a program may know: the surroundings without our settings, and the password."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NES_")}
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    return {**kept, **password, "LC_ALL": "C"}


def run(url: URL, name: str, arguments: Sequence[str]) -> int:
    """Run a program of PostgreSQL on a database, with our own input and output; return its end.

    It finds the database in its environment. Raises ProgramMissing and DatabaseUnavailable.
    """
    path = program(name, server_version(url))
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, asked for by who may
        [path, *arguments], env={**environment(url), **_surroundings(url)}, check=False
    )
    return done.returncode


def server_version(url: URL) -> int:
    """Return the major version of the server at an address; DatabaseUnavailable."""
    try:
        with psycopg.connect(conninfo(url), connect_timeout=10) as connection:
            return connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise_absence(error, str(url))
        raise


def _surroundings(url: URL) -> dict[str, str]:
    """Return the variables by which libpq finds a database."""
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in psycopg.pq.Conninfo.get_defaults()
        if option.envvar
    }
    return {
        names[key]: str(value)
        for key, value in conninfo_to_dict(conninfo(url)).items()
        if key in names
    }


def failure(name: str, said: str) -> ProgramFailed:
    """Return the error for what a program wrote before it failed: its first line of an error.

    The lines behind it may hold values of persons, so nobody is told them.
    """
    found = re.search(r"(?:error|fatal): *(.*)", said, re.IGNORECASE)
    reason = " ".join((found[1] if found else "no reason given").split())
    if FULL in said:
        reason = f"a disk is full ({reason})"
    return ProgramFailed(f"{name} failed: {reason.rstrip('.')}.", program=name)
