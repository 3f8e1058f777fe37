"""The worker's rings: what is done at a pace, whatever becomes of the wall clock.

APScheduler rings by the wall clock: it waits until the time of the next ring has come, which is an
hour too long after the clock was put back by one. So the wall clock is held against the event
loop's monotonic one, and where it has jumped every ring begins anew from there.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from states.kit.log_events import LogEvent
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

log = structlog.get_logger()

LOOK = 1.0
"""Seconds between two looks whether the wall clock has jumped."""

JUMP = 0.5
"""Seconds by which the wall clock must leave the monotonic one to have jumped: more than a clock is
slewed between two looks (500 parts in a million), less than a delay that people notice."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Something that is done every so many seconds; ``name`` is for the log.

    An ordinary function is called in a thread, a coroutine function in the loop. ``at_once`` says
    that it is done at the start too and not only after the first pause.
    """

    name: str
    do: Callable[[], object]
    every: float
    at_once: bool = False


class Every(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Rings every so many seconds; those that were missed are one, reckoned at once.

    The library's own trigger names each missed ring to merge them, a million after a day.
    """

    def __init__(self, seconds: float) -> None:
        """Keep the pace."""
        self.pace = timedelta(seconds=seconds)

    def get_next_fire_time(self, before: datetime | None, now: datetime) -> datetime:
        """Return the next moment, never one that has passed."""
        return max(before + self.pace, now) if before else now


@asynccontextmanager
async def ringing(rings: Sequence[Ring]) -> AsyncIterator[None]:
    """Let the rings go as long as the block lasts.

    Each ring has a thread of its own, so that one that hangs holds up no other. A ring whose time
    comes while it is still at work is left out; whatever ails one is told and it goes on. At the
    end what is at work comes to its own.
    """
    threads = ThreadPoolExecutor(len(rings), thread_name_prefix="ring")
    clock = _clock(rings, threads)
    watch = asyncio.create_task(_follow(clock))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        clock.shutdown(wait=False)
        await asyncio.to_thread(threads.shutdown, cancel_futures=True)


def _clock(rings: Sequence[Ring], threads: ThreadPoolExecutor) -> AsyncIOScheduler:
    """Start the clock: in memory, missed rings merged into one, however late."""
    # A ring that finds the last one still at work is left out; nobody need be warned of that.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    clock = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    # The clock keeps real time, whatever clock the office is given.
    now = SystemClock().now()
    for ring in rings:
        first = now if ring.at_once else now + timedelta(seconds=ring.every)
        clock.add_job(_do, Every(ring.every), args=[ring, threads], next_run_time=first)
    clock.start()
    return clock


async def _follow(clock: AsyncIOScheduler) -> None:
    """Ring everything at once where the wall clock has jumped: its pace goes on from there."""
    apart = _apart()
    while True:
        await asyncio.sleep(LOOK)
        before, apart = apart, _apart()
        if abs(apart - before) > JUMP:
            log.warning(LogEvent.CLOCK_JUMPED, seconds=round(apart - before))
            for job in clock.get_jobs():
                job.modify(next_run_time=SystemClock().now())


def _apart() -> float:
    """Return by how many seconds the wall clock stands before the monotonic one."""
    return SystemClock().now().timestamp() - asyncio.get_running_loop().time()


async def _do(ring: Ring, threads: ThreadPoolExecutor) -> None:
    try:
        if iscoroutinefunction(ring.do):
            await ring.do()
        else:
            await asyncio.get_running_loop().run_in_executor(threads, ring.do)
    except Exception as error:  # noqa: BLE001 - whatever ails one, it goes on, and so do the others
        log.warning(LogEvent.CHORE_FAILED, chore=ring.name, code=type(error).__name__)
