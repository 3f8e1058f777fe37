"""The primary is killed under load and the standby promoted: nothing is lost, nobody restarts."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
import pytest
import requests
import structlog
from sqlalchemy import select, text
from structlog.testing import capture_logs

import handlers
from handlers.kit.context import CaseEngine
from handlers.kit.services import open_services
from migrations.run import upgrade
from states.cases.application import Application
from states.kit.errors import DatabaseUnavailable
from states.kit.reference import reference
from states.kit.settings import load_settings
from states.logs.journal import JournalEntry
from states.people.tckn import check_digits
from states.postgres.connecting import conninfo, look_at_change
from states.postgres.database import ensure_database, open_database
from tests.conftest import RUN_FOLDER
from tests.kit.handlers.world import World, applicant, furnish, officer, open_account
from tests.kit.ports import free_port
from tests.kit.postgres import Database
from tests.kit.until import until
from tests.staying.pair import Pair, commands, pair_of_servers
from web.gate.composition import definitions
from workflow.engine.library import Library
from workflow.journal.verification import verify
from workflow.model.clock import SystemClock
from workflow.model.refusal import Busy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = pytest.mark.no_cover

BOUND = 60.0
"""Seconds that anything here may take on a busy machine."""

THREADS = 3
LOADED = 40
"""Answered moves before and after the kill."""

SET_UP, START, WAIT_FOR_IT, PROMOTE, REWIND, START_OLD = range(6)


@dataclass
class Load:
    """Threads that open and cancel applications, each for a person of its own, and keep score."""

    engine: CaseEngine
    people: list[int]
    answered: list[tuple[int, int]] = field(default_factory=list)
    """Case and number of the entry of each move that was answered."""
    unknown: int = 0
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Load]:
        """Run until the block ends."""
        threads = [threading.Thread(target=self._work, args=[one]) for one in self.people]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self.over.set()
            for thread in threads:
                thread.join(BOUND)

    def more(self, count: int) -> None:
        """Wait until so many moves more are answered."""
        wanted = len(self.answered) + count
        until(lambda: len(self.answered) >= wanted or self.wrong, "moves are answered")
        assert self.wrong == []

    def _work(self, person: int) -> None:
        case = 0
        while not self.over.is_set():
            try:
                case = self._move(person, case)
            except (DatabaseUnavailable, Busy):
                self.unknown += 1
                case = -1  # to be looked up before anything is repeated
                self.over.wait(0.05)
            except Exception as error:  # noqa: BLE001 - told by the test
                self.wrong.append(repr(error))
                return

    def _move(self, person: int, case: int) -> int:
        """Open an application or cancel it; return the one that is open then, 0 for none."""
        if case < 0:
            return self._open_case(person)
        if case:
            reason = "by_mistake: Deneme"
            moved = self.engine.fire(case, "cancel_by_office", officer(), reason=reason)
            self.answered.append((case, moved.version))
            return 0
        values = {"kind": "first", "person_id": person, "old_certificate_id": None}
        case = self.engine.open("application", "file", applicant(person), values)
        self.answered.append((case, 1))
        return case

    def _open_case(self, person: int) -> int:
        query = select(Application.id).where(
            Application.person_id == person, Application.state != "cancelled"
        )
        with self.engine.database.connect() as connection:
            return connection.scalar(query) or 0


@dataclass
class Site:
    """The site and the worker as processes of their own."""

    pair: Pair
    world: World
    processes: list[subprocess.Popen[bytes]]
    port: int
    browser: requests.Session
    statuses: list[int] = field(default_factory=list)

    def page(self) -> bool:
        """Say whether a page of somebody who is signed in is good."""
        answer = self.browser.get(
            f"http://127.0.0.1:{self.port}/is-listem", timeout=BOUND, allow_redirects=False
        )
        self.statuses.append(answer.status_code)
        assert answer.status_code in (200, 503), answer.text
        return answer.status_code == 200

    def readyz(self) -> dict[str, str]:
        """Return what the site says of itself to machines."""
        found: dict[str, str] = requests.get(
            f"http://127.0.0.1:{self.port}/readyz", timeout=BOUND
        ).json()
        return found

    def sign_in(self, number: int) -> None:
        """Sign an officer in."""
        site = f"http://127.0.0.1:{self.port}"
        page = self.browser.get(f"{site}/giris", timeout=BOUND).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        self.browser.post(
            f"{site}/giris/deneme/user/{number}", {"csrf_token": token}, timeout=BOUND
        )


def reached(port: int) -> bool:
    """Say whether the site answers and is ready."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=BOUND).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Give a primary with the office's tables, and a standby that follows it synchronously."""
    folder = request.config.stash[RUN_FOLDER] / f"pair-{free_port()}"
    with pair_of_servers(folder) as found:
        ensure_database(found.url("postgres", found.first), "nes")
        upgrade(found.url("nes", found.first))
        page = commands("Stand by")
        found.run(page[SET_UP])
        found.own_address(found.second)
        found.run(page[START])
        yield found


