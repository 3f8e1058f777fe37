"""Moving a database up and down the steps, for ``nes db`` and for whoever makes a database."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError, SQLAlchemyError

from migrations.compatibility import driver_of, refuse_unfit
from migrations.steps import FIRST
from states.kit.errors import DatabaseUnavailable
from states.postgres.database import APP_ROLE, make_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

_LOCK = 5_070_001
"""The advisory lock under which one process at a time moves a database."""

PATIENCE = "1s"
"""How long a step waits for a table: so long everybody else waits behind it, too."""

PAUSE = 0.5
"""Seconds between two tries, in which the others go on."""

TRIES = 600
"""How often a step asks before it is given up: for a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where a database stands: its step, the newest step, and the steps not yet made."""

    current: str | None
    head: str
    pending: tuple[str, ...]


class UpgradeStopped(DatabaseUnavailable):
    """A step could not be made, and the database stands at the one before it; params: stands."""

    code = "upgrade_stopped"


class UnknownRevision(ValueError):
    """The revision is none of ours; `nes db status` lists them."""


_ROLE = f"""
DO $$
BEGIN
    CREATE ROLE {APP_ROLE} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$
BEGIN
    -- From 16 on who makes a role may pass it on, and yet not become it.
    IF NOT pg_has_role(current_user, '{APP_ROLE}',
            CASE WHEN current_setting('server_version_num')::int >= 160000
                THEN 'SET' ELSE 'MEMBER' END) THEN
        EXECUTE format('GRANT {APP_ROLE} TO %I', current_user);
    END IF;
END $$
"""
"""Roles belong to the server, not to the database: a dump brings none of them along."""


def upgrade(url: URL) -> None:
    """Bring a database to the newest step; processes that come together wait for one another.

    A step asks for its locks briefly and again and again, so that nobody queues behind it for
    long. A step that cannot be made leaves the database at the one before it. Raises
    DatabaseAhead where newer code has been at work, UpgradeStopped, DatabaseUnavailable.
    """
    with _locked(url) as connection:
        if _current(connection) not in (None, *steps()):
            refuse_unfit(driver_of(connection))
            return
        _make_role(connection)
        _patiently(connection, lambda: command.upgrade(_config(connection), "head"))
        _give_back(connection)


def prepare(url: URL) -> None:
    """Make the role that a dump gives its rights to, so that one may be loaded afterwards.

    Tables that came in before the role get the rights of the steps, at the newest step.
    """
    with _locked(url) as connection:
        _make_role(connection)
        if _current(connection) == steps()[-1]:
            _give_back(connection)


def _make_role(connection: Connection) -> None:
    connection.execute(text(_ROLE))
    connection.commit()


def _give_back(connection: Connection) -> None:
    """Give rights back that were lost; a look at one of them costs next to nothing."""
    from migrations import rights  # noqa: PLC0415 - it knows the guard, which makes databases here

    if rights.lost(connection):
        rights.give_back(connection)
    connection.commit()


def downgrade(url: URL, revision: str) -> None:
    """Take a database back to a step (``base`` for an empty one); UnknownRevision."""
    if revision != "base" and revision not in steps():
        raise UnknownRevision(revision)
    with _locked(url) as connection:
        if _current(connection) not in (None, *steps()):
            raise UnknownRevision(_current(connection))
        _patiently(connection, lambda: command.downgrade(_config(connection), revision))


def status(url: URL) -> Status:
    """Return where a database stands."""
    engine = make_engine(url, owner=True, application="nes db")
    try:
        with engine.connect() as connection:
            current = _current(connection)
    finally:
        engine.dispose()
    known = steps()
    done = sum(step <= (current or "") for step in known)
    return Status(current, known[-1], known[done:])


def steps() -> tuple[str, ...]:
    """Return the numbers of all steps, oldest first."""
    script = ScriptDirectory.from_config(_config(None))
    return tuple(step.revision for step in reversed(list(script.walk_revisions())))


def undeclared() -> tuple[str, ...]:
    """Return the steps that do not say whether code which does not know them goes on rightly."""
    script = ScriptDirectory.from_config(_config(None))
    return tuple(
        step.revision
        for step in script.walk_revisions()
        if step.revision >= FIRST and not hasattr(step.module, "compatible")
    )


@contextmanager
def _locked(url: URL) -> Iterator[Connection]:
    engine = make_engine(url, owner=True, application="nes db")
    try:
        with engine.connect() as connection:
            _take_turn(connection)
            connection.execute(text(f"SET lock_timeout = '{PATIENCE}'"))
            connection.commit()
            yield connection
            connection.rollback()
    finally:
        # The lock goes with the connection.
        engine.dispose()


def _take_turn(connection: Connection) -> None:
    """Take the lock, asking again: whoever waits in a transaction stops a concurrent index."""
    take = text("SELECT pg_try_advisory_lock(:key)")
    while not connection.scalar(take, {"key": _LOCK}):
        connection.rollback()
        time.sleep(PAUSE)
    connection.commit()


def _patiently(connection: Connection, go: Callable[[], None]) -> None:
    """Go until no step fails for want of a lock; the steps that were made are not repeated."""
    for left in reversed(range(TRIES)):
        try:
            go()
        except (SQLAlchemyError, DatabaseUnavailable) as raised:
            connection.rollback()
            error = _first(raised)
            if left and _is_busy(error):
                time.sleep(PAUSE)
                continue
            raise _stopped(connection, error) from error
        else:
            return


def _first(error: BaseException) -> BaseException:
    """Return what began it: a connection that broke cannot be tidied up, which is an error too."""
    while isinstance(error, PendingRollbackError) and error.__context__ is not None:
        error = error.__context__
    return error


def _is_busy(error: BaseException) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else None
    return isinstance(cause, (LockNotAvailable, DeadlockDetected))


def _stopped(connection: Connection, error: BaseException) -> BaseException:
    """Say at which step the database stands and why it goes no further."""
    cause = error.orig if isinstance(error, DBAPIError) else error.__cause__ or error
    try:
        stands = _current(connection)
    except (SQLAlchemyError, DatabaseUnavailable):
        return error  # it is away, and that is said already
    reason = " ".join(str(cause).split("\n", 1)[0].split()).rstrip(".")
    sentence = (
        f"The step after {stands or 'none'} cannot be made: {reason}. What it began is not kept "
        "or is done again by it. See to that and run `nes db upgrade` again."
    )
    return UpgradeStopped(sentence, stands=stands or "none")


def _current(connection: Connection) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    return found


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files(__package__)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
