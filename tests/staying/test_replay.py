"""An office moves to another server by PostgreSQL's own programs, and back to a chosen moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text

from states.kit.settings import load_settings
from states.postgres.account import server_account
from states.postgres.database import ensure_database, make_engine
from states.postgres.programs import run
from states.postgres.server import start_server
from tests.conftest import RUN_FOLDER
from tests.kit.handlers.world import operator
from tests.kit.postgres import TUNING, Database
from tests.kit.web.terminal import Terminal
from tests.staying.home import Home, home, world_of
from web.gate.composition import definitions
from workflow.model.actor import system

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from states.postgres.server import EmbeddedServer

pytestmark = pytest.mark.no_cover

SMALL = {**TUNING, "shared_buffers": "32MB", "max_connections": "60"}
POINT = "before_the_mistake"
PATIENCE = 1_200
"""Tenths of a second in which a server has replayed its few records, on however busy a machine."""


@dataclass(frozen=True)
class Archived:
    """A server of one's own, which archives what it writes, and the folder of its archive."""

    server: EmbeddedServer
    archive: Path
    terminal: Terminal
    office: Home


@pytest.fixture
def office(
    request: pytest.FixtureRequest, server: EmbeddedServer, tmp_path: Path
) -> Iterator[Home]:
    """Give an office on the server of the run."""
    with home(server, tmp_path / "office", request.config.stash[RUN_FOLDER]) as found:
        yield found


@pytest.fixture
def archived(office: Home, tmp_path: Path) -> Iterator[Archived]:
    """Give an empty server that archives, and a terminal on it."""
    archive = tmp_path / "archive"
    archive.mkdir(mode=0o700)
    server_account().own(archive)
    tuning = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}
    server = start_server(tmp_path / "one" / "postgres", {**SMALL, **tuning})
    try:
        ensure_database(server.url("postgres"), "nes")
        yield Archived(server, archive, terminal_on(office, server), office)
    finally:
        server.close()


def terminal_on(office: Home, server: EmbeddedServer) -> Terminal:
    """Return a terminal of the same office, on another server."""
    return Terminal({**office.environment, "NES_DATABASE_URL": str(server.url("nes"))})


def ask(server: EmbeddedServer, query: str) -> object:
    """Ask a server one thing, as its superuser."""
    engine = make_engine(server.url("nes"), owner=True, application="test")
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        found = connection.execute(text(query)).scalar()
    engine.dispose()
    return found


def test_a_plain_dump_comes_into_an_empty_server_and_the_log_leads_to_a_chosen_moment(
    archived: Archived, tmp_path: Path
) -> None:
    moved(archived, tmp_path / "plain.dump")
    base = tmp_path / "two" / "postgres"
    base.parent.mkdir()
    assert run(archived.server.url("nes"), "pg_basebackup", ["-D", str(base), "-c", "fast"]) == 0
    lived_on(archived)
    archived.server.close()
    second = replayed(base, archived.archive)
    try:
        proved(archived.office, terminal_on(archived.office, second), second)
    finally:
        second.close()


def moved(archived: Archived, dump: Path) -> None:
    """Bring the office to the empty server with pg_dump and pg_restore, and one command of ours."""
    Terminal(dict(archived.office.environment)).run("db", "run", "pg_dump", "-Fc", f"-f{dump}")
    assert ask(archived.server, "SELECT count(*) FROM pg_roles WHERE rolname = 'nes_app'") == 0
    assert "came" not in archived.terminal.refused("journal", "verify")
    archived.terminal.run("db", "prepare")
    load = ("db", "run", "pg_restore", "--no-owner", "--single-transaction", "--dbname=nes")
    archived.terminal.run(*load, "--no-acl", str(dump))
    assert "rights of nes_app" in archived.terminal.run("db", "status", code=1).stdout
    archived.terminal.run("db", "prepare")
    assert archived.terminal.json("db", "status")["guard"] == []
    assert archived.terminal.json("journal", "verify")["ok"]


def lived_on(archived: Archived) -> None:
    """Make a move before the chosen moment, and one after it."""
    environment = archived.terminal.environment
    database = Database(archived.server.url("nes"))
    world = world_of(load_settings(environment), database, definitions())
    case = archived.office.begun
    world.engine.fire(case, "production_failed", system("test"), reason="before")
    ask(archived.server, f"SELECT pg_create_restore_point('{POINT}')::text")
    world.engine.fire(case, "start_production", operator())
    ask(archived.server, "SELECT pg_switch_wal()::text")
    database.dispose()


def replayed(base: Path, archive: Path) -> EmbeddedServer:
    """Start a base backup that replays the archive up to the chosen moment, and then serves."""
    (base / "recovery.signal").touch()
    account = server_account()
    for path in (base, *base.rglob("*")):
        account.own(path)
    recovery = {
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_name": POINT,
        "recovery_target_action": "promote",
    }
    server = start_server(base, {**SMALL, **recovery})
    # Our own connections refuse a server that still replays; this one only asks for that.
    address = server.url("nes").set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        for _ in range(PATIENCE):
            found = connection.execute("SELECT pg_is_in_recovery(), pg_sleep(0.1)").fetchone()
            if found is not None and found[0] is False:
                return server
    raise AssertionError


def proved(office: Home, terminal: Terminal, server: EmbeddedServer) -> None:
    """Expect the office of the chosen moment: whole, under its own keys, and at work."""
    assert terminal.json("journal", "verify")["ok"]
    assert terminal.json("journal", "conform")["ok"]
    assert "works" in terminal.run("keys", "check").stdout
    database = Database(server.url("nes"))
    world = world_of(load_settings(terminal.environment), database, definitions())
    assert world.state(office.begun) == "queued"
    world.engine.fire(office.begun, "start_production", operator())
    world.run_effects()
    assert [world.state(case) for case in (office.begun, office.made)] == ["couriered"] * 2
    database.dispose()
