"""The one place where the parts are put together: settings, database, library, office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers import WORKFLOWS, registry
from handlers.kit.context import CaseEngine
from handlers.kit.services import open_services
from handlers.truth.comparisons import COMPARISONS
from migrations.compatibility import watch
from migrations.guard import differences
from states.postgres.connecting import look_at_change
from states.postgres.database import database_url, open_database
from workflow.engine.library import Library, Witnesses, publish
from workflow.loading.loader import load
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from states.kit.settings import Settings
    from workflow.model.clock import Clock
    from workflow.model.definition import Definition

KEY = "nes.composition"


@dataclass(frozen=True, slots=True)
class Composition:
    """Everything one process works with; made once and shared by its threads."""

    settings: Settings
    database: Engine
    library: Library
    clock: Clock
    engine: CaseEngine


def definitions(path: Path = WORKFLOWS) -> dict[str, Definition]:
    """Return the workflows of a file, resolved and proved; raises the loader's errors."""
    return dict(load(path, registry()))


PLAYED = timedelta(days=5 * 365)
"""A demonstration plays days that are over: its definitions count as published before them, as
conformance wants it of every case."""


def migrate(settings: Settings) -> None:
    """Bring the database of the settings to the newest step, as its owner."""
    from migrations.run import upgrade  # noqa: PLC0415 - only the start of the site moves tables

    upgrade(database_url(settings))


def compose(
    settings: Settings, clock: Clock | None = None, application: str = "nes"
) -> Composition:
    """Put a process together over a migrated database, and publish what it is able to run.

    Raises DatabaseBehind and DatabaseAhead for a database that this code cannot work on; so does
    each later connection of the process.
    """
    clock = clock or SystemClock()
    database = open_database(settings, application=application)
    watch(database)
    try:
        loaded = definitions()
        publish(database, loaded, clock.now() - PLAYED if settings.demo else clock.now())
        library = Library(database, loaded, registry(), Witnesses(differences, COMPARISONS))
        engine = CaseEngine(database, library, clock, open_services(settings, database))
        look_at_change(database.url, engine.recent_moves.look)
    except BaseException:
        database.dispose()
        raise
    return Composition(settings, database, library, clock, engine)


def composed() -> Composition:
    """Return the composition of the application that answers this request."""
    from flask import current_app  # noqa: PLC0415 - commands compose an office without a site

    found: Composition = current_app.extensions[KEY]
    return found
