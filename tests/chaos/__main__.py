"""The run: 1,000 kills, some in an office under load with faults, and a table of what held.

    python -m tests.chaos [--kills 1000] [--site-kills 25] [--seed N] [--seconds 1200]

Most kills are of workers in the middle of a wave (tests/chaos/wave), which takes them by the
second; the others are of everything that belongs to an office under load.

It ends with 1 when anything did not hold, and then keeps what the processes told. It ends all that
it started, also when it is interrupted, and removes its folder unless asked to keep it.
"""

from __future__ import annotations

import argparse
import logging
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter, deque
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.chaos import players
from tests.chaos.browser import Browser
from tests.chaos.checks import LONGEST_STUCK, Checks
from tests.chaos.ground import prepared
from tests.chaos.harm import Harm
from tests.chaos.ledger import Ledger, Said
from tests.chaos.pages import Away, Judge
from tests.chaos.players import Scene, Signer
from tests.chaos.site import PATIENCE, Site
from tests.chaos.wave.crew import Wave
from web.gate.logs import configure_logs, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.chaos.ground import Ground

HOLDERS = 2
APPLICANTS = 2
PEOPLE_A_KILL = 2
"""So many people are there to apply while one kill happens: the load must not run out of them."""

SPARE = 20

DISK = 6 * 1024**3
"""Bytes of the file system of its own that an office gets where we may mount one."""

SITE_SHARE = 40
"""One of so many kills is of a whole office, which takes its time to rise."""

WAVE_SHARE = 0.6
"""The part of the time that the kills in a wave may take."""

SHOWN = 5
"""So many of a kind stand in the table."""

MARKS = ("Traceback", "ended_by_error", "Request finalizing failed", '"not_serving"')
"""What stands in no log."""


