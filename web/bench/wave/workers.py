"""Real workers over an office of the wave, weighed while they carry its cases to the courier."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from web.bench.kit.crowd import environment
from web.bench.wave.machine import server_cpu
from web.site.supervisor import worker_command
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from web.bench.wave.ground import WaveOffice

LOOK, LOOKS = 0.1, 5_000
"""Seconds between two looks at how far the workers are; with more cases than so many, longer.

A look counts all cases and jobs, and must not take the time of those who work.
"""

PATIENCE = 120.0
"""Seconds after which workers that have moved nothing are given up."""

TOLD = 10.0
"""Seconds between two words of how far they are."""

BOUND, BOUND_A_CASE = 300.0, 0.5
"""Seconds that a run may take at the most: so many, and so many more for each case."""

_STANDING = text("""
SELECT coalesce(sum(count) FILTER (WHERE state IN ('couriered', 'recalled')), 0) AS couriered,
    coalesce(sum(count) FILTER (WHERE state NOT IN ('couriered', 'recalled')), 0)
        + (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')) AS left,
    string_agg(state || ' ' || count, ', ' ORDER BY state) AS states
FROM (SELECT state, count(*) FROM application GROUP BY state) s
""")

_SPAN = text("""
SELECT min(at) FILTER (WHERE trigger = 'start_production') AS begun,
    min(at) FILTER (WHERE trigger = 'hand_to_courier') AS first
FROM journal
""")

_BYTES = text("SELECT pg_database_size(current_database())")


@dataclass(frozen=True, slots=True)
class WaveProgress:
    """How far a run is: cases with the courier, cases and jobs that are left, cases by state.

    With the courier is also the one whose certificate was revoked: its parcel is called back.
    """

    couriered: int
    left: int
    states: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What it took to carry all cases of an office from the queue to the courier.

    ``cpu`` counts the workers from their start to their end, ``wall`` from the first card that was
    begun until nothing was left to do, ``first`` from the start until the first card was with the
    courier; ``bytes`` is what the database has grown by. ``server`` is the CPU of the database's
    server meanwhile.
    """

    cases: int
    cpu: float
    wall: float
    first: float
    peak_mb: float
    bytes: int
    processes: int = 1
    server: float = 0.0


@dataclass(frozen=True, slots=True)
class Onlookers:
    """Who follows a run: whom it is told how far it is, and who looks once cards are gone.

    ``look`` is given how many cases are with the courier, ``end`` called while the workers are
    still there. Unless given they do nothing.
    """

    tell: Callable[[str], object] = str
    look: Callable[[int], object] = int
    end: Callable[[], object] = str


ALONE = Onlookers()


def carry(office: WaveOffice, processes: int = 1, onlookers: Onlookers = ALONE) -> Carried:
    """Release the cases and let workers carry them to the courier.

    RuntimeError when a worker ends by itself, nothing moves any more, or it takes too long.
    """
    before = _size(office)
    office.release()
    crew, server = Crew(office), server_cpu(office.composition.database)
    with crew.working(processes) as started:
        ended = crew.wait(onlookers)
        size, peak = _size(office), crew.peak_mb()
        server = server_cpu(office.composition.database) - server
        onlookers.end()
    with office.composition.database.connect() as connection:
        span = connection.execute(_SPAN).one()
    return Carried(
        cases=office.cases,
        cpu=crew.cpu,
        wall=(ended - span.begun).total_seconds(),
        first=(span.first - started).total_seconds(),
        peak_mb=peak,
        bytes=size - before,
        processes=processes,
        server=server,
    )


def _size(office: WaveOffice) -> int:
    with office.composition.engine.autocommit.connect() as connection:
        return int(connection.execute(_BYTES).scalar_one())


class Crew:
    """The workers of an office: processes as ``nes web`` starts them."""

    def __init__(self, office: WaveOffice) -> None:
        """Start nothing yet."""
        self.office = office
        self.cpu = 0.0
        self._processes: list[subprocess.Popen[bytes]] = []

    @contextmanager
    def working(self, processes: int) -> Iterator[datetime]:
        """Start so many workers, give the moment, and end them by their own numbers."""
        known = {**os.environ, **environment(self.office.url, self.office.folder)}
        with (self.office.folder / "worker.log").open("wb") as lines:
            started = SystemClock().now()
            try:
                for _ in range(processes):
                    self._processes.append(
                        subprocess.Popen(  # noqa: S603 - our own program
                            worker_command(), env=known, stdin=subprocess.PIPE, stderr=lines
                        )
                    )
                yield started
            finally:
                self._end()

    def wait(self, onlookers: Onlookers) -> datetime:
        """Wait until all is done and return the moment; RuntimeError when nothing moves."""
        pause = LOOK * max(1.0, self.office.cases / LOOKS)
        begun = last_told = since = time.monotonic()
        last: WaveProgress | None = None
        while (seen := self._look()).left > 0 or not self._up():
            now = time.monotonic()
            if seen != last:
                last, since = seen, now
            elif now - since > PATIENCE:
                self._give_up(f"nothing moves any more, {seen.left} things are left")
            if now - begun > BOUND + BOUND_A_CASE * self.office.cases:
                self._give_up(f"it takes too long, {seen.left} things are left")
            if any(map(_has_ended, self._processes)):
                self._give_up("a worker has ended")
            if now - last_told > TOLD:
                onlookers.tell(f"{seen.states} after {now - begun:,.0f} s")
                last_told = now
            onlookers.look(seen.couriered)
            time.sleep(pause)
        onlookers.look(seen.couriered)
        return SystemClock().now()

    def peak_mb(self) -> float:
        """Return the most memory that one of the workers has held so far, in MB."""
        return max(map(_peak_mb, self._processes))

    def _look(self) -> WaveProgress:
        with self.office.composition.database.connect() as connection:
            row = connection.execute(_STANDING).one()
        return WaveProgress(int(row.couriered), int(row.left), row.states)

    def _up(self) -> bool:
        """Say whether each worker has swept once, which it does as soon as it is up."""
        query = text("SELECT count(*) FROM sweep_run WHERE finished_at IS NOT NULL")
        with self.office.composition.database.connect() as connection:
            swept: int = connection.execute(query).scalar_one()
        return swept > len(self._processes)  # one is the release

    def _give_up(self, why: str) -> None:
        log = (self.office.folder / "worker.log").read_text(encoding="utf-8").splitlines()
        message = f"{why}: {''.join(log[-1:])}"
        raise RuntimeError(message)

    def _end(self) -> None:
        for process in self._processes:
            os.kill(process.pid, signal.SIGTERM)  # `send_signal` would wait for one that has ended
        for process in self._processes:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu += usage.ru_utime + usage.ru_stime
            if process.stdin is not None:
                process.stdin.close()


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process has ended; it is left to be waited for, which tells what it took."""
    flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, process.pid, flags) is not None


def _peak_mb(process: subprocess.Popen[bytes]) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
