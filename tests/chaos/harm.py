"""The harm: who is killed when, and what else is taken away for a while."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
import psycopg

from tests.chaos.site import PATIENCE, Site

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from tests.chaos.pages import Away

VICTIMS = ("worker", "web", "backend", "postmaster", "parent", "keeper")
WEIGHTS = (14, 4, 16, 10, 1, 3)
"""Whoever takes long to rise is killed less often, or the run would be spent with waiting."""

IN_A_ROW = (1, 2, 3, 4, 6)
"""So many kills come before everything must be up again: the next hits what is just rising."""

MOST_OF_ONE = 5
"""Kills of one victim within two minutes: what ends more often is rightly given up."""
WINDOW = 120.0

FAULT_EVERY = 5
"""After so many rounds of kills comes a fault."""

LOOK = 0.2

UP_TWICE = 3
"""So many looks in a row find all up: what has just died may seem to live for a moment."""


@dataclass
class Harm:
    """Kills and faults of one run, repeatable by its seed as far as the moment goes."""

    site: Site
    away: Away
    seed: int
    stopping: threading.Event
    chance: random.Random = field(init=False)
    killed: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)
    _ends: list[tuple[float, str]] = field(default_factory=list)
    balloon: int = 0
    """Bytes of the folder's own file system, 0 where it has none."""

    def __post_init__(self) -> None:
        """Begin the row of chances."""
        self.chance = random.Random(self.seed)

    def begin(self) -> None:
        """Wait until everything is up for the first time."""
        self._wait_until_up("first start")

    def run(self, kills: int, check: Callable[[], None]) -> None:
        """Kill so many times, with faults between; each time everything must come up again."""
        rounds = 0
        while self.killed.total() < kills and not self.stopping.is_set():
            names = []
            for _ in range(self.chance.choice(IN_A_ROW)):
                self.stopping.wait(self.chance.uniform(0.1, 2.0))
                names.append(self._choose())
                self.kill(names[-1])
            self._wait_until_up(names[0] if len(names) == 1 else f"{len(names)} in a row")
            rounds += 1
            if rounds % FAULT_EVERY == 0:
                self.fault()
                check()

    def _choose(self) -> str:
        now = time.monotonic()
        self._ends = [(at, name) for at, name in self._ends if at > now - WINDOW]
        often = Counter(name for _, name in self._ends)
        while True:
            (name,) = self.chance.choices(VICTIMS, WEIGHTS)
            if often[name] < MOST_OF_ONE or name in {"backend", "parent"}:
                return name

    def kill(self, name: str) -> None:
        """Kill one process, where it lives just now."""
        victim = self._victim(name)
        if victim is None:
            return
        left = self.site.everybody() if name == "parent" else []
        self.away.begin()
        with suppress(psutil.NoSuchProcess):
            victim.kill()
        self.killed[name] += 1
        self._ends.append((time.monotonic(), name))
        if name == "parent":
            self._begin_anew(left)
        psutil.wait_procs([victim], timeout=PATIENCE)

    def _victim(self, name: str) -> psutil.Process | None:
        if name == "backend":
            backends = self.site.backends()
            return self.chance.choice(backends) if backends else None
        if name in {"web", "worker"}:
            return self.site.member(name)
        found: psutil.Process | None = getattr(self.site, name)()
        return found

    def _begin_anew(self, left: list[psutil.Process]) -> None:
        """See that nothing outlives the parent, then start it as systemd does."""
        if self.site.process is not None:
            self.site.process.wait(PATIENCE)
        _, alive = psutil.wait_procs(left, timeout=PATIENCE)
        for process in alive:
            with suppress(psutil.Error):
                self.wrong.append(f"outlived its parent: {' '.join(process.cmdline())[:80]}")
        self.site.start()

    def _wait_until_up(self, what: str) -> None:
        began, up = time.monotonic(), 0
        while up < UP_TWICE:
            if self.site.is_up():
                up += 1
                self.stopping.wait(LOOK)
                continue
            up, parent = 0, self.site.parent()
            if parent is None or time.monotonic() > began + PATIENCE:
                self.wrong.append(f"not up again by itself after: {what}")
                self.site.end()
                self.site.start()
                began = time.monotonic()
            if self.stopping.wait(LOOK):
                return
        self.slowest[what] = max(self.slowest.get(what, 0.0), time.monotonic() - began)
        self.away.end()

    def fault(self) -> None:
        """Take something away for some seconds, give it back, wait until all is well."""
        faults = [*FAULTS, *([_full_disk] if self.balloon else [])]
        fault = self.chance.choice(faults)
        name = fault.__name__.strip("_").replace("_", " ")
        self.away.begin()
        with suppress(psycopg.Error, psutil.Error), fault(self):
            self.stopping.wait(self.chance.uniform(2, 8))
        self.faults[name] += 1
        self._wait_until_up(name)


@contextmanager
def _frozen_worker(harm: Harm) -> Iterator[None]:
    with _frozen(harm.site.member("worker")):
        yield


@contextmanager
def _frozen_web(harm: Harm) -> Iterator[None]:
    with _frozen(harm.site.member("web")):
        yield


@contextmanager
def _frozen_server(harm: Harm) -> Iterator[None]:
    with ExitStack() as all_of_it:
        for process in (harm.site.postmaster(), *harm.site.backends()):
            all_of_it.enter_context(_frozen(process))
        yield


@contextmanager
def _frozen(process: psutil.Process | None) -> Iterator[None]:
    if process is not None:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        if process is not None:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@contextmanager
def _locked_table(harm: Harm) -> Iterator[None]:
    with psycopg.connect(harm.site.address) as connection:
        connection.execute("LOCK TABLE application IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def _statement_timeout(harm: Harm) -> Iterator[None]:
    harm.site.ask("ALTER SYSTEM SET statement_timeout = '5ms'")
    harm.site.ask("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        with psycopg.connect(
            harm.site.address, autocommit=True, options="-c statement_timeout=0"
        ) as connection:
            connection.execute("ALTER SYSTEM RESET statement_timeout")
            connection.execute("SELECT pg_reload_conf()")


@contextmanager
def _all_connections_ended(harm: Harm) -> Iterator[None]:
    harm.site.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    yield


@contextmanager
def _token_store_away(harm: Harm) -> Iterator[None]:
    store = harm.site.folder / "var" / "tokens"
    elsewhere = store.with_name("tokens.away")
    store.rename(elsewhere)
    try:
        yield
    finally:
        if store.exists():
            made = sorted(path.name for path in store.rglob("*"))[:5]
            harm.wrong.append(f"made in the place of the store that was away: {made}")
            shutil.rmtree(store)
        elsewhere.rename(store)


@contextmanager
def _full_disk(harm: Harm) -> Iterator[None]:
    """Fill the file system of the folder, which is its own, to the last byte."""
    balloon = harm.site.folder / "balloon"
    block = bytes(1024 * 1024)
    try:
        with suppress(OSError), balloon.open("wb", buffering=0) as file:
            for _ in range(harm.balloon // len(block) + 1):
                file.write(block)
        yield
    finally:
        balloon.unlink(missing_ok=True)


FAULTS = (
    _frozen_worker, _frozen_web, _frozen_server, _locked_table, _statement_timeout,
    _all_connections_ended, _token_store_away,
)  # fmt: skip