@dataclass
class Run:
    """One run and everything it finds."""

    site: Site
    kills: int
    seed: int
    disk: int
    stopping: threading.Event
    lost: int = 0
    twice: int = 0
    away: Away = field(default_factory=Away)
    ledger: Ledger = field(default_factory=Ledger)
    rows: list[tuple[str, object, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put judge, harm and checks together."""
        self.judge = Judge(self.away)
        self.harm = Harm(self.site, self.away, self.seed, self.stopping, balloon=self.disk)
        self.checks = Checks(self.site)
        self.sources = cycle(f"127.0.{n // 250 + 1}.{n % 250 + 1}" for n in range(2_000))

    def run(self) -> None:
        """Prepare, harm, settle, look."""
        self.tell("filling an office")
        ground = prepared(self.site, PEOPLE_A_KILL * self.kills + SPARE, HOLDERS)
        keys = self.site.command("keys", "check")
        self.site.start()
        self.harm.begin()
        scene = Scene(self._browser, deque(ground.people), stopping=threading.Event())
        crowd = self._crowd(scene, ground)
        try:
            self.harm.run(self.kills, self._between)
        except Exception as error:  # noqa: BLE001 - what was found until then is worth telling
            self.harm.wrong.append(f"the run broke: {place_of(error)}")
        finally:
            scene.stopping.set()
            for one in crowd:
                one.join(PATIENCE)
        self._settle(keys)

    def _browser(self, actor: str) -> Browser:
        return Browser(self.site.url, next(self.sources), actor, self.judge, self.ledger)

    def _crowd(self, scene: Scene, ground: Ground) -> list[threading.Thread]:
        first, second, operator, auditor = (
            ground.staff[f"demo:{name}"]
            for name in ("officer-1", "officer-2", "operator", "officer-1")
        )
        work = [
            *[(players.applies, (scene,))] * APPLICANTS,
            (players.REGISTERS.works, (scene, first, scene.filed, scene.registered)),
            (players.APPROVES.works, (scene, second, scene.registered, scene.approved)),
            (players.PRODUCES.works, (scene, operator, scene.approved, None)),
            (players.reads, (scene, auditor)),
            *[(Signer(scene, who, held, ground.store).signs, ()) for who, held in ground.holders],
            (self._watch, (scene,)),
        ]
        threads = [threading.Thread(target=do, args=given, daemon=True) for do, given in work]  # type: ignore[arg-type]  # functions of many shapes
        for thread in threads:
            thread.start()
        return threads

    def _watch(self, scene: Scene) -> None:
        for _ in scene.tries():
            self.checks.stuck()

    def _between(self) -> None:
        self.checks.between()
        done, killed = self.ledger.total(Said.DONE), self.harm.killed.total()
        wrong = sum(self.judge.faults.values()) + len(self.harm.wrong) + len(self.checks.wrong)
        self.tell(f"{killed} kills, {done} moves acknowledged, {wrong} things wrong")

    def _settle(self, keys: str) -> None:
        """Let the office come to rest, end it, and look at everything."""
        note = self.rows.append
        settled = self.checks.settled(threading.Event().wait)
        self.checks.between()
        balance, silent = self.checks.moves(self.ledger), self.checks.effects()
        self.lost = len(balance.lost) + len(silent)
        self.twice = len(balance.untrue) + self.checks.wrong.total()
        note(("kills", _counts(self.harm.killed), self.harm.killed.total() >= self.kills))
        note(("faults besides", _counts(self.harm.faults), True))
        note(("pages", _counts(self.judge.statuses), True))
        note(("pages that must not be", *_none(self.judge.faults)))
        note(("acknowledged moves", self.ledger.total(Said.DONE), True))
        note(("in the journal", _counts(self.checks.made()), True))
        note(("of these lost", *_none(balance.lost)))
        note(("made though denied, or twice", *_none(balance.untrue)))
        note(("twice or half in the database", *_none(self.checks.wrong)))
        note(("effects ordered and not done", *_none(silent)))
        note(("at rest within two minutes", settled, settled))
        seconds, case = self.checks.longest
        stood = f"{seconds:.1f} {case}"
        note(("longest where only the system leads on, s", stood, seconds <= LONGEST_STUCK))
        note(("outlived, or not up again by itself", *_none(self.harm.wrong)))
        note(("up again after, s at most", _counts(self.harm.slowest), True))
        self._end(keys)

    def _end(self, keys: str) -> None:
        """End the office as Ctrl-C does, and judge what stays of it."""
        note = self.rows.append
        everybody = self.site.everybody()
        code = self.site.stop()
        _, alive = psutil.wait_procs(everybody, timeout=PATIENCE)
        note(("ended by SIGTERM", f"code {code}, {len(alive)} left", (code, alive) == (0, [])))
        verified, conforms = (self.site.command("journal", what) for what in ("verify", "conform"))
        note(("verify", verified, "verifies" in verified))
        note(("conform", conforms, conforms.startswith("Every one")))
        keys_now = self.site.command("keys", "check")
        note(("keys of the house", keys_now, keys_now == keys))
        log = self.site.log.read_text()
        note(("in the logs", *_none(Counter({mark: log.count(mark) for mark in MARKS}))))

    def table(self) -> Iterable[str]:
        """Return the lines of the table."""
        for name, value, holds in self.rows:
            yield f"{'' if holds else 'NOT '}ok".ljust(8) + f"{name:44}{value}"
        for fault, sample in self.judge.samples.items():
            yield f"        {fault}: {sample}"

    @staticmethod
    def tell(text: str) -> None:
        """Say what is under way."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def rows_of(wave: Wave) -> Iterable[tuple[str, object, bool]]:
    """Yield what the kills in the middle of a wave have shown."""
    yield "kills in a wave", _counts(wave.killed), wave.killed.total() >= wave.kills
    yield ("lost in a wave", *_none(wave.of("lost")))
    yield ("twice in a wave", *_none(wave.of("twice")))
    yield ("orphans in a wave", *_none(wave.of("orphan")))
    others = wave.wrong - wave.of("lost", "twice", "orphan")
    yield ("torn, broken or not conforming", *_none(others))


def verdict(run: Run, wave: Wave) -> str:
    """Return both parts in one line."""
    kills = run.harm.killed.total() + wave.killed.total()
    lost = run.lost + wave.of("lost").total()
    twice = run.twice + wave.of("twice").total()
    return f"{kills:,} kills, {lost} lost, {twice} twice, {wave.of('orphan').total()} orphans"


def _counts(found: Mapping[str, float] | Mapping[int, int]) -> str:
    """Return counts or seconds with their names, in one line."""
    return ", ".join(f"{round(count, 1)} {name}" for name, count in found.items() if count)


def _none(found: Counter[str] | Sequence[object]) -> tuple[object, bool]:
    """Return what to show of what must not be, and whether it is not."""
    if isinstance(found, Counter):
        return _counts(found) or 0, not found.total()
    return list(found[:SHOWN]) or 0, not found


def _own_disk(folder: Path, ended: ExitStack) -> int:
    """Mount a file system of our own where we may; return its size, 0 where we may not."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "nes-chaos", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        return 0
    ended.callback(lambda: subprocess.run(["umount", "--lazy", str(folder)], check=False))
    return DISK


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--site-kills", type=int, help="of these in a whole office; 1 of 40")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--seconds", type=float, default=1_050.0, help="when no more are killed")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    asked = parser.parse_args()
    if asked.site_kills is None:
        asked.site_kills = -(-asked.kills // SITE_SHARE)
    return asked


def main() -> int:
    """Run, print the table, end everything."""
    asked = _asked()
    configure_logs(logging.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="nes-chaos-"))
    folder.chmod(0o755)
    with ExitStack() as ended:
        if not asked.keep:
            ended.callback(shutil.rmtree, folder, ignore_errors=True)
        disk = 0 if asked.keep else _own_disk(folder, ended)
        site = Site(folder)
        ended.callback(site.end)
        stopping = threading.Event()
        run = Run(site, asked.site_kills, asked.seed, disk, stopping)
        wave = Wave(
            folder, asked.kills - asked.site_kills, asked.seed, asked.seconds * WAVE_SHARE, run.tell
        )
        _end_at(asked.seconds, stopping, wave)
        run.tell(f"seed {asked.seed}, folder {folder}")
        wave.run()
        run.run()
        run.rows[:0] = rows_of(wave)
        held = all(holds for _, _, holds in run.rows)
        for line in (*run.table(), verdict(run, wave)):
            run.tell(line)
        if not held:
            kept = shutil.copy(site.log, f"{folder}.log")
            with Path(kept).open("a", encoding="utf-8") as log:
                log.writelines(wave.said)
            run.tell(f"what its processes told: {kept}")
    return 0 if held else 1


def _end_at(seconds: float, stopping: threading.Event, wave: Wave) -> None:
    """Kill nobody any more when the time is over; end all of it when somebody asks for it."""

    def end(*_: object) -> None:
        stopping.set()
        wave.end()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    latest = threading.Timer(seconds, stopping.set)
    latest.daemon = True
    latest.start()


if __name__ == "__main__":
    sys.exit(main())
