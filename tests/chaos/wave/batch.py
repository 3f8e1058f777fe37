"""One office of the wave: its cases are carried to the courier by processes that are killed."""

from __future__ import annotations

import math
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from states.postgres.database import conninfo
from tests.chaos.site import Site
from tests.chaos.wave.findings import Looker
from tests.chaos.wave.stages import FINISH, LETTERS, PRODUCTION, RELEASE, Stage
from tests.chaos.wave.stock import fill_stock
from tests.chaos.wave.victims import MOMENT, Doom, Victim, forked, put_to_work
from web.bench.kit.crowd import settings_for
from web.gate.composition import compose

if TYPE_CHECKING:
    from states.kit.settings import Settings
    from web.bench.wave.ground import WaveGround, WaveOffice

CASES = 24
"""Renewals of one office: enough that they outlast some thirty kills."""

FEW = 3
"""With so little left to do an office is finished: a process there would seldom meet its point."""

BOOT = 60.0
"""Seconds within which a process has begun."""

PATIENCE = 5.0
"""Seconds after which a process that has not met its point is killed all the same."""

TOGETHER = 0.4
"""How often two processes work at once, as those of ``nes worker --processes 2``."""

AT_ANY_MOMENT = 0.15
"""How often a process is killed from outside, not at a point."""

EVENINGS = 2
"""Kills of an office while the letters of the day are written."""

FINISHES = 5
"""So many rounds of a clean run at most: each lets pass what a killed process has to be silent."""

_LEFT = """
SELECT (SELECT count(*) FROM application WHERE state <> 'couriered')
    + (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))
"""

# Who is dead is known: the half minute of their silence, and the pauses of what failed, pass.
TIME_PASSES = """
WITH silent AS (
    UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'
), rested AS (
    UPDATE application SET due_at = due_at - interval '1 day' WHERE state = 'queued'
)
UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'
"""


@dataclass
class Batch:
    """So many kills in one office, what they were, and what did not hold afterwards."""

    kills: int
    seed: int
    until: float = math.inf
    """When no more processes are killed, by the monotonic clock."""
    killed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    said: str = ""
    """What the processes told, where something did not hold."""
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Begin the row of chances."""
        self.chance = random.Random(self.seed)

    def run(self, ground: WaveGround) -> None:
        """Fill an office, kill in each stage, finish, and look."""
        with ground.office(CASES) as office:
            fill_stock(office.composition.engine, CASES)
            office.composition.database.dispose()
            looker = Looker(office)
            before = looker.before()
            self._kill_in(office)
            self.bring_to_end(settings_for(office.url, office.folder), looker.site)
            self.wrong.update(looker.look(before))
            if self.wrong:
                self.said = looker.log

    def _kill_in(self, office: WaveOffice) -> None:
        settings = settings_for(office.url, office.folder)
        site = Site(office.folder, address=conninfo(office.url))
        self.round(settings, RELEASE)
        self.finish(settings, RELEASE)
        while self.killed.total() < self.kills - EVENINGS and left(site) > FEW:
            together = 2 if self.chance.random() < TOGETHER else 1
            self.round(settings, *[PRODUCTION] * together)
            site.ask(TIME_PASSES)
            if not self.is_time():
                return
        for _ in range(EVENINGS):
            self.round(settings, LETTERS)

    def is_time(self) -> bool:
        """Say whether there is time for another kill."""
        return time.monotonic() < self.until

    def round(self, settings: Settings, *stages: Stage) -> None:
        """Let a process for each stage work on the office at once until each is killed."""
        victims = [put_to_work(settings, stage, self.doom(stage)) for stage in stages]
        for victim in victims:
            victim.is_up(BOOT)
        for stage, victim in zip(stages, victims, strict=True):
            self._see_die(stage, victim)

    def doom(self, stage: Stage) -> Doom:
        """Choose where the next process of a stage dies."""
        if self.chance.random() < AT_ANY_MOMENT:
            return Doom(MOMENT, self.chance.randint(0, 1000))
        point = self.chance.choice(stage.once + stage.often)
        return Doom(point, self.chance.randint(1, 3) if point in stage.often else 1)

    def _see_die(self, stage: Stage, victim: Victim) -> None:
        at_any = victim.doom.point == MOMENT
        began = time.monotonic()
        status = victim.end(victim.doom.passing / 1000 if at_any else PATIENCE)
        if not os.WIFSIGNALED(status):
            # Its work was done before it met its point; an error is in its log.
            if status:
                self.wrong["a process ended by an error"] += 1
            return
        if os.WTERMSIG(status) != signal.SIGKILL:
            self.wrong[f"a process died of signal {os.WTERMSIG(status)}"] += 1
        met = not at_any and time.monotonic() - began < PATIENCE
        self.killed[f"{stage.name}/{victim.doom.point if met else MOMENT}"] += 1

    def bring_to_end(self, settings: Settings, site: Site) -> None:
        """Let a process that nobody kills bring everything to its end."""
        for _ in range(FINISHES):
            site.ask(TIME_PASSES)
            self.finish(settings, FINISH)
            if not left(site):
                break
        self.finish(settings, LETTERS)

    def finish(self, settings: Settings, stage: Stage) -> None:
        def do(_writing: int) -> None:
            stage.do(compose(settings, stage.clock(), "nes worker").engine)

        process, reading = forked(do, settings.var / "victims.log")
        _, status = os.waitpid(process, 0)
        os.close(reading)
        if status:
            self.wrong[f"the clean run of {stage.name} broke"] += 1


def left(site: Site) -> int:
    """Return how many cases and effects of an office are not at their end."""
    return int(str(site.ask(_LEFT)[0][0]))
