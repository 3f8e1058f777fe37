"""Owns moving a database up and down the steps, for ``nes db`` and for whoever makes a database."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, text

from states.database import APP_ROLE, make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_LOCK = 5_070_001
"""The advisory lock under which one process at a time moves a database."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where a database stands: its step, the newest step, and the steps not yet made."""

    current: str | None
    head: str
    pending: tuple[str, ...]


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
    IF NOT pg_has_role(current_user, '{APP_ROLE}', 'MEMBER') THEN
        EXECUTE format('GRANT {APP_ROLE} TO %I', current_user);
    END IF;
END $$
"""
"""Roles belong to the server, not to the database: a dump brings none of them along."""


def upgrade(url: URL) -> None:
    """Bring a database to the newest step; processes that come together wait for one another."""
    with _locked(url) as connection:
        connection.execute(text(_ROLE))
        command.upgrade(_config(connection), "head")
        _give_back(connection)


def prepare(url: URL) -> None:
    """Make the role that a dump gives its rights to, so that one may be loaded afterwards.

    Tables that came in before the role get the rights of the steps, at the newest step.
    """
    with _locked(url) as connection:
        connection.execute(text(_ROLE))
        current = MigrationContext.configure(connection).get_current_revision()
        if current == steps()[-1]:
            _give_back(connection)


def _give_back(connection: Connection) -> None:
    """Give rights back that were lost; a look at one of them costs next to nothing."""
    from migrations import rights  # noqa: PLC0415 - it knows the guard, which makes databases here

    if rights.lost(connection):
        rights.give_back(connection)


def downgrade(url: URL, revision: str) -> None:
    """Take a database back to a step (``base`` for an empty one); UnknownRevision."""
    if revision != "base" and revision not in steps():
        raise UnknownRevision(revision)
    with _locked(url) as connection:
        command.downgrade(_config(connection), revision)


def status(url: URL) -> Status:
    """Return where a database stands."""
    engine = make_engine(url, owner=True, application="nes db")
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    known = steps()
    done = known.index(current) + 1 if current in known else 0
    return Status(current, known[-1], known[done:])


def steps() -> tuple[str, ...]:
    """Return the numbers of all steps, oldest first."""
    script = ScriptDirectory.from_config(_config(None))
    return tuple(step.revision for step in reversed(list(script.walk_revisions())))


@contextmanager
def _locked(url: URL) -> Iterator[Connection]:
    engine = make_engine(url, owner=True, application="nes db")
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection
    finally:
        engine.dispose()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files(__package__)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
