"""Owns the worker: takes effects from the queue, sweeps by the clock, picks up what died.

Procrastinate keeps the queue in our PostgreSQL; APScheduler only says when to look. What is due is
read from the database, so a missed minute loses nothing and any number of workers may run.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import procrastinate
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import ConnectorException

from states.database import APP_ROLE, conninfo
from states.errors import DatabaseUnavailable
from workflow.clock import SystemClock
from workflow.effects import run_effect
from workflow.refusal import WorkflowError
from workflow.statement import EFFECT_TASK
from workflow.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from procrastinate.jobs import Job

    from workflow.engine import Office

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker looks, in seconds, and how many effects it runs at once."""

    poll: float = 1.0
    sweep: float = 60.0
    recover: float = 30.0
    chores: float = 3_600.0
    heartbeat: float = 10.0
    stalled_after: float = 30.0
    longest_wait: int = 300
    effects_at_once: int = 4


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that is done by the clock and concerns no single case; ``name`` is for the log.

    ``every`` is its own pace in seconds, for one that people wait for.
    """

    name: str
    do: Callable[[], object]
    every: float | None = None


class KeepTrying(BaseRetryStrategy):
    """Try again after 1, 2, 4 … seconds, at most ``longest`` apart, for ever: nothing is lost."""

    def __init__(self, longest: int) -> None:
        """Keep the longest wait in seconds."""
        self.longest = longest

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """Log why (without personal data) and say when to try again."""
        seconds = min(2 ** min(job.attempts, 20), self.longest)
        log.warning(
            "effect_postponed",
            key=job.queueing_lock,
            why=type(exception).__name__,
            seconds=seconds,
        )
        return RetryDecision(retry_in={"seconds": seconds})


@dataclass(slots=True)
class Done:
    """How many effects this worker has run to their end."""

    effects: int = 0


def build_app(office: Office, pace: Pace, done: Done) -> procrastinate.App:
    """Return the queue over the office's database, under the limited role."""
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo(office.database.url),
        kwargs={"options": f"-c timezone=UTC -c role={APP_ROLE}"},
        min_size=1,
        max_size=pace.effects_at_once + 2,
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=EFFECT_TASK, queue=EFFECT_TASK, retry=KeepTrying(pace.longest_wait))
    def effect(case: int, n: int, name: str) -> None:
        run_effect(office, case, n, name)
        done.effects += 1

    return app


def work(
    office: Office,
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
    office.database.connect().close()
    asyncio.run(_work(office, pace or Pace(), until_idle=until_idle, chores=chores))


async def _work(office: Office, pace: Pace, *, until_idle: bool, chores: Sequence[Chore]) -> None:
    done = Done()
    app = build_app(office, pace, done)
    with _absence_named(office):
        async with app.open_async():
            await _recover(app, pace)
            if until_idle:
                await _work_off(app, office, pace, done)
            else:
                await _stay(app, office, pace, chores)


async def _work_off(app: procrastinate.App, office: Office, pace: Pace, done: Done) -> None:
    """Run what is queued and move what is due until a round does neither."""
    before = -1
    while done.effects > before or await asyncio.to_thread(_sweep, office) > 0:
        # An effect that ran last may have queued the next one.
        before = done.effects
        await _run_effects(app, pace, wait=False)


async def _stay(
    app: procrastinate.App, office: Office, pace: Pace, chores: Sequence[Chore]
) -> None:
    """Run effects as they come, with the clock beside; an absent database is waited for."""
    await asyncio.to_thread(_sweep, office)
    clock = _start_clock(app, office, pace, chores)
    try:
        while not await _outlived(app, pace):  # noqa: ASYNC110 - nobody tells when it is back
            await asyncio.sleep(pace.poll)
    finally:
        clock.shutdown(wait=False)


async def _outlived(app: procrastinate.App, pace: Pace) -> bool:
    """Run effects; return True when told to stop, False when the database went away."""
    try:
        await _run_effects(app, pace, wait=True)
    except ConnectorException as error:
        log.warning("queue_away", why=type(error.__cause__ or error).__name__)
        return False
    return True


async def _run_effects(app: procrastinate.App, pace: Pace, *, wait: bool) -> None:
    await app.run_worker_async(
        queues=[EFFECT_TASK],
        wait=wait,
        concurrency=pace.effects_at_once,
        fetch_job_polling_interval=pace.poll,
        listen_notify=False,
        update_heartbeat_interval=pace.heartbeat,
        stalled_worker_timeout=pace.stalled_after,
    )


@contextmanager
def _absence_named(office: Office) -> Iterator[None]:
    """Say in the product's words that the queue's database is away."""
    try:
        yield
    except ConnectorException as error:
        where = str(office.database.url)
        sentence = (
            f"The queue at {where} is out of reach. "
            "Check that PostgreSQL runs and that NES_DATABASE_URL is right."
        )
        raise DatabaseUnavailable(sentence, where=where) from error


def _start_clock(
    app: procrastinate.App, office: Office, pace: Pace, chores: Sequence[Chore]
) -> AsyncIOScheduler:
    """Start the clock: in memory, missed rings merged into one, however late."""
    # A ring that finds the last one still at work is left out; nobody need be warned of that.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    clock = AsyncIOScheduler(
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    clock.add_job(_sweep, "interval", seconds=pace.sweep, args=[office])
    clock.add_job(_recover, "interval", seconds=pace.recover, args=[app, pace])
    for chore in chores:
        # The clock keeps real time, whatever clock the office is given.
        at_once = SystemClock().now()
        every = chore.every or pace.chores
        clock.add_job(_do, "interval", seconds=every, args=[chore], next_run_time=at_once)
    clock.start()
    return clock


def _do(chore: Chore) -> None:
    try:
        chore.do()
    except Exception as error:  # noqa: BLE001 - whatever ails a chore, the others go on
        log.warning("chore_failed", chore=chore.name, why=type(error).__name__)


def _sweep(office: Office) -> int:
    """Sweep and return how many cases moved; what stops it is told and waits for the next ring."""
    try:
        report = sweep(office)
    except (WorkflowError, DatabaseUnavailable) as error:
        log.warning("sweep_stopped", why=error.code)
        return 0
    if report.rows:
        log.info("swept", moved=report.moved, refused=report.refused, batch=report.batch)
    return report.moved


async def _recover(app: procrastinate.App, pace: Pace) -> None:
    """Put the effects of dead workers back into the queue."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=pace.stalled_after)
    for job in stalled:
        log.warning("effect_recovered", key=job.queueing_lock)
        await app.job_manager.retry_job(job)
