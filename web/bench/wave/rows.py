"""The rows of the wave: what a case costs, whether it grows, and how soon the first one is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.bench.kit.far import alone
from web.bench.kit.table import ABOVE, BELOW, Figure
from web.bench.rows import cards as card_rows
from web.bench.wave import need
from web.bench.wave.machine import cores
from web.bench.wave.witness import witness_of
from web.bench.wave.workers import Onlookers, carry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from web.bench.wave.ground import WaveGround
    from web.bench.wave.need import Need
    from web.bench.wave.witness import Witnessed
    from web.bench.wave.workers import Carried

WARM_UP = 4
"""Cases of the run whose cost is taken off the others': what a worker pays once."""

SHARE = 100
"""The small wave that the whole one is held against is this part of it."""

PAIRED = 100
"""Cases of a small wave at the least, where there are so many; as many are carried by two workers
as by one. A wave of fewer is mostly its start and its end."""

WORKERS = 2
"""Workers that carry the whole wave, so that one of 20,000 takes a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Waves:
    """The runs of one measurement: of all cases, of few and of almost none, and a pair."""

    whole: Carried
    small: Carried
    warm_up: Carried
    two: Carried

    def cost(self, run: Carried) -> float:
        """Return seconds of CPU a case, without what each worker pays once."""
        once = run.processes * self.warm_up.cpu, run.processes * self.warm_up.cases
        return (run.cpu - once[0]) / (run.cases - once[1])

    @property
    def allowed(self) -> float:
        """Return how many cases a minute two workers can carry on the cores that there are.

        That is twice as many as one, unless a case takes so much CPU, of a worker and of the
        database's server beside it, that the cores are used up before.
        """
        demand = self.cost(self.small) + self.small.server / self.small.cases
        return 60 * min(cores() / demand, WORKERS * self.small.cases / self.small.wall)


def rows(
    ground: WaveGround, cases: int, kept: Path, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Yield the rows of a wave of so many cases, telling what is under way.

    The folder keeps what was handed out meanwhile: lists, answers, certificates.
    """
    tell("making cards")
    cards, _ = alone(card_rows.measure)
    yield cards
    tell("setting and sealing forms, making keys")
    needed, _ = alone(need.measure)
    few = max(cases // SHARE, min(cases, PAIRED))
    warm_up = _run(ground, WARM_UP, tell)
    small, two = _run(ground, few, tell), _run(ground, few, tell, WORKERS)
    whole, seen = _watched(ground, cases, kept, tell)
    waves = Waves(whole, small, warm_up, two)
    yield from _costs(waves, needed)
    yield from _whole(waves.whole)
    yield from _outside(seen, tell)


def _run(
    ground: WaveGround, cases: int, tell: Callable[[str], None], processes: int = 1
) -> Carried:
    _tell_run(cases, processes, tell)
    with ground.office(cases) as office:
        return carry(office, processes, Onlookers(tell))


def _watched(
    ground: WaveGround, cases: int, kept: Path, tell: Callable[[str], None]
) -> tuple[Carried, Witnessed]:
    _tell_run(cases, WORKERS, tell)
    with ground.office(cases) as office, witness_of(office, kept) as witness:
        carried = carry(office, WORKERS, Onlookers(tell, witness.look, witness.end))
        return carried, witness.seen


def _tell_run(cases: int, processes: int, tell: Callable[[str], None]) -> None:
    workers = "one worker" if processes == 1 else f"{processes} workers"
    tell(f"carrying {cases:,} cases with {workers}")


def _costs(waves: Waves, needed: Need) -> Iterator[Figure]:
    whole, small = waves.whole, waves.small
    cost, cost_small = waves.cost(whole), waves.cost(waves.two)
    yield Figure(f"CPU of a case at {whole.cases:,} against at {small.cases:,}, two workers",
                 cost * 1e3, cost_small * 1e3, "ms", 1.2, 1.05, BELOW)  # fmt: skip
    yield Figure("cases a minute, two workers against one",
                 60 * waves.two.cases / waves.two.wall, 60 * small.cases / small.wall,
                 "1/min", 1.7, 1.9, ABOVE)  # fmt: skip
    yield Figure("cases a minute, two workers against what the cores allow them",
                 60 * waves.two.cases / waves.two.wall, waves.allowed, "1/min",
                 0.85, 0.95, ABOVE)  # fmt: skip
    yield Figure("CPU of a case against its bare key, signature and form",
                 cost * 1e3, needed.whole * 1e3, "ms", 2, 1.4, BELOW)  # fmt: skip


def _whole(run: Carried) -> Iterator[Figure]:
    yield Figure("database a case", run.bytes / run.cases / 1e3, 1, "kB", 60, 40, BELOW)
    yield Figure("worker's peak memory", run.peak_mb, 1, "MB", 400, 250, BELOW)
    yield Figure("release to the first card with the courier", run.first, 1, "s", 10, 3, BELOW)


def _outside(seen: Witnessed, tell: Callable[[str], None]) -> Iterator[Figure]:
    for refused in seen.refused:
        tell(f"openssl refuses {refused}")
    yield Figure("list, answers and certificates that openssl accepts, in and after the wave",
                 seen.accepted, seen.asked, "", 1, 1, ABOVE)  # fmt: skip
    yield Figure("a revocation in the wave is seen in list and answer", seen.seconds, 1, "s",
                 60, 5, BELOW)  # fmt: skip
