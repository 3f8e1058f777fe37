"""The test server: one for the whole run, and a fresh migrated database for each test."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fasteners import InterProcessLock
from sqlalchemy import event
from sqlalchemy.util import LRUCache

from migrations.run import upgrade
from states.postgres.cluster import DURABLE
from states.postgres.database import ensure_database, make_engine
from states.postgres.scratch import copy_database, scratch_database
from states.postgres.server import EmbeddedServer, start_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg
    from sqlalchemy import URL, Engine

TUNING = {**DURABLE, "fsync": "off", "shared_buffers": "128MB", "max_wal_size": "256MB"}
"""As in the product, but a power cut may lose the data of a test."""

MEMORY = Path("/dev/shm")  # noqa: S108 - the folder of a run has a name of its own in it
ROOM = 2 * 1024**3
"""Bytes that must be free in memory for a run's server to live there."""

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_")
"""What a program under test keeps of our own environment."""

TEMPLATE = "template_nes"
OFFICE = "template_office"


class _Compiled(LRUCache[Any, Any]):
    """Statements that SQLAlchemy compiled for any test of this process.

    SQLAlchemy compiles a statement once for an engine, and a test has engines of its own; all of
    them speak to one server in one dialect, whose instance is the first part of a key.
    """

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:  # noqa: ANN401 - as inherited
        """Return what was compiled through whichever engine."""
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:  # noqa: ANN401 - as inherited
        super().__setitem__(key[1:], value)


_COMPILED = _Compiled(2000)


@dataclass(frozen=True)
class Database:
    """A migrated database of one test: its owner's address and an engine for each role."""

    url: URL

    @cached_property
    def app(self) -> Engine:
        """Return the engine of the limited role, as the product uses it."""
        return _sharing(make_engine(self.url, application="test", pool_size=10))

    @cached_property
    def owner(self) -> Engine:
        """Return the engine of the owner, who may do everything."""
        return _sharing(make_engine(self.url, owner=True, application="test", pool_size=5))

    @property
    def environment(self) -> dict[str, str]:
        """Return an environment for a program under test that works on this database."""
        url = self.url.render_as_string(hide_password=False)
        kept = {key: value for key, value in os.environ.items() if key.startswith(PASSED_ON)}
        return {**kept, "NES_DATABASE_URL": url, "NES_DEMO": "1"}

    def hurry(self) -> None:
        """Let the limited role wait no longer than a moment for a lock, from now on.

        What its connections ask for when they are made is stronger than any default of the
        database.
        """

        @event.listens_for(self.app, "connect")
        def no_patience(connection: psycopg.Connection, _entry: object) -> None:
            connection.execute("SET lock_timeout = '30ms'")
            connection.commit()

        self.app.dispose()

    def dispose(self) -> None:
        """Close every pooled connection of the test."""
        for engine in ("app", "owner"):
            if engine in self.__dict__:
                getattr(self, engine).dispose()


def _sharing(engine: Engine) -> Engine:
    """Let an engine use what others have compiled."""
    engine.update_execution_options(compiled_cache=_COMPILED)
    return engine


def fast_folder() -> Path | None:
    """Return where a database is copied five times as fast as on disk; None where that is not."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None


@contextmanager
def running_server(folder: Path) -> Iterator[EmbeddedServer]:
    """Hold a share in the server of a test run."""
    server = start_server(folder, TUNING)
    try:
        yield server
    finally:
        server.close()


def ensure_template(server: EmbeddedServer, folder: Path) -> None:
    """Migrate the template once for all workers of a run."""
    with _once(folder, TEMPLATE) as needed:
        if needed:
            ensure_database(server.url("postgres"), TEMPLATE)
            upgrade(server.url(TEMPLATE))


def ensure_office(server: EmbeddedServer, folder: Path, furnish: Callable[[Engine], None]) -> None:
    """Make the second template once: a copy of the first that holds what every office begins with.

    ``furnish`` enters it.
    """
    with _once(folder, OFFICE) as needed:
        if needed:
            copy_database(server.url("postgres"), OFFICE, TEMPLATE)
            engine = make_engine(server.url(OFFICE), application="test")
            furnish(engine)
            engine.dispose()


@contextmanager
def _once(folder: Path, name: str) -> Iterator[bool]:
    """Say whether this worker is the first to come, and let the others wait for it."""
    with InterProcessLock(folder / f"{name}.lock"):
        done = folder / f"{name}.done"
        yield not done.exists()
        done.touch()


@contextmanager
def fresh_database(server: EmbeddedServer, template: str = TEMPLATE) -> Iterator[Database]:
    """Give a copy of a template database and drop it afterwards."""
    with scratch_database(server.url("postgres"), "test", template) as url:
        database = Database(url)
        try:
            yield database
        finally:
            database.dispose()
