"""Owns the worker's rings: what is done at a pace, by a clock that nobody can set.

The pace is kept by the event loop's monotonic clock. A wall clock that is put back an hour, or
runs a day ahead, neither stops a ring nor brings one twice.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

log = structlog.get_logger()


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


@asynccontextmanager
async def ringing(rings: Sequence[Ring]) -> AsyncIterator[None]:
    """Let the rings go as long as the block lasts.

    Each ring has a thread of its own, so that one that hangs holds up no other. A ring whose time
    comes while it is still at work is left out; whatever ails one is told and it goes on. At the
    end what is at work comes to its own.
    """
    threads = ThreadPoolExecutor(len(rings), thread_name_prefix="ring")
    tasks = [asyncio.create_task(_go_on(ring, threads), name=ring.name) for ring in rings]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(threads.shutdown, cancel_futures=True)


async def _go_on(ring: Ring, threads: ThreadPoolExecutor) -> None:
    now = asyncio.get_running_loop().time
    due = now() if ring.at_once else now() + ring.every
    while True:
        await asyncio.sleep(due - now())
        await _do(ring, threads)
        due = max(due + ring.every, now())


async def _do(ring: Ring, threads: ThreadPoolExecutor) -> None:
    try:
        if iscoroutinefunction(ring.do):
            await ring.do()
        else:
            await asyncio.get_running_loop().run_in_executor(threads, ring.do)
    except Exception as error:  # noqa: BLE001 - whatever ails one, it goes on, and so do the others
        log.warning("chore_failed", chore=ring.name, why=type(error).__name__)