@pytest.fixture
def world(pair: Pair, tmp_path: Path) -> Iterator[World]:
    """Give an office on both servers, with keys and the real clock."""
    database = Database(pair.url("nes"))
    settings = load_settings({**database.environment, "NES_VAR": str(tmp_path / "var")})
    opened, loaded, clock = open_database(settings), definitions(), SystemClock()
    furnish(opened, loaded, clock.now())
    services = open_services(settings, opened)
    services.establish_keys()
    library = Library(opened, loaded, handlers.registry())
    engine = CaseEngine(opened, library, clock, services)
    look_at_change(opened.url, engine.recent_moves.look)
    yield World(engine, services, clock)  # type: ignore[arg-type]  # a clock that goes
    opened.dispose()


@pytest.fixture
def site(pair: Pair, world: World, tmp_path: Path) -> Iterator[Site]:
    """Give the site and the worker, with an officer signed in."""
    port = free_port()
    environment = {
        **Database(pair.url("nes")).environment,
        "NES_VAR": str(tmp_path / "var"),
        "NES_PORT": str(port),
    }
    with world.engine.database.begin() as connection:
        number = open_account(connection, "Zeynep Görevli", "officer", world.clock.now())
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "web.terminal.serving", what],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stderr=stack.enter_context((tmp_path / f"{what}.log").open("wb")),
                )
            )
            for what in ("web", "worker")
        ]
        for process in processes:
            # How they end is tried elsewhere; asked to, they would wait for what is under way.
            stack.callback(process.kill)
        found = Site(pair, world, processes, port, requests.Session())
        until(lambda: reached(port), "the site is up")
        found.sign_in(number)
        assert found.page()
        yield found


def queue_is_empty(database: Engine) -> bool:
    """Say whether every effect came to its end."""
    with database.connect() as connection:
        left = connection.scalar(
            text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
        )
    return bool(left == 0)


def test_no_answered_move_is_lost_and_the_site_comes_back_by_itself(
    site: Site, pair: Pair, world: World
) -> None:
    page = commands("Stand by")
    pair.run(page[WAIT_FOR_IT])
    synchronous = "SELECT sync_state FROM pg_stat_replication"
    until(lambda: pair.ask(pair.first, synchronous) == "sync", "the standby is synchronous")
    people = [
        world.person(
            f"{300_000_000 + n}{check_digits(str(300_000_000 + n))}", f"Ayşe {chr(65 + n)}"
        )
        for n in range(THREADS)
    ]
    with Load(world.engine, people).running() as load:
        load.more(LOADED)
        pair.kill(pair.first)
        until(lambda: not site.page(), "the site says that the database is away")
        assert site.readyz()["missing"] == "database"
        pair.run(page[PROMOTE])
        seconds = until(site.page, "the first good page")
        load.more(LOADED)
    until(lambda: queue_is_empty(world.engine.database), "every effect came to its end")
    structlog.get_logger().info(
        "failed_over", seconds=round(seconds, 2), answered=len(load.answered), unknown=load.unknown
    )
    assert [process.poll() for process in site.processes] == [None, None]
    assert set(site.statuses) == {200, 503}
    judge(load, world)
    old_primary_comes_back(site, pair, world)
    rebuild(pair, page)
    behind(pair, world)


