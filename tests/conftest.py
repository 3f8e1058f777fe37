"""What every room's tests share: the server, databases, the clock, settings, the browser."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from coverage import Coverage
from hypothesis import settings as hypothesis_settings

from handlers.papers import sandbox
from states.kit.settings import Settings, load_settings
from states.postgres.server import start_server
from tests.kit import flaky
from tests.kit.chromium import launched_chromium
from tests.kit.postgres import (
    Database,
    ensure_template,
    fast_folder,
    fresh_database,
    running_server,
)
from workflow.model.clock import FixedClock

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, Page

    from states.postgres.server import EmbeddedServer

# A slow machine is no failure: nothing here is a timed test.
hypothesis_settings.register_profile("house", deadline=None, database=None)
hypothesis_settings.load_profile("house")

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Where the clock of the tests stands: Monday, noon in Istanbul."""

MEASURES = "COVERAGE_PROCESS_CONFIG"
"""What tells a program under test to measure itself (coverage's patch `subprocess`)."""

UNMEASURED = ("tests/chaos/", "tests/deploy/", "tests/house/")
"""Rooms of tests that read the code as text, or run whole offices: small tests measure the same."""

RUN_FOLDER = pytest.StashKey[Path]()


class _ShareFolder:
    """Tells the workers of pytest-xdist which folder the run shares."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: object) -> None:
        """Hand the folder to a worker that is about to start."""
        node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])  # type: ignore[attr-defined]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the pictures of the walks go elsewhere, and the bare machines be others."""
    parser.addoption("--pictures", default="var/screenshots", help="folder for pictures of pages")
    parser.addoption("--kills", type=int, default=40, help="processes killed in their logins")
    parser.addoption("--bare", default="bookworm", help="suites of Debian, with commas between")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test of a bare machine each suite that was named."""
    if "suite" in metafunc.fixturenames:
        metafunc.parametrize("suite", metafunc.config.getoption("--bare").split(","))


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of the run, or take the one that the controller made; watch the browser."""
    config.pluginmanager.register(flaky)
    given = getattr(config, "workerinput", None)
    if given is None:
        folder = Path(tempfile.mkdtemp(prefix="nes-test-", dir=fast_folder()))
        config.stash[RUN_FOLDER] = folder
        # Cards and databases of the tests write many small files.
        config.option.basetemp = config.option.basetemp or str(folder / "t")
        config.pluginmanager.register(_ShareFolder())
    else:
        config.stash[RUN_FOLDER] = Path(given["run_folder"])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop a server that a killed worker left behind, and remove the folder of the run."""
    if hasattr(config, "workerinput") or RUN_FOLDER not in config.stash:
        return
    folder = config.stash[RUN_FOLDER]
    if (folder / "postgres" / "postmaster.pid").exists():
        start_server(folder / "postgres").close()
    shutil.rmtree(folder)


def pytest_collection_finish() -> None:
    """Leave what was collected out of the search for garbage, and search less often.

    A worker holds twelve thousand tests and all modules for the whole run: walking through them
    again and again takes a tenth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure nothing of a test that is marked ``no_cover``: its fixtures and programs neither.

    Walks through a browser, crawlers, fuzz and kill -9 go the whole way again, of which small
    tests measure each part; measuring costs half of their time.
    """
    unmeasured_room = item.nodeid.startswith(UNMEASURED)
    if not unmeasured_room and item.get_closest_marker("no_cover") is None:
        return (yield)
    with unmeasured():
        return (yield)


@contextmanager
def unmeasured() -> Iterator[None]:
    """Stop every measurement of this process, and of the programs it starts, for a block.

    A worker of pytest-xdist has several: it is itself a program that coverage's patch `subprocess`
    measures. pytest-cov stops only its own, and the one beneath goes on in its place.
    """
    stopped = _stop_measuring()
    told = os.environ.pop(MEASURES, None)
    try:
        yield
    finally:
        if told is not None:
            os.environ[MEASURES] = told
        _stop_measuring()  # pytest-cov has begun its own again after the call
        for one in reversed(stopped):
            one.start()


def _stop_measuring() -> list[Coverage]:
    stopped = []
    while (running := Coverage.current()) is not None:
        running.stop()
        stopped.append(running)
    return stopped


@pytest.fixture(scope="session", autouse=True)
def _patient_uploads() -> None:
    """Let an upload wait for its turn however many tests read one."""
    sandbox.PATIENCE = 600.0


@pytest.fixture(autouse=True)
def _umask_stays() -> Iterator[None]:
    """Give the next test the umask that this one found: each command of `nes` narrows its own."""
    found = os.umask(0o077)
    os.umask(found)
    yield
    os.umask(found)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    """Give the run's PostgreSQL, which all workers share, with a migrated template database."""
    folder = request.config.stash[RUN_FOLDER]
    with running_server(folder / "postgres") as running:
        ensure_template(running, folder)
        yield running


@pytest.fixture
def database(server: EmbeddedServer) -> Iterator[Database]:
    """Give a fresh migrated database: ``.app`` and ``.owner`` engines, ``.url``."""
    with fresh_database(server) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def module_database(server: EmbeddedServer) -> Iterator[Database]:
    """Give one fresh migrated database to all tests of a file, for what is dear to make."""
    with fresh_database(server) as fresh:
        yield fresh


@pytest.fixture
def empty_database(server: EmbeddedServer) -> Iterator[Database]:
    """Give a fresh database without any table."""
    with fresh_database(server, "template1") as fresh:
        yield fresh


@pytest.fixture(autouse=True)
def default_logs() -> Iterator[None]:
    """Undo what a command run within a test has set for the logs of the whole process."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FixedClock:
    """Give a clock that stands still."""
    return FixedClock(BEGINNING)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Give the settings of a demo on the test's database and in its folder."""
    return load_settings({**database.environment, "NES_VAR": str(tmp_path / "var")})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give one Chromium for all tests of a file.

    Not longer: as long as it lives an event loop runs in the main thread, and tests of other files
    start loops of their own.
    """
    with launched_chromium() as chromium:
        yield chromium


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a fresh page in Turkish, with its own cookies."""
    context = browser.new_context(locale="tr-TR", timezone_id="Europe/Istanbul")
    try:
        yield context.new_page()
    finally:
        context.close()
