"""The measurement of the sweep: everything due at once, and little due among much."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from web.bench.kit.bare import LEAN, move_set
from web.bench.kit.far import alone
from web.bench.kit.ground import Ground, office_on, run_as_owner
from workflow.model.entry import EntryContent
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from sqlalchemy import URL

    from workflow.engine.engine import CaseEngine

ROUNDS = 3

_REST = "UPDATE application SET due_at = TIMESTAMPTZ '2100-01-01 00:00Z' WHERE id > %(due)s"


@dataclass(frozen=True, slots=True)
class Rates:
    """Cases a second, the medians over the rounds, and the peak memory of our process in MB."""

    ours: float
    bare: float
    peak_mb: float


def measure(ground: Ground, rounds: int = ROUNDS) -> Rates:
    """Sweep all cases of a fresh copy, and move those of another copy by one bare statement."""
    ours: list[float] = []
    bare: list[float] = []
    peaks: list[float] = []
    for _ in range(rounds):
        with ground.copy() as url:
            bare.append(move_copy(url, ground.cases))
        with ground.copy() as url:
            seconds, peak = alone(partial(sweep_copy, url, ground.cases))
            ours.append(ground.cases / seconds)
            peaks.append(peak)
    return Rates(median(ours), median(bare), max(peaks))


def measure_few(ground: Ground, due: int) -> float:
    """Return the seconds of a sweep when only some of the cases are due: the median of rounds."""
    times = []
    for _ in range(ROUNDS):
        with ground.copy() as url:
            run_as_owner(
                url,
                (_REST, {"due": due}),
                ("VACUUM ANALYZE application", {}),
                ("CHECKPOINT", {}),
            )
            times.append(sweep_copy(url, due))
    return median(times)


def sweep_copy(url: URL, expected: int) -> float:
    """Return the seconds of a sweep; RuntimeError when it moves another number of cases."""
    with office_on(url) as office:
        start = perf_counter()
        report = sweep(office)
        seconds = perf_counter() - start
    if (report.moved, report.refused) != (expected, 0):
        message = f"the sweep moved {report.moved} of {expected} cases"
        raise RuntimeError(message)
    return seconds


def measure_lean(ground: Ground, rounds: int = ROUNDS) -> float:
    """Return the rate of one bare statement on the lean tables: the median of the rounds."""
    rates = []
    for _ in range(rounds):
        with ground.copy() as url:
            run_as_owner(url, *((part, {}) for part in LEAN))
            rates.append(move_copy(url, ground.cases, lean=True))
    return median(rates)


def move_copy(url: URL, cases: int, *, lean: bool = False) -> float:
    """Return the rate of the bare statement; RuntimeError when it moves another number."""
    with office_on(url) as office:
        entry = released(office)
        start = perf_counter()
        moved = move_set(url, entry.at, entry.pieces(), lean=lean)
        seconds = perf_counter() - start
    if moved != cases:
        message = f"the bare statement moved {moved} of {cases} cases"
        raise RuntimeError(message)
    return cases / seconds


def released(office: CaseEngine[None]) -> EntryContent:
    """Return the entry of the move that a sweep makes, as a bare script writes it."""
    (definition,) = office.library.current.values()
    return EntryContent(
        workflow="application",
        definition=definition.sha256,
        trigger="release",
        target="queued",
        actor="system:timer",
        role="system",
        auth="internal",
        at=office.clock.now(),
        batch="bare",
        rules=dict.fromkeys(definition.transitions["release"].rules, "allow"),
    )
