"""The worker: takes effects from the queue, sweeps by the clock, picks up what died.

Procrastinate keeps the queue in our PostgreSQL; the rings only say when to look. What is due is
read from the database, so a missed minute loses nothing and any number of workers may run.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from procrastinate.exceptions import ConnectorException

from states.kit.errors import DatabaseUnavailable
from states.kit.log_events import LogEvent
from workflow.engine.statement import EFFECT_TASK
from workflow.model.refusal import WorkflowError
from workflow.running import clock_difference, service_outages
from workflow.running.effect_queue import EffectQueue, build_app, kind
from workflow.running.effects import run_effect
from workflow.running.lanes import ONE_LANE, Lanes
from workflow.running.periodic import Ring, ringing
from workflow.running.service_outages import Failed
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import procrastinate

    from workflow.engine.engine import CaseEngine

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker looks, in seconds, and which lanes its effects have."""

    poll: float = 0.25
    sweep: float = 60.0
    recover: float = 10.0
    chores: float = 3_600.0
    heartbeat: float = 10.0
    stalled_after: float = 30.0
    longest_wait: int = 300
    lanes: Lanes = ONE_LANE


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that is done by the clock and concerns no single case; ``name`` is for the log.

    ``every`` is its own pace in seconds, for one that people wait for.
    """

    name: str
    do: Callable[[], object]
    every: float | None = None


@dataclass(slots=True)
class EffectCount:
    """How many effects this worker has run to their end."""

    effects: int = 0


def work(
    engine: CaseEngine[object],
    pace: Pace | None = None,
    *,
    until_idle: bool = False,
    chores: Sequence[Chore] = (),
) -> None:
    """Work until told to stop (SIGTERM, SIGINT) or, with ``until_idle``, until nothing is due.

    ``chores`` are done at the start and every ``pace.chores`` seconds, or at their own pace, by a
    worker that stays; one that fails is told and done again at its next ring.
    Raises DatabaseUnavailable when the database is away at the start or, with ``until_idle``, at
    any time; a worker that stays waits for it.
    """
    # The queue would wait for half a minute before it says that nobody is there.
    engine.database.connect().close()
    asyncio.run(_work(engine, pace or Pace(), until_idle=until_idle, chores=chores))


async def _work(
    engine: CaseEngine[object], pace: Pace, *, until_idle: bool, chores: Sequence[Chore]
) -> None:
    done = EffectCount()

    def run(case: int, n: int, name: str) -> None:
        run_effect(engine, case, n, name)
        done.effects += 1

    app, queue = build_app(engine.database.url, pace.lanes, pace.longest_wait, run)
    with _absence_named(engine):
        async with app.open_async():
            await _recover(queue, pace)
            if until_idle:
                await _work_off(app, queue, engine, pace, done)
            else:
                await _stay(app, queue, engine, pace, chores)


async def _work_off(
    app: procrastinate.App,
    queue: EffectQueue,
    engine: CaseEngine[object],
    pace: Pace,
    done: EffectCount,
) -> None:
    """Run what is queued and move what is due until a round does neither."""
    before = -1
    while done.effects > before or await asyncio.to_thread(_sweep, engine) > 0:
        # An effect that ran last may have queued the next one.
        before = done.effects
        await _run_effects(app, pace, wait=False)
        await _recover(queue, pace)


async def _stay(
    app: procrastinate.App,
    queue: EffectQueue,
    engine: CaseEngine[object],
    pace: Pace,
    chores: Sequence[Chore],
) -> None:
    """Run effects as they come, with the rings beside; an absent database is waited for."""
    async with ringing(_rings(queue, engine, pace, chores)):
        while not await _outlived(app, pace):  # noqa: ASYNC110 - nobody tells when it is back
            await asyncio.sleep(pace.poll)


def _rings(
    queue: EffectQueue, engine: CaseEngine[object], pace: Pace, chores: Sequence[Chore]
) -> list[Ring]:
    """Return what a worker that stays does by the clock."""

    async def recover() -> None:
        await _recover(queue, pace)

    return [
        Ring("sweep", lambda: _sweep(engine), pace.sweep, at_once=True),
        Ring("recover", recover, pace.recover),
        *(_ring(engine, chore, chore.every or pace.chores) for chore in chores),
    ]


def _ring(engine: CaseEngine[object], chore: Chore, every: float) -> Ring:
    """Return the ring of a chore, which writes down that it fails and that it does so no more."""
    key = f"chore/{chore.name}"
    failing = True  # as a worker before this one may have left it

    def do() -> None:
        nonlocal failing
        try:
            chore.do()
        except Exception as error:
            failing, now = True, engine.clock.now()
            again = now + timedelta(seconds=every)
            service_outages.note(
                engine.database, Failed(key, chore.name, service_outages.why(error), now, again)
            )
            raise
        if failing:
            service_outages.clear(engine.database, key)
            failing = False

    return Ring(chore.name, do, every, at_once=True)


async def _outlived(app: procrastinate.App, pace: Pace) -> bool:
    """Run effects; return True when told to stop, False when the database went away."""
    try:
        await _run_effects(app, pace, wait=True)
    except ConnectorException as error:
        log.warning(LogEvent.QUEUE_AWAY, code=kind(error))
        return False
    return True


async def _run_effects(app: procrastinate.App, pace: Pace, *, wait: bool) -> None:
    await app.run_worker_async(
        queues=[EFFECT_TASK],
        wait=wait,
        concurrency=pace.lanes.seats,
        fetch_job_polling_interval=pace.poll,
        listen_notify=False,
        update_heartbeat_interval=pace.heartbeat,
        stalled_worker_timeout=pace.stalled_after,
    )


@contextmanager
def _absence_named(engine: CaseEngine[object]) -> Iterator[None]:
    """Say in the product's words that the queue's database is away."""
    try:
        yield
    except ConnectorException as error:
        where = str(engine.database.url)
        sentence = (
            f"The queue at {where} is out of reach. "
            "Check that PostgreSQL runs and that NES_DATABASE_URL is right."
        )
        raise DatabaseUnavailable(sentence, where=where) from error


def _sweep(engine: CaseEngine[object]) -> int:
    """Sweep and return how many cases moved; what stops it is told and waits for the next ring.

    By a clock that is ahead, nothing is due before it is due by the database's: what has expired,
    or was released, too early is not taken back.
    """
    try:
        report = sweep(engine, as_of=engine.clock.now() - clock_difference.ahead(engine.database))
    except (WorkflowError, DatabaseUnavailable) as error:
        log.warning(LogEvent.SWEEP_STOPPED, code=error.code)
        return 0
    if report.rows:
        log.info(LogEvent.SWEPT, moved=report.moved, refused=report.refused, batch=report.batch)
    return report.moved


async def _recover(queue: EffectQueue, pace: Pace) -> None:
    """Put back what nobody runs: a worker died, or the end of an effect could not be written."""
    for key in await queue.put_back(pace.stalled_after):
        log.warning(LogEvent.EFFECT_RECOVERED, key=key)
