"""The way to PostgreSQL: which server, as which role, and what is said when it is away."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import URL, Engine, event
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.exc import (
    DisconnectionError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,  # noqa: A004 - the library's name
)
from sqlalchemy.util import to_list

from states.kit.errors import DatabaseUnavailable
from states.postgres.connecting import (
    Noting,
    conninfo,
    dial,
    follow,
    hear,
    takes_no_writes,
)
from states.postgres.server import DATABASE, EmbeddedServer, start_server

__all__ = ["conninfo"]

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection
    from sqlalchemy.engine import ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

    from states.kit.settings import Settings

APP_ROLE = "nes_app"
"""The limited role of every connection but the owner's; the migrations make it."""

OLDEST = 150_000
"""The oldest PostgreSQL we run on, as libpq counts: 15.0."""

READ_ONLY = "25006"
"""SQLSTATE of a server that takes no writes: a standby, or one that was set so."""

AWAY = ("08", READ_ONLY, "25P03", "25P04", "28", "3D", "53", "57P", "58")
"""SQLSTATE classes of a server that cannot serve: connection, writes, a transaction that it ended,
login, database, room, shutdown, its disk.

Source: PostgreSQL manual, appendix "PostgreSQL Error Codes".
"""

TROUBLE = (DatabaseUnavailable, OperationalError, TimeoutError, psycopg.OperationalError)
"""A database that is away, or too busy to answer, whichever way it was asked.

Among the driver's operational errors are a lock not had in time, a statement that took too long and
a pool all of whose connections are in use.
"""

REFUSED = (SQLAlchemyError, psycopg.Error)
"""Whatever else the database says no with."""

PATIENCE = "10s"
"""How long a move waits for a row that another one holds before it is told to come again."""

_servers: dict[Path, EmbeddedServer] = {}
_starting = Lock()


def open_database(
    settings: Settings,
    *,
    owner: bool = False,
    application: str = "nes",
    pool_size: int = 5,
) -> Engine:
    """Return an engine for the database of the settings, starting the embedded server if needed.

    Raises `DatabaseUnavailable` when that server cannot be started; an outside one is first spoken
    to when a connection is asked for, with the same error.
    """
    url = database_url(settings)
    return make_engine(url, owner=owner, application=application, pool_size=pool_size)


def database_url(settings: Settings) -> URL:
    """Return the owner's address of the database: the given one, or the embedded server's."""
    if settings.database_url is not None:
        follow(settings.database_url, settings.var)
        return settings.database_url
    folder = settings.var / "postgres"
    with _starting:
        if folder not in _servers:
            _servers[folder] = start_server(folder)
            ensure_database(_servers[folder].url("postgres"), DATABASE)
        return _servers[folder].url(DATABASE)


def look_after_server(settings: Settings) -> int:
    """See that the embedded server, if that is in use here, is kept up; return how often it ended.

    Raises `DatabaseUnavailable` when it was given up, because it cannot stay up.
    """
    with _starting:
        server = _servers.get(settings.var / "postgres")
    return server.look() if server is not None else 0


def close_server(settings: Settings) -> None:
    """Give back this process's share in the embedded server; the last one stops it."""
    with _starting:
        server = _servers.pop(settings.var / "postgres", None)
    if server is not None:
        server.close()


def make_engine(
    url: URL,
    *,
    owner: bool = False,
    application: str = "nes",
    pool_size: int = 5,
) -> Engine:
    """Return an engine whose connections speak UTC, run under the app role unless ``owner``.

    A pooled connection that the server has closed is replaced before it is handed out. An error
    that means the server is away arrives as `DatabaseUnavailable`, all others as SQLAlchemy's.
    """
    wanted = {
        "application_name": application,
        # After each rollback the driver would deallocate all it has prepared, and ours with it.
        "prepare_threshold": None,
        "options": _options(url, "" if owner else f"-c lock_timeout={PATIENCE}"),
    }
    engine = sqlalchemy_engine(
        url,
        pool_size=pool_size,
        max_overflow=2 * pool_size,
        connect_args=wanted,
    )

    def connect(*given: Any) -> Noting:  # noqa: ANN401 - the library's; the options are the last
        return dial(url, {name: given[-1][name] for name in wanted})

    def greet(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
        _refuse_unfit(connection)
        if not owner:
            _become_app(connection)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", greet)
    event.listen(engine, "checkout", _refuse_dead)
    event.listen(engine, "handle_error", _name_absence)
    return engine


def _options(url: URL, more: str) -> str:
    given = ",".join(to_list(url.query.get("options", ())))
    return " ".join(part for part in (given, "-c timezone=UTC", more) if part)


def ensure_database(server: URL, name: str) -> None:
    """Make an empty database on a server when it has none of that name."""
    try:
        with psycopg.connect(conninfo(server), autocommit=True) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [name]).fetchone() is None:
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(_name(name)))
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
        pass  # another process made it in the same moment
    except psycopg.OperationalError as error:
        raise _away(str(error), str(server)) from error


