"""Owns the worker: takes effects from the queue, sweeps by the clock, picks up what died.

Procrastinate keeps the queue in our PostgreSQL; APScheduler only says when to look. What is due is
read from the database, so a missed minute loses nothing and any number of workers may run.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import procrastinate
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from procrastinate import BaseRetryStrategy, RetryDecision

from states.database import APP_ROLE, conninfo
from workflow.clock import SystemClock
from workflow.effects import run_effect
from workflow.refusal import WorkflowError
from workflow.statement import EFFECT_TASK
from workflow.sweep import sweep

if TYPE_CHECKING:
    from procrastinate.jobs import Job

    from workflow.engine import Office

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker looks, in seconds, and how many effects it runs at once."""

    poll: float = 1.0
    sweep: float = 60.0
    recover: float = 30.0
    heartbeat: float = 10.0
    stalled_after: float = 30.0
    longest_wait: int = 300
    effects_at_once: int = 4


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


def build_app(office: Office, pace: Pace) -> procrastinate.App:
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

    return app


def work(office: Office, pace: Pace | None = None, *, until_idle: bool = False) -> None:
    """Work until told to stop (SIGTERM, SIGINT) or, with ``until_idle``, until nothing is due."""
    asyncio.run(_work(office, pace or Pace(), until_idle=until_idle))


async def _work(office: Office, pace: Pace, *, until_idle: bool) -> None:
    app = build_app(office, pace)
    async with app.open_async():
        await _recover(app, pace)
        await asyncio.to_thread(_sweep, office)
        clock = None if until_idle else _start_clock(app, office, pace)
        try:
            await _take_effects(app, pace, until_idle=until_idle)
            while until_idle and await _ready(app):
                # An effect that ran last may have queued the next one.
                await _take_effects(app, pace, until_idle=True)
        finally:
            if clock is not None:
                clock.shutdown(wait=False)


async def _take_effects(app: procrastinate.App, pace: Pace, *, until_idle: bool) -> None:
    await app.run_worker_async(
        queues=[EFFECT_TASK],
        wait=not until_idle,
        concurrency=pace.effects_at_once,
        fetch_job_polling_interval=pace.poll,
        listen_notify=False,
        update_heartbeat_interval=pace.heartbeat,
        stalled_worker_timeout=pace.stalled_after,
    )


async def _ready(app: procrastinate.App) -> bool:
    """Say whether an effect waits that is not put off."""
    waiting = await app.job_manager.list_jobs_async(queue=EFFECT_TASK, status="todo")
    # The queue keeps real time, whatever clock the office is given.
    now = SystemClock().now()
    return any(job.scheduled_at is None or job.scheduled_at <= now for job in waiting)


def _start_clock(app: procrastinate.App, office: Office, pace: Pace) -> AsyncIOScheduler:
    """Start the clock: in memory, missed rings merged into one, however late."""
    clock = AsyncIOScheduler(
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    clock.add_job(_sweep, "interval", seconds=pace.sweep, args=[office])
    clock.add_job(_recover, "interval", seconds=pace.recover, args=[app, pace])
    clock.start()
    return clock


def _sweep(office: Office) -> None:
    """Sweep; a refusal or an absent database is told and waits for the next ring."""
    try:
        report = sweep(office)
    except WorkflowError as refusal:
        log.warning("sweep_stopped", why=refusal.code)
    else:
        if report.rows:
            log.info("swept", moved=report.moved, refused=report.refused, batch=report.batch)


async def _recover(app: procrastinate.App, pace: Pace) -> None:
    """Put the effects of dead workers back into the queue."""
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=pace.stalled_after)
    for job in stalled:
        log.warning("effect_recovered", key=job.queueing_lock)
        await app.job_manager.retry_job(job)
