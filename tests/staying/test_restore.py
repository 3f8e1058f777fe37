"""A backup is of one moment and comes back whole, once, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.settings import load_settings
from tests.conftest import RUN_FOLDER
from tests.staying.home import Home, certificate_of, home, world_of
from tests.web.test_cli import Terminal
from web.composition import definitions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from states.server import EmbeddedServer
    from tests.postgres import Database


@pytest.fixture(scope="module")
def office(
    request: pytest.FixtureRequest,
    server: EmbeddedServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Home]:
    """Give an office that nobody changes."""
    folder = tmp_path_factory.mktemp("home")
    with home(server, folder, request.config.stash[RUN_FOLDER]) as found:
        yield found


@pytest.fixture(scope="module")
def backup(office: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its backup, as a folder."""
    place = tmp_path_factory.mktemp("backups") / "whole"
    said = Terminal(dict(office.environment)).run("backup", str(place)).stdout
    assert f"Backed up to {place}" in said
    return place


@pytest.fixture
def elsewhere(empty_database: Database, tmp_path: Path) -> Terminal:
    """Give a terminal in an empty place."""
    return Terminal({**empty_database.environment, "NES_VAR": str(tmp_path / "var")})


def test_an_office_comes_back_and_goes_on_exactly_once(
    office: Home, backup: Path, elsewhere: Terminal, empty_database: Database
) -> None:
    done = elsewhere.json("restore", str(backup))
    assert done["productions_given_up"] == 1
    assert done["journal"]["ok"]
    world = world_of(load_settings(elsewhere.environment), empty_database, definitions())
    world.run_effects()
    assert (world.state(office.told), world.state(office.begun)) == ("couriered", "queued")
    assert certificate_of(world, office.made).der == office.der
