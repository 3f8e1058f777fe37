"""The tests of the worker's rings: they keep their pace whatever the wall clock does."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from queue import Queue

import pytest
import time_machine
from structlog.testing import capture_logs

from workflow.model.clock import SystemClock
from workflow.running import periodic
from workflow.running.periodic import Ring, ringing

ENOUGH = 60
"""Seconds after which what was waited for does not come any more."""


def rings_after(jump: timedelta) -> list[datetime]:
    """Ring thrice, put the wall clock to another hour, ring thrice more; return when it rang."""
    rung: Queue[datetime] = Queue()

    async def go() -> list[datetime]:
        ring = Ring("tick", lambda: rung.put(SystemClock().now()), every=0.01, at_once=True)
        with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC)) as wall:
            async with ringing([ring]):
                before = [await asyncio.to_thread(rung.get, timeout=ENOUGH) for _ in range(3)]
                wall.shift(jump)
                after = [await asyncio.to_thread(rung.get, timeout=ENOUGH) for _ in range(6)]
        return before + after

    return asyncio.run(go())


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1)])
def test_rings_go_on_when_the_wall_clock_jumps(jump: timedelta) -> None:
    with capture_logs() as logs:
        rung = rings_after(jump)
    jumps = [abs(later - earlier) for earlier, later in pairwise(rung)]
    assert sum(step > timedelta(minutes=30) for step in jumps) == 1
    assert {log["event"] for log in logs} <= {"clock_jumped"}


def test_a_clock_that_runs_on_has_not_jumped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "LOOK", 0.001)
    rung: Queue[None] = Queue()

    async def go() -> None:
        async with ringing([Ring("tick", lambda: rung.put(None), 0.01)]):
            for _ in range(10):
                await asyncio.to_thread(rung.get, timeout=ENOUGH)

    with capture_logs() as logs:
        asyncio.run(go())
    assert logs == []


def test_whatever_ails_a_ring_it_and_the_others_go_on() -> None:
    done: Queue[str] = Queue()

    def fail() -> None:
        done.put("failing")
        raise ConnectionError("secret")

    async def look() -> None:
        done.put("looking")
        raise OSError("secret")

    async def go() -> list[str]:
        rings = [Ring("failing", fail, 0.01, at_once=True), Ring("looking", look, 0.01)]
        async with ringing(rings):
            return [await asyncio.to_thread(done.get, timeout=ENOUGH) for _ in range(8)]

    with capture_logs() as logs:
        found = asyncio.run(go())
    assert found[0] == "failing"
    assert set(found) == {"failing", "looking"}
    failed = [log for log in logs if log["event"] != "clock_jumped"]  # a busy machine may look late
    told = {(log["event"], log["chore"], log["code"], log["log_level"]) for log in failed}
    assert told == {
        ("chore_failed", "failing", "ConnectionError", "warning"),
        ("chore_failed", "looking", "OSError", "warning"),
    }


def test_a_ring_that_hangs_holds_up_no_other_and_is_not_rung_twice_at_once() -> None:
    hanging, free = threading.Event(), threading.Event()
    entered: list[int] = []
    other: Queue[None] = Queue()

    def hang() -> None:
        entered.append(1)
        hanging.set()
        free.wait(ENOUGH)

    async def go() -> None:
        async with ringing([Ring("hang", hang, 0.001, at_once=True),
                            Ring("other", lambda: other.put(None), 0.001)]):  # fmt: skip
            await asyncio.to_thread(hanging.wait, ENOUGH)
            for _ in range(20):
                await asyncio.to_thread(other.get, timeout=ENOUGH)
            assert entered == [1]
            free.set()

    asyncio.run(go())
