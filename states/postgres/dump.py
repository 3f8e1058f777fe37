"""The database as one file: dumped as it was at one moment, loaded into an empty database."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import psycopg

from states.kit.errors import StoreError
from states.postgres.database import conninfo, raise_absence
from states.postgres.programs import address, environment, failure, major, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import URL

LOCK_WAIT = "600s"
"""How long a dump waits for a table that a migration holds."""


ROOMY = "-c maintenance_work_mem=256MB"
"""What a load may use to sort its indexes: nothing else works on that server yet."""


class NothingThere(StoreError):
    """The database has no tables yet, so there is nothing to dump; params: none."""

    code = "nothing_to_dump"


@dataclass(frozen=True, slots=True)
class DumpSummary:
    """What a database says of itself at one moment.

    ``step`` is the newest migration, ``server`` the major version of PostgreSQL; ``entries`` and
    ``cases`` count the journal, ``journal`` is the SHA-256 (hex) over number, place and hash of
    each of its entries, and so over every head. ``own_keys`` gives for each role of the house's
    own keys the digests of public key and certificate.
    """

    server: int
    step: str
    entries: int
    cases: int
    journal: str
    own_keys: Mapping[str, tuple[str, str]]


class Frozen:
    """One moment of a database, held for as long as the block that `frozen` opens."""

    def __init__(self, url: URL, connection: psycopg.Connection) -> None:
        """Hold the moment of a connection's transaction."""
        self._url, self._connection = url, connection

    @property
    def server(self) -> int:
        """The major version of the server."""
        return self._connection.info.server_version // 10_000

    def told(self) -> DumpSummary:
        """Return what the database says of itself; `NothingThere` when it is empty."""
        if not self._value("SELECT to_regclass('alembic_version') IS NOT NULL"):
            raise NothingThere("The database holds no tables yet. Start `nes web` once first.")
        entries, cases = self._row("SELECT count(*), count(*) FILTER (WHERE n = 1) FROM journal")
        return DumpSummary(
            server=self.server,
            step=self._value("SELECT version_num FROM alembic_version"),
            entries=entries,
            cases=cases,
            journal=self.journal(),
            own_keys=self._own_keys(),
        )

    def dump(self, target: Path) -> str:
        """Write the moment into a file in PostgreSQL's own format; return the program's version.

        Raises ProgramMissing and ProgramFailed.
        """
        path = program("pg_dump", self.server)
        snapshot = self._value("SELECT pg_export_snapshot()")
        options = ["--format=custom", "--no-password", f"--lock-wait-timeout={LOCK_WAIT}"]
        where = [f"--snapshot={snapshot}", f"--file={target}", f"--dbname={address(self._url)}"]
        _run(path, [*options, *where], self._url)
        return str(major(path))

    def first_broken(self) -> tuple[int, int] | None:
        """Return case and number of the first entry whose hash, or link, is not what it says.

        Every hash of the journal is made anew by the server, from the text that stands there.
        """
        found = [self._connection.execute(query).fetchone() for query in (_CHANGED, _UNLINKED)]
        return min((row for row in found if row is not None), default=None)

    def is_empty(self) -> bool:
        """Say whether no table, view or sequence of anybody stands there."""
        return not self._value(_FOREIGN)

    def _own_keys(self) -> dict[str, tuple[str, str]]:
        if not self._value("SELECT to_regclass('own_key') IS NOT NULL"):
            return {}  # a database of before the table
        query = "SELECT role, key_sha256, certificate_sha256 FROM own_key ORDER BY id"
        return {role: (key, made) for role, key, made in self._connection.execute(query)}

    def journal(self) -> str:
        """Return the SHA-256 (hex) over case, number and hash of every entry, in their order."""
        digest = hashlib.sha256()
        with self._connection.cursor().copy(_HASHES) as rows:
            for block in rows:
                digest.update(block)
        return digest.hexdigest()

    def _row(self, query: str) -> tuple[Any, ...]:
        return next(iter(self._connection.execute(query.encode())))

    def _value(self, query: str) -> Any:  # noqa: ANN401 - whatever the column holds
        return self._row(query)[0]


_HASHES = "COPY (SELECT case_id, n, hash FROM journal ORDER BY case_id, n) TO STDOUT"

_CHANGED = """
SELECT case_id, n FROM journal WHERE hash <> sha256(prev || convert_to(body, 'UTF8'))
ORDER BY case_id, n LIMIT 1
"""

_UNLINKED = """
SELECT case_id, n FROM (
    SELECT case_id, n, prev, lag(hash, 1, decode(repeat('00', 32), 'hex'))
        OVER (PARTITION BY case_id ORDER BY n) AS before
    FROM journal
) entry WHERE prev <> before ORDER BY case_id, n LIMIT 1
"""
"""What workflow/journal/verification.py tells at length of each entry; here of all at once."""

_FOREIGN = """
SELECT EXISTS (
    SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\\_%'
)
"""


@contextmanager
def frozen(url: URL) -> Iterator[Frozen]:
    """Hold one moment of a database; DatabaseUnavailable when it is away."""
    try:
        with psycopg.connect(conninfo(url), connect_timeout=10) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            connection.execute("SET LOCAL timezone = 'UTC'")
            yield Frozen(url, connection)
    except psycopg.OperationalError as error:
        raise_absence(error, str(url))
        raise


def load(url: URL, dump: IO[bytes], server: int) -> None:
    """Load a dump into an empty database, wholly or not at all.

    ``server`` is the major version of that server. The dump is given as it is read, so that it may
    lie within another file. Raises ProgramMissing and ProgramFailed.
    """
    path = program("pg_restore", server)
    where = f"--dbname={address(url)} options='{ROOMY}'"
    _run(path, ["--no-owner", "--no-password", "--single-transaction", where], url, dump)


def count_anew(url: URL) -> None:
    """Let the server learn what it holds, for a loaded database is planned for as if empty."""
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute("ANALYZE")


def _run(path: Path, arguments: list[str], url: URL, given: IO[bytes] | None = None) -> None:
    """Run one of PostgreSQL's programs with what it is given on its standard input."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL, the arguments ours
            [path, *arguments],
            env=environment(url),
            stdin=subprocess.DEVNULL if given is None else subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        with process:
            if given is not None and process.stdin is not None:
                _hand_over(given, process.stdin)
        if process.returncode:
            said.seek(0)
            raise failure(path.name, said.read())


def _hand_over(given: IO[bytes], to: IO[bytes]) -> None:
    """Give a program its input; one that has ended says itself why it took no more."""
    try:
        with to:
            shutil.copyfileobj(given, to, 1 << 20)
    except BrokenPipeError:
        pass
