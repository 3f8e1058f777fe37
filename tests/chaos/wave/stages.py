"""What a process does when it is killed, and the named points at which it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from handlers.applications.institution_letter import CLOSES_AT, write_letters
from handlers.certificates import revocation_lists
from handlers.kit.lanes import LANES
from signing.authority.production import STEPS
from tests.kit.workflow.crash import POINTS
from web.bench.wave.ground import AGO
from web.site.chores import chores
from workflow.model.clock import ISTANBUL, FixedClock, SystemClock
from workflow.running.sweep import sweep
from workflow.running.worker import Pace, work

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.kit.context import CaseEngine
    from workflow.model.clock import Clock

FILES = ("file_copy", "file_rename", "file_replace", "file_fsync")
"""Steps of making and opening a card, which is files: see `victims.count_files`."""

SQL = ("sql_commit",)
"""Before any commit, whosever it is."""

CHORES = ("revocation_lists", "letters", "secrets")
"""What a worker of the wave does by the clock; the rest concerns no case of it."""

PACE = Pace(poll=0.05, sweep=1.0, recover=1.0, lanes=LANES)


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the way of a wave: its clock, its work, its points.

    A process dies when it has passed a point once or, with those that are ``often`` passed, up to
    three times.
    """

    name: str
    clock: Callable[[], Clock]
    do: Callable[[CaseEngine], object]
    once: tuple[str, ...] = ()
    often: tuple[str, ...] = ()


def _work(engine: CaseEngine) -> None:
    mine = [chore for chore in chores(engine) if chore.name in CHORES]
    work(engine, PACE, chores=mine)


def released() -> Clock:
    """Return the clock of a release: what stands in the queue rests for ten minutes first."""
    return FixedClock(SystemClock().now() - AGO)


def evening() -> Clock:
    """Return a moment of tomorrow at which the letters of today are due."""
    day = (SystemClock().now() + timedelta(days=1)).astimezone(ISTANBUL).date()
    after = time(CLOSES_AT.hour, 1)
    return FixedClock(datetime.combine(day, after, ISTANBUL).astimezone(UTC))


SWEEPS = ("run_begun", "cases_claimed", "chunk_swept", "run_done")
PAPERS = ("paper_drawn", "paper_sealed")
LISTS = ("list_signed", "list_written")

RELEASE = Stage(
    "release", released, sweep, once=("run_begun", "chunk_swept", "run_done", "sql_commit")
)
PRODUCTION = Stage(
    "production", SystemClock, _work,
    once=(*PAPERS, *LISTS, *SWEEPS), often=(*POINTS, *STEPS, *STEPS, *FILES, *SQL),
)  # fmt: skip
LETTERS = Stage("letters", evening, write_letters, once=(*PAPERS, *SQL))


def _finish(engine: CaseEngine) -> None:
    work(engine, PACE, until_idle=True)
    revocation_lists.ensure_fresh(engine.database, engine.services, engine.clock.now())


FINISH = Stage("the rest", SystemClock, _finish)
"""What nobody is killed in."""
