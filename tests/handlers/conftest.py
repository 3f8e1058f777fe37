"""A whole office over a fresh database: real workflows, real tokens, a clock that stands still."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

import handlers
from handlers.kit.context import CaseEngine
from handlers.kit.courier_service import LocalCourier
from handlers.kit.services import FactSources, Services
from handlers.truth.comparisons import COMPARISONS
from migrations.guard import differences
from signing.authority.demo import Addresses
from signing.cms.profiles import Profile
from signing.tokens.slots import TokenStore
from states.kit.vault import Vault
from tests.conftest import BEGINNING, RUN_FOLDER
from tests.house.tree import ROOT
from tests.kit.cards import cards_removed
from tests.kit.handlers.outside import connected
from tests.kit.handlers.watch import watched
from tests.kit.handlers.world import World, authority_of, furnish, seal_of
from tests.kit.postgres import OFFICE, TEMPLATE, ensure_office, fresh_database
from workflow.engine.library import Library, Witnesses
from workflow.loading.loader import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.cards.seed import Held
    from signing.authority.demo import Authority
    from states.postgres.server import EmbeddedServer
    from tests.kit.postgres import Database
    from tests.kit.signing.loopback import Loopback
    from workflow.model.clock import FixedClock
    from workflow.model.definition import Definition

WORKFLOWS = ROOT / "workflows.yaml"


@pytest.fixture(scope="session")
def definitions() -> dict[str, Definition]:
    """Give the shipped workflows, loaded once."""
    return dict(load(WORKFLOWS, handlers.registry()))


@pytest.fixture(scope="session")
def token_store(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    """Give the token store of this test process."""
    return TokenStore(tmp_path_factory.mktemp("cards"))


@pytest.fixture(scope="session")
def authority(token_store: TokenStore) -> Authority:
    """Give the TEST authority of the store."""
    return authority_of(token_store)


@pytest.fixture
def database(
    request: pytest.FixtureRequest, server: EmbeddedServer, definitions: dict[str, Definition]
) -> Iterator[Database]:
    """Give a fresh migrated database; where there is a world, one that an office may begin in."""
    template = TEMPLATE
    if "world" in request.fixturenames:
        folder = request.config.stash[RUN_FOLDER]
        ensure_office(server, folder, lambda empty: furnish(empty, definitions, BEGINNING))
        template = OFFICE
    with fresh_database(server, template) as fresh:
        yield fresh


@pytest.fixture
def vault() -> Vault:
    """Give a vault with keys of the tests."""
    return Vault(b"s" * 32, b"l" * 32)


@pytest.fixture
def services(
    vault: Vault, database: Database, token_store: TokenStore, authority: Authority
) -> Iterator[Services]:
    """Give services over the test's database and the process's tokens."""
    with cards_removed(token_store):
        yield Services(
            list_interval=timedelta(0),
            vault=vault,
            trust=lambda: authority.trust,
            store=lambda: token_store,
            authority=lambda: authority,
            courier=LocalCourier(database.app),
            addresses=Addresses.under("http://127.0.0.1"),
            tsa_url="http://127.0.0.1/tsa",
            seal=lambda: seal_of(token_store, authority),
            new_pin=lambda: "123456",
            facts=FactSources(parcels_by_software=True),
        )


@pytest.fixture
def world(
    database: Database, definitions: dict[str, Definition], services: Services, clock: FixedClock
) -> World:
    """Give an office with institutions and the text of the e-onay, and the hands to use it."""
    witnesses = Witnesses(differences, COMPARISONS)
    library = Library(database.app, definitions, watched(handlers.registry()), witnesses)
    engine = CaseEngine(database.app, library, clock, services)
    return World(engine, services, clock)


@pytest.fixture
def me(world: World) -> int:
    """Give the person whose case it is: Ayşe."""
    return world.person()


@pytest.fixture
def held(world: World, me: int) -> Held:
    """Give that person's card, whose certificate lasts long enough for everything."""
    return world.card(me, date(2026, 8, 10))


@pytest.fixture
def profile() -> Profile:
    """Give the national profile of the connected office; a module may want another."""
    return Profile.P4


@pytest.fixture
def outside(world: World, profile: Profile) -> Iterator[tuple[World, Loopback]]:
    """Give the world with an office that asks services over the network, and those services."""
    with connected(world, profile) as both:
        yield both


@pytest.fixture
def office(outside: tuple[World, Loopback]) -> World:
    """Give the world of the connected office."""
    return outside[0]


@pytest.fixture
def site(outside: tuple[World, Loopback]) -> Loopback:
    """Give the services that the office asks."""
    return outside[1]