def judge(load: Load, world: World) -> None:
    """Hold the journal against what was answered."""
    with world.engine.database.connect() as connection:
        entries = {
            (one.case_id, one.n)
            for one in connection.execute(select(JournalEntry.case_id, JournalEntry.n))
        }
        cases = set(connection.execute(select(Application.id)).scalars())
        told = connection.execute(text("SELECT count(*), count(DISTINCT key) FROM notice")).one()
    assert len(set(load.answered)) == len(load.answered), "no move was answered twice"
    assert set(load.answered) <= entries
    moved = {(case, n) for case, n in entries if case in cases}
    assert len(moved) <= len(load.answered) + load.unknown
    assert told[0] == told[1]
    assert verify(world.engine.database, world.engine.library).ok


def old_primary_comes_back(site: Site, pair: Pair, world: World) -> None:
    """Start the old primary, which stands first in the address; nobody may go on with it."""
    pair.run('pg_ctl -D "$OLD" -l "$OLD/server.log" -w start')
    pair.run("""psql -h "$PRIMARY" -U postgres -c "ALTER SYSTEM RESET synchronous_standby_names" \
        -c "SELECT pg_reload_conf()\"""")
    world.engine.database.dispose()
    ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'nes'"
    pair.ask(pair.second, ended)
    until(site.page, "a good page from the new primary")
    assert site.readyz() == {"status": "ok"}
    case = Load(world.engine, [world.person("10000000214", "Bora")])
    with case.running():
        case.more(4)
    until(lambda: queue_is_empty(world.engine.database), "the worker goes on with the new primary")
    stayed = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'nes'"
    assert pair.ask(pair.first, stayed) == 0
    assert pair.ask(pair.second, "SELECT pg_is_in_recovery()") is False
    entries = f"SELECT count(*) FROM journal WHERE case_id = {case.answered[0][0]}"
    with psycopg.connect(conninfo(pair.url("nes", pair.first))) as old:
        assert old.execute(entries.encode()).fetchone() == (0,)
    pair.kill(pair.first)


def rebuild(pair: Pair, page: list[str]) -> None:
    """Make the old primary the standby of the new one, as the page says."""
    pair.run(page[REWIND])
    pair.own_address(pair.first)
    pair.run(page[START_OLD])
    synchronous = "SELECT sync_state FROM pg_stat_replication"
    until(lambda: pair.ask(pair.second, synchronous) == "sync", "the old one follows")
    assert pair.ask(pair.first, "SELECT pg_is_in_recovery()")


def behind(pair: Pair, world: World) -> None:
    """Promote a standby that lacks the last answered moves: whoever answered them says so."""
    pair.run('pg_ctl -D "$OLD" -m fast -w stop')
    pair.run("""psql -h "$STANDBY" -U postgres -c "ALTER SYSTEM RESET synchronous_standby_names" \\
        -c "SELECT pg_reload_conf()\"""")
    me = world.person("10000000146", "Ayşe")
    values = {"kind": "first", "person_id": me, "old_certificate_id": None}
    lost = world.engine.open("application", "file", applicant(me), values)
    pair.kill(pair.second)
    pair.run('pg_ctl -D "$OLD" -l "$OLD/server.log" -w start && pg_ctl -D "$OLD" -w promote')
    with capture_logs() as logs, world.engine.database.connect():
        pass
    said = [one for one in logs if one["event"] == "moves_lost"]
    assert [(one["moves"], one["cases"]) for one in said] == [(1, [reference("application", lost)])]
    assert verify(world.engine.database, world.engine.library).ok
