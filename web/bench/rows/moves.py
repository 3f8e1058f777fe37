"""The measurement of single moves: ours and the bare script's, turn about in one run."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from web.bench.kit.bare import BareScript
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

    from workflow.engine.engine import CaseEngine

ROUNDS = 7
PER_ROUND = 1_000
WARM_UP = 50

OFFICER = Actor("user:1", frozenset({"officer"}), "demo", 900_000_001)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds for one move: the median over the rounds."""

    hooked: float
    pure: float
    bare: float


def measure(engine: CaseEngine[None], url: URL, rounds: int = ROUNDS) -> Times:
    """Move cases by the hook path, the pure path and the bare script, turn about.

    All three write to the same tables of one database; each commit waits for the disk.
    """
    script = BareScript(url)
    try:
        return _measure(engine, script, rounds)
    finally:
        script.close()


def _measure(engine: CaseEngine[None], script: BareScript, rounds: int) -> Times:
    def hooked(case: int) -> None:
        engine.fire(case, "take_up", OFFICER, workflow="application")

    def pure(case: int) -> None:
        engine.fire(case, "put_off", OFFICER, workflow="application")

    def bare(case: int) -> None:
        script.move(case, "take_up", "queued", engine.clock.now())

    _time(hooked, 1, WARM_UP)
    _time(pure, 1, WARM_UP)
    _time(bare, WARM_UP + 1, WARM_UP)
    results: dict[str, list[float]] = {"hooked": [], "pure": [], "bare": []}
    first = 2 * WARM_UP + 1
    for number in range(rounds):
        start = first + number * 2 * PER_ROUND
        # The pure move brings back the cases that the hooked one has moved before it.
        turns = [("hooked", hooked, start), ("pure", pure, start)]
        other = ("bare", bare, start + PER_ROUND)
        for name, move, at in [other, *turns] if number % 2 else [*turns, other]:
            results[name].append(_time(move, at, PER_ROUND))
    return Times(**{name: median(times) for name, times in results.items()})


def _time(move: Callable[[int], None], first: int, count: int) -> float:
    start = perf_counter()
    for case in range(first, first + count):
        move(case)
    return (perf_counter() - start) / count
