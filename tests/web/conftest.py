"""A site over a whole office: people of every role and a visitor for each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from states.kit.settings import Settings, load_settings
from states.people.user import User
from tests.handlers.conftest import (  # noqa: F401 - the office of the handlers' tests is ours too
    authority,
    database,
    definitions,
    services,
    token_store,
    vault,
    world,
)
from tests.kit.handlers.world import open_account
from tests.kit.web.program import served
from tests.kit.web.staff import Staff
from tests.kit.web.visitor import Visitor
from web.gate.composition import KEY, Composition
from web.site.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:  # noqa: F811 - the same
    """Give the settings of a demo on the test's database, with the keys of the test's vault."""
    return load_settings(
        {
            **database.environment,
            "NES_VAR": str(tmp_path / "var"),
            "NES_PERSONAL_KEY": (b"s" * 32).hex(),
            "NES_LOOKUP_KEY": (b"l" * 32).hex(),
        }
    )


@pytest.fixture
def composition(world: World, settings: Settings) -> Composition:  # noqa: F811 - a fixture of that name
    """Give the composition of the test's office."""
    office = world.engine
    return Composition(settings, office.database, office.library, world.clock, office)


@pytest.fixture(scope="session")
def sites() -> list[tuple[Flask, dict[str, Any]]]:
    """Keep the one site of this process, once it is made, with its settings as they were."""
    return []


@pytest.fixture
def app(
    request: pytest.FixtureRequest,
    composition: Composition,
    sites: list[tuple[Flask, dict[str, Any]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    """Give the site over the test's office.

    Its routes and templates are the same for every test, so they are made once; a test that adds
    to them is marked ``own_site``.
    """
    if request.node.get_closest_marker("own_site"):
        return create_app(composition)
    if not sites:
        lasting = {"var": tmp_path_factory.mktemp("site")}  # its files outlive the first test
        kept = composition.settings.model_copy(update=lasting)
        made = create_app(replace(composition, settings=kept))
        sites.append((made, dict(made.config)))
    site, config = sites[0]
    site.config.clear()
    site.config.update(config, SECRET_KEY=composition.settings.secret_key.get_secret_value())
    site.extensions[KEY] = composition
    return site


@pytest.fixture
def staff(world: World) -> Staff:  # noqa: F811 - the same
    """Give one account of each role, and a second officer."""
    with world.engine.database.begin() as connection:
        now = world.clock.now()

        def enter(name: str, role: str) -> int:
            return open_account(connection, name, role, now, subject=f"sub-{name}")

        return Staff(
            officer=enter("Zeynep Görevli", "officer"),
            second=enter("İlker Görevli", "officer"),
            operator=enter("Işık Üretim", "operator"),
            auditor=enter("Çağrı Denetçi", "auditor"),
            coordinator=enter("Şule Kurum", "coordinator"),
        )


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Give somebody who is not signed in."""
    return Visitor(app)


def _visitor(app: Flask, number: int) -> Visitor:
    someone = Visitor(app)
    someone.be("user", number)
    return someone


@pytest.fixture
def officer(app: Flask, staff: Staff) -> Visitor:
    """Give an officer who is signed in."""
    return _visitor(app, staff.officer)


@pytest.fixture
def second(app: Flask, staff: Staff) -> Visitor:
    """Give a second officer who is signed in."""
    return _visitor(app, staff.second)


@pytest.fixture
def operator(app: Flask, staff: Staff) -> Visitor:
    """Give a production operator who is signed in."""
    return _visitor(app, staff.operator)


@pytest.fixture
def auditor(app: Flask, staff: Staff) -> Visitor:
    """Give an auditor who is signed in."""
    return _visitor(app, staff.auditor)


@pytest.fixture
def make_user() -> Callable[..., User]:
    """Give the making of an account that is not stored."""

    def make(**changed: Any) -> User:  # noqa: ANN401 - columns of any type
        values = {"id": 7, "name": "Zeynep", "active": True, "person_id": None, **changed}
        return User(**values)

    return make


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """Give the address of the running site."""
    with served(app) as address:
        yield address