def _name(name: str) -> psycopg.sql.Identifier:
    return psycopg.sql.Identifier(name)


def _refuse_unfit(connection: psycopg.Connection) -> None:
    """Refuse a server that is too old, or a database that cannot hold every letter."""
    where = connection.info.host
    if connection.info.server_version < OLDEST:
        version = connection.info.server_version // 10_000
        sentence = f"PostgreSQL {version} at {where} is too old. Use version 15 or newer."
        raise DatabaseUnavailable(sentence, where=where)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        sentence = f"The database at {where} is in {encoding}. Make one with ENCODING 'UTF8'."
        raise DatabaseUnavailable(sentence, where=where)
    if takes_no_writes(connection):
        raise _read_only(str(where))


def refuse_read_only(connection: Connection) -> None:
    """Ask the server whether it takes writes; raise `DatabaseUnavailable` when it does not."""
    if connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on":
        raise _read_only(str(connection.engine.url))


def _become_app(connection: psycopg.Connection) -> None:
    """Drop to the app role, which may not touch the past; without it nothing may run."""
    # Outside a transaction: a rollback would take the role back along with it.
    connection.autocommit = True
    query = "SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = %s"
    if connection.execute(query, [APP_ROLE]).fetchone() is None:
        where = connection.info.host
        tables = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
        lacks = "is not prepared" if tables == (None,) else f"came without its role {APP_ROLE}"
        sentence = f"The database at {where} {lacks}. Run `nes db upgrade` first."
        raise DatabaseUnavailable(sentence, where=where)
    connection.autocommit = False


def _refuse_dead(
    connection: psycopg.Connection, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Have the pool replace a connection whose server has hung up, or takes no writes any more."""
    try:
        hear(connection)
    except psycopg.OperationalError as error:
        raise DisconnectionError from error
    if takes_no_writes(connection):
        raise DisconnectionError  # another server may take writes by now, or this one again


def _name_absence(context: ExceptionContext) -> None:
    """Turn the driver's many ways to say that the server is away into one error."""
    error = context.original_exception
    if not isinstance(error, psycopg.Error):
        return
    if error.sqlstate == READ_ONLY:
        context.is_disconnect = True  # the pool drops all: each leads to the same server
    where = str(context.engine.url) if context.engine is not None else "?"
    raise_absence(error, where)


def is_line_broken(error: psycopg.Error) -> bool:
    """Say whether an error came from no server: the line to it broke, whatever libpq calls that.

    What a server says has a SQLSTATE. What libpq says of a line that breaks in the middle of an
    answer has none, and is then of the driver's most general kind.
    """
    general = type(error) is psycopg.DatabaseError
    return error.sqlstate is None and (general or isinstance(error, psycopg.OperationalError))


def raise_absence(error: psycopg.Error, where: str) -> None:
    """Raise `DatabaseUnavailable` when a driver's error means that the server is away."""
    state = error.sqlstate
    if state is None and not is_line_broken(error):
        return
    if state == READ_ONLY:
        raise _read_only(where) from error
    if state is None or state.startswith(AWAY):
        raise _away(str(error), where) from error


def _read_only(where: str) -> DatabaseUnavailable:
    sentence = (
        f"The database at {where} takes no writes: it is a standby, or is set to read-only. "
        "Name the primary too in NES_DATABASE_URL, or promote this server."
    )
    return DatabaseUnavailable(sentence, where=where, why="read_only")


def _away(reason: str, where: str) -> DatabaseUnavailable:
    line = " ".join(reason.split())
    sentence = (
        f"The database at {where} is out of reach: {line}. "
        "Check that PostgreSQL runs and that NES_DATABASE_URL is right."
    )
    return DatabaseUnavailable(sentence, where=where, why="out_of_reach")
