"""An office with keys, cards and a queue of its own, as it stands before something falls."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import handlers
from handlers.cards.orders import order_of
from handlers.kit.context import CaseEngine
from handlers.kit.services import open_services
from signing.authority.production import produce
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.kit.settings import Settings, load_settings
from tests.conftest import BEGINNING
from tests.kit.handlers.watch import watched
from tests.kit.handlers.world import World, furnish, operator
from tests.kit.postgres import OFFICE, ensure_office, fresh_database
from web.gate.composition import definitions
from workflow.engine.library import Library
from workflow.model.clock import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from states.postgres.server import EmbeddedServer
    from tests.kit.postgres import Database
    from workflow.model.definition import Definition

END = date(2026, 4, 10)
"""When the certificates end that are renewed."""

PEOPLE = (("10000000146", "Ayşe"), ("10000000214", "Bora"), ("10000000382", "Cemil"))


@dataclass(frozen=True)
class Home:
    """An office in three moods: one card with the courier, one begun, one made and not told.

    ``told`` is a case whose card was made and booked; ``begun`` is in production and has no card
    yet; ``made`` is in production, and its card is ready, but nothing of it was committed.
    """

    database: Database
    settings: Settings
    environment: Mapping[str, str]
    world: World
    told: int
    begun: int
    made: int
    der: bytes
    """The certificate on the card of ``made``."""


def world_of(settings: Settings, database: Database, loaded: dict[str, Definition]) -> World:
    """Compose an office over settings, which asks nobody outside and whose clock stands still."""
    services = open_services(settings, database.app)
    services = replace(services, online=None, list_interval=timedelta(0))
    clock = FixedClock(BEGINNING)
    library = Library(database.app, loaded, watched(handlers.registry()))
    return World(CaseEngine(database.app, library, clock, services), services, clock)


@contextmanager
def home(server: EmbeddedServer, folder: Path, shared: Path) -> Iterator[Home]:
    """Give a home in a folder; ``shared`` is the folder of the test run."""
    loaded = definitions()
    ensure_office(server, shared, lambda empty: furnish(empty, loaded, BEGINNING))
    with fresh_database(server, OFFICE) as database:
        environment = {**database.environment, "NES_VAR": str(folder / "var")}
        settings = load_settings(environment)
        world = world_of(settings, database, loaded)
        world.services.establish_keys()
        told, begun, made = (_queued(world, *person) for person in PEOPLE)
        world.engine.fire(told, "start_production", operator())
        world.run_effects()
        for case in (begun, made):
            world.engine.fire(case, "start_production", operator())
        yield Home(
            database, settings, environment, world, told, begun, made, _produced(world, made)
        )


def certificate_of(world: World, case: int) -> Certificate:
    """Return the certificate that an application has reserved."""
    return world.read(Certificate, world.read(Application, case).certificate_id)


def _queued(world: World, tckn: str, name: str) -> int:
    me = world.person(tckn, name)
    held = world.card(me, END)
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    return case


def _produced(world: World, case: int) -> bytes:
    """Make the card of a case, as a worker does that is killed before its commit."""
    with world.engine.database.connect() as connection:
        order = order_of(connection, world.services, certificate_of(world, case))
    services = world.services
    return produce(services.store(), services.issuer(), order).certificate.der
