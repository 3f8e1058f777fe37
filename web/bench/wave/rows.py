"""The rows of the wave: what a case costs, whether it grows, and how soon the first one is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.bench.kit.far import alone
from web.bench.kit.table import ABOVE, BELOW, Figure
from web.bench.wave import need
from web.bench.wave.workers import Carried, carry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from web.bench.wave.ground import WaveGround
    from web.bench.wave.need import Need

WARM_UP = 4
"""Cases of the run whose cost is taken off the others': what a worker pays once."""

SHARE = 100
"""The small wave that the whole one is held against is this part of it."""

PAIRED = 20
"""Cases of a small wave at the least, and of the runs with one worker and with two."""


@dataclass(frozen=True, slots=True)
class Waves:
    """The runs of one measurement: of all cases, of few and of almost none, and a pair."""

    whole: Carried
    small: Carried
    warm_up: Carried
    two: Carried

    def cost(self, run: Carried) -> float:
        """Return seconds of CPU a case, without what a worker pays once."""
        return (run.cpu - self.warm_up.cpu) / (run.cases - self.warm_up.cases)


def rows(ground: WaveGround, cases: int, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the rows of a wave of so many cases, telling what is under way."""
    tell("setting and sealing forms, making keys")
    needed, _ = alone(need.measure)
    waves = Waves(
        warm_up=_run(ground, WARM_UP, tell),
        small=_run(ground, max(cases // SHARE, PAIRED), tell),
        two=_run(ground, PAIRED, tell, processes=2),
        whole=_run(ground, cases, tell),
    )
    yield from _costs(waves, needed)
    yield from _whole(waves.whole)


def _run(
    ground: WaveGround, cases: int, tell: Callable[[str], None], processes: int = 1
) -> Carried:
    workers = "one worker" if processes == 1 else f"{processes} workers"
    tell(f"carrying {cases:,} cases with {workers}")
    with ground.office(cases) as office:
        return carry(office, processes)


def _costs(waves: Waves, needed: Need) -> Iterator[Figure]:
    whole, small = waves.whole, waves.small
    cost, cost_small = waves.cost(whole), waves.cost(small)
    yield Figure(f"CPU of a case at {whole.cases:,} against at {small.cases:,}",
                 cost * 1e3, cost_small * 1e3, "ms", 1.2, 1.05, BELOW)  # fmt: skip
    yield Figure("cases a minute, two workers against one",
                 60 * waves.two.cases / waves.two.wall, 60 * small.cases / small.wall,
                 "1/min", 1.7, 1.9, ABOVE)  # fmt: skip
    yield Figure("CPU of a case against its bare key, signature and form",
                 cost * 1e3, needed.whole * 1e3, "ms", 2, 1.4, BELOW)  # fmt: skip


def _whole(run: Carried) -> Iterator[Figure]:
    yield Figure("database a case", run.bytes / run.cases / 1e3, 1, "kB", 60, 40, BELOW)
    yield Figure("worker's peak memory", run.peak_mb, 1, "MB", 400, 250, BELOW)
    yield Figure("release to the first card with the courier", run.first, 1, "s", 10, 3, BELOW)
