"""The lanes of a wave as processes, and what they have found together."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from states.postgres.scratch import scratch_database
from tests.kit.postgres import running_server
from web.bench.wave.ground import wave_ground

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import URL

    from states.postgres.server import EmbeddedServer

LANES = 2
"""Offices in which processes are killed at the same time."""

DUE = 20_000
"""Cases that are due while sweeps are killed."""

A_LIST_EACH = {"NES_LIST_INTERVAL": "1"}
"""Lists are made each second, so that there are some to kill."""


@dataclass
class Wave:
    """So many kills in the lanes, the sweeps of many due cases among them."""

    folder: Path
    kills: int
    seed: int
    seconds: float
    tell: Callable[[str], None]
    due: int = DUE
    lanes: int = LANES
    of_many: int = 20
    """One of so many kills is of a sweep with that many due."""
    killed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    _running: list[subprocess.Popen[str]] = field(default_factory=list)
    _ended: bool = False

    def run(self) -> None:
        """Start a server, and kill on it."""
        with running_server(self.folder / "wave-postgres") as server:
            self.run_on(server)

    def run_on(self, server: EmbeddedServer) -> None:
        """Make the keys of an office, start the lanes, and gather what they tell."""
        self.tell("making the keys of an office of the wave")
        keys, threads = self.folder / "wave", []
        keys.mkdir()
        with wave_ground(server.url("postgres"), keys) as ground, ExitStack() as dropped:
            for share in self._shares():
                # Nobody else may be connected to a template while it is copied.
                given = server.url("postgres"), "nes_wave_lane", str(ground.template.database)
                own = dropped.enter_context(scratch_database(*given))
                thread = threading.Thread(target=self._lane, args=(own, keys, *share))
                thread.start()
                threads.append(thread)
            for thread in threads:
                thread.join()

    def end(self) -> None:
        """End the lanes and who works for them: what they have not told is not known."""
        self._ended = True
        for process in self._running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)

    def of(self, *kinds: str) -> Counter[str]:
        """Return what is wrong of some kinds: a name begins with its kind."""
        return Counter({what: n for what, n in self.wrong.items() if what.startswith(kinds)})

    def _shares(self) -> Iterator[tuple[int, int, int]]:
        """Yield kills, seed and due cases of each lane."""
        many = self.kills // self.of_many if self.due else 0
        if many:
            yield many, self.seed, self.due
        for lane in range(self.lanes):
            share = (self.kills - many + lane) // self.lanes
            yield share, self.seed + 1_000 * (lane + 1), 0

    def _lane(self, template: URL, keys: Path, kills: int, seed: int, due: int) -> None:
        place = template.render_as_string(hide_password=False), str(keys / "template")
        numbers = (str(number) for number in (kills, seed, int(self.seconds), due))
        with subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.wave", *place, *numbers],
            env={**os.environ, **A_LIST_EACH},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            self._running.append(process)
            for line in process.stdout or ():
                self._take_in(json.loads(line))
        if process.returncode and not self._ended:
            self.wrong["a lane broke"] += 1

    def _take_in(self, told: dict[str, Any]) -> None:
        """Add what a lane says of one office."""
        self.killed.update(told["killed"])
        self.wrong.update(told["wrong"])
        self.said += [told["said"]] * bool(told["said"])
        self.tell(f"{self.killed.total()} kills in the wave, {self.wrong.total()} things wrong")
