"""The measurement of the limit: a pure move beside one prepared statement on lean tables.

The bare script of the other rows writes every index and the queue as we do, and so hides what they
cost. Here the other side has nothing that a move can do without.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from web.bench.kit.bare import LEAN, LeanScript
from web.bench.kit.ground import Ground, office_on, run_as_owner
from web.bench.kit.table import ABOVE, BELOW, Figure
from web.bench.rows import moves, sweeps
from workflow.model.actor import system

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workflow.engine.engine import CaseEngine

TIMER = system("timer")


@dataclass(frozen=True, slots=True)
class MoveRate:
    """Moves a second and bytes of the server's log a move: the medians over the rounds."""

    moves: float
    written: float


def rows(ground: Ground, swept: float) -> Iterator[Figure]:
    """Yield the rows of the limit; ``swept`` is the rate of the sweep of this ground."""
    ours, lean = measure(ground)
    yield Figure("lean limit: one pure move", ours.moves, lean.moves,
                 "moves/s", 0.5, 0.5, ABOVE)  # fmt: skip
    yield Figure("lean limit: WAL of one pure move", ours.written, 1, "bytes",
                 1_400, 1_400, BELOW)  # fmt: skip
    yield Figure("lean limit: WAL of one pure move, beside the lean one", ours.written,
                 lean.written, "bytes", 2, 1.5, BELOW)  # fmt: skip
    yield Figure(f"lean limit: sweep of {ground.cases:,} due cases", swept,
                 sweeps.measure_lean(ground), "cases/s", 0.6, 0.6, ABOVE)  # fmt: skip


def measure(ground: Ground, rounds: int = moves.ROUNDS) -> tuple[MoveRate, MoveRate]:
    """Move cases by the pure path and by the lean statement, turn about, in one database."""
    with ground.copy() as url, office_on(url) as engine:
        run_as_owner(url, *((part, {}) for part in LEAN))
        script = LeanScript(url, sweeps.released(engine).pieces())
        try:
            return _measure(engine, script, rounds)
        finally:
            script.close()


def _measure(
    engine: CaseEngine[None], script: LeanScript, rounds: int
) -> tuple[MoveRate, MoveRate]:
    def ours(case: int) -> None:
        engine.fire(case, "release", TIMER, workflow="application")

    def lean(case: int) -> None:
        script.move(case, engine.clock.now())

    sides = {"ours": ours, "lean": lean}
    found: dict[str, list[MoveRate]] = {name: [] for name in sides}
    for move in sides.values():
        _pace(script, move, 1, moves.WARM_UP)
    for number in range(rounds):
        first = moves.WARM_UP + 1 + number * moves.PER_ROUND
        for name in sorted(sides, reverse=number % 2 == 0):
            found[name].append(_pace(script, sides[name], first, moves.PER_ROUND))
    return _typical(found["ours"]), _typical(found["lean"])


def _pace(script: LeanScript, move: Callable[[int], None], first: int, count: int) -> MoveRate:
    before, start = script.written(), perf_counter()
    for case in range(first, first + count):
        move(case)
    seconds = perf_counter() - start
    return MoveRate(count / seconds, (script.written() - before) / count)


def _typical(paces: list[MoveRate]) -> MoveRate:
    return MoveRate(median(pace.moves for pace in paces), median(pace.written for pace in paces))
