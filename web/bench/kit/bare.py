"""The competitor: the scripts one would write by hand with psycopg for the same job.

They write the same columns of the same tables, the chained log and the queued effect included, and
leave out everything else: no definition, no roles, no rules, no reasons.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psycopg

from states.postgres.database import conninfo
from workflow.model.entry import utc_text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import URL

DEFINITION = "0" * 64
"""Stands for the hash of a definition: the entry is to be as long as ours."""

_LOCK = "SELECT state, version, head FROM application WHERE id = %s FOR UPDATE"
_MOVE = """
UPDATE application SET state = %s, version = %s, head = %s, due_at = %s, entered_at = %s
WHERE id = %s
"""
_LOG = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)
VALUES (%s, %s, 'application', %s, 'user:1', NULL, %s, %s, %s, %s)
"""
_QUEUE = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
VALUES ('effect', 'effect', 0, %s, %s, %s)
"""
_STATEMENT = """
WITH moved AS (
    UPDATE {cases} SET state = 'queued', version = version + 1, due_at = NULL,
        entered_at = %(now)s,
        head = sha256(head || convert_to(%(b0)s || %(at)s || %(b1)s || id || %(b2)s || state
            || %(b3)s || (version + 1) || %(b4)s, 'UTF8'))
    WHERE {which}
    RETURNING id, version, head
)
INSERT INTO {journal} (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)
SELECT id, version, 'application', 'release', 'system:timer', 'bare', %(now)s,
    %(b0)s || %(at)s || %(b1)s || id || %(b2)s || 'held' || %(b3)s || version || %(b4)s,
    decode(repeat('00', 32), 'hex'), head
FROM moved
"""
_DUE = "state = 'held' AND due_at <= %(now)s"
_SET = _STATEMENT.format(cases="application", journal="journal", which=_DUE)
_LEAN_SET = _STATEMENT.format(cases="lean_case", journal="lean_journal", which=_DUE)
_LEAN_MOVE = _STATEMENT.format(
    cases="lean_case", journal="lean_journal", which="id = %(case)s AND state = 'held'"
)

# What a move can not do without: where the case stands and when it is due, and the chained entry.
LEAN = (
    """
    CREATE TABLE lean_case (id bigint PRIMARY KEY, definition text NOT NULL, state text NOT NULL,
        version integer NOT NULL, head bytea NOT NULL, due_at timestamptz,
        entered_at timestamptz NOT NULL, production_opens_on date)
    """,
    "CREATE INDEX ON lean_case (state, due_at, id) WHERE due_at IS NOT NULL",
    """
    INSERT INTO lean_case SELECT id, definition, state, version, head, due_at, entered_at,
        production_opens_on FROM application
    """,
    "CREATE TABLE lean_journal (LIKE journal INCLUDING DEFAULTS, PRIMARY KEY (case_id, n))",
    "INSERT INTO lean_journal SELECT * FROM journal",
    "GRANT SELECT, INSERT, UPDATE ON lean_case, lean_journal TO PUBLIC",
    "VACUUM ANALYZE lean_case, lean_journal",
    "CHECKPOINT",
)
"""What makes the lean tables of a filled database, one statement after the other."""

_TAKE_OUT = """
COPY (SELECT body, prev, hash FROM journal WHERE at >= %s ORDER BY case_id, n) TO STDOUT
"""

BareConnection = psycopg.Connection[tuple[Any, ...]]
"""A connection of a bare script, whose rows are tuples."""


def connect(url: URL) -> BareConnection:
    """Open a connection as a bare script does."""
    return psycopg.connect(conninfo(url))


class BareScript:
    """One connection that moves cases in six statements: begin, lock, move, log, queue, commit."""

    def __init__(self, url: URL) -> None:
        """Connect; psycopg prepares what it sees often by itself."""
        self._connection = psycopg.connect(conninfo(url))

    def move(self, case: int, trigger: str, target: str, now: datetime) -> None:
        """Move one case durably."""
        connection = self._connection
        state, version, head = connection.execute(_LOCK, [case]).fetchone() or ("", 0, b"")
        body = json.dumps(
            {
                "actor": "user:1", "at": str(now), "auth": "demo", "batch": None, "case": case,
                "checks": {"hooks.fine": "allow"}, "definition": DEFINITION,
                "details": {"measured": True}, "documents": [], "from": state, "n": version + 1,
                "reason": None, "role": "officer", "rules": {"window_open": "allow"},
                "to": target, "trigger": trigger, "workflow": "application",
            },
            separators=(",", ":"),
        )  # fmt: skip
        head_now = hashlib.sha256(head + body.encode()).digest()
        n = version + 1
        connection.execute(_MOVE, [target, n, head_now, None, now, case])
        connection.execute(_LOG, [case, n, trigger, now, body, head, head_now])
        key = f"{case}/{n}/tell"
        arguments = json.dumps({"case": case, "n": n, "name": "tell"})
        connection.execute(_QUEUE, [f"case/{case}/notice", key, arguments])
        connection.commit()

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


class LeanScript:
    """One connection that moves cases on the lean tables by one prepared statement each."""

    def __init__(self, url: URL, pieces: tuple[str, ...]) -> None:
        """Connect; ``pieces`` are those of the entry that is written."""
        self._connection = psycopg.connect(conninfo(url), autocommit=True)
        self._pieces = _named(pieces)

    def move(self, case: int, now: datetime) -> None:
        """Move one case durably; RuntimeError when it does not stand where it should."""
        parameters = {"case": case, "now": now, "at": utc_text(now), **self._pieces}
        if self._connection.execute(_LEAN_MOVE, parameters, prepare=True).rowcount != 1:
            message = f"the lean statement did not move {case}"
            raise RuntimeError(message)

    def written(self) -> int:
        """Return how many bytes the server has written to its log since it was made."""
        found = self._connection.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


def move_set(url: URL, now: datetime, pieces: tuple[str, ...], *, lean: bool = False) -> int:
    """Move everything that is due in one statement; return how many."""
    parameters = {"now": now, "at": utc_text(now), **_named(pieces)}
    with psycopg.connect(conninfo(url)) as connection:
        return connection.execute(_LEAN_SET if lean else _SET, parameters).rowcount


def _named(pieces: tuple[str, ...]) -> dict[str, str]:
    return {f"b{place}": piece for place, piece in enumerate(pieces)}


def take_out(url: URL, since: datetime) -> tuple[float, int]:
    """Return the seconds of a COPY of what an export reads, into nowhere, and its rows."""
    with psycopg.connect(conninfo(url)) as connection, connection.cursor() as cursor:
        start = perf_counter()
        with cursor.copy(_TAKE_OUT, [since]) as copy:
            deque(copy, maxlen=0)
        return perf_counter() - start, cursor.rowcount


def read_entries(url: URL) -> None:
    """Read the journal as it lies and hash each entry, which nobody compares with another."""
    with psycopg.connect(conninfo(url)) as connection, connection.cursor(binary=True) as cursor:
        for before, body, said in cursor.stream("SELECT prev, body, hash FROM journal"):
            if hashlib.sha256(before + body.encode()).digest() != said:
                raise RuntimeError("an entry does not give its hash")


def read_documents(url: URL) -> None:
    """Read all documents and hash each."""
    with psycopg.connect(conninfo(url)) as connection, connection.cursor(binary=True) as cursor:
        for content, said in cursor.stream("SELECT content, sha256 FROM document"):
            if hashlib.sha256(content).hexdigest() != said:
                raise RuntimeError("a document does not give its hash")
