"""How a connection to the database is made: which host of several, and how long is waited.

libpq goes through the hosts of an address and takes the first that takes writes. Where that turns
out to be an old primary (`states.postgres.timeline`), the others are tried one by one.
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy.util import to_list

from states.kit.address import each_host
from states.kit.errors import DatabaseUnavailable
from states.postgres.commits import sending
from states.postgres.timeline import QUERY, Lineage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import URL

REPORTED = ("in_hot_standby", "default_transaction_read_only")
"""Settings that a server of version 14 or newer tells of by itself, at the start and when they
change: looking at them costs no round trip."""

ALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
"""Seconds and tries after which a machine that fell silent is given up; unset, it takes hours."""

UNANSWERED_MS = 15_000
"""Milliseconds after which what was sent and not received is given up."""

SECONDS_ALONE, SECONDS_AMONG = 10, 3
"""How long a host may take to answer: the only one, and one of several."""

_lineages: dict[URL, Lineage] = {}


class Noting(psycopg.Connection[Any]):
    """A connection that notes its commits for whoever has to say what became of a wish."""

    def commit(self) -> None:
        """Commit; where a transaction is open, that is noted until the server has answered."""
        if self.info.transaction_status == TransactionStatus.IDLE:
            super().commit()
            return
        with sending():
            super().commit()


def follow(url: URL, folder: Path) -> None:
    """Hold each server of an address against the history that is kept in a folder."""
    if url not in _lineages:
        _lineages[url] = Lineage(folder)


def look_at_change(url: URL, look: Callable[[psycopg.Connection[Any]], object]) -> None:
    """Have a server looked at that goes on with another timeline than the last one, if followed."""
    if url in _lineages:
        _lineages[url].look = look


def forget(url: URL) -> None:
    """Follow an address no longer."""
    _lineages.pop(url, None)


def dial(url: URL, options: dict[str, Any]) -> Noting:
    """Return a connection to the first server of an address that takes writes and is not old.

    Raises the driver's error when none answers, DatabaseUnavailable when all that do are old.
    """
    refused: DatabaseUnavailable | None = None
    several = each_host(url)
    for place in (url, *(several if len(several) > 1 else ())):
        try:
            connection = Noting.connect(conninfo(place), **{**waiting(url), **options})
        except psycopg.OperationalError:
            if refused is None:
                raise
            continue
        try:
            _admit(connection, url, place)
        except DatabaseUnavailable as error:
            connection.close()
            refused = refused or error
        else:
            return connection
    raise refused or psycopg.OperationalError("no host")


def _admit(connection: Noting, url: URL, place: URL) -> None:
    lineage = _lineages.get(url)
    if lineage is not None and not takes_no_writes(connection):
        lineage.admit(connection, str(place))
        lineage.place = place


async def admit(connection: psycopg.AsyncConnection[Any], url: URL) -> None:
    """Hold a new connection of an asynchronous pool against the history.

    Raises DatabaseUnavailable, once it is found out where the next one is to lead.
    """
    lineage = _lineages.get(url)
    if lineage is None:
        return
    cursor = await connection.execute(QUERY)
    rows = await cursor.fetchall()
    # The pool drops a new connection that is handed back inside a transaction.
    await connection.rollback()
    try:
        lineage.judge(rows, str(place_of(url)))
    except DatabaseUnavailable:
        (await asyncio.to_thread(dial, url, {})).close()
        raise


def place_of(url: URL) -> URL:
    """Return where the last connection that was admitted led: one host, or the whole address."""
    lineage = _lineages.get(url)
    return (lineage.place if lineage is not None else None) or url


def takes_no_writes(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """Say whether the server, as far as it has told, is a standby or is set to read-only."""
    return any(connection.info.parameter_status(name) == "on" for name in REPORTED)


def hear(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """Take in what the server has said between two uses; OperationalError when it has hung up.

    A silent server leaves nothing to read, so this costs no round trip, which a ping would: a
    third of a move (measured with ``nes bench``).
    """
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN)
    while watch.poll(0):
        connection.pgconn.consume_input()


def waiting(url: URL) -> dict[str, Any]:
    """Return how long is waited for a server, as far as the address does not say it."""
    among = len(each_host(url)) > 1
    wanted = {
        "connect_timeout": SECONDS_AMONG if among else SECONDS_ALONE,
        "tcp_user_timeout": UNANSWERED_MS,
        **ALIVE,
    }
    return {name: value for name, value in wanted.items() if name not in url.query}


def conninfo(url: URL) -> str:
    """Return a libpq connection string for tools that take one, with the password in it."""
    parts = {
        "host": url.host,
        "port": url.port,
        "dbname": url.database,
        "user": url.username,
        "password": url.password,
        **{key: ",".join(to_list(value)) for key, value in url.query.items()},
    }
    return make_conninfo("", **{key: value for key, value in parts.items() if value is not None})
