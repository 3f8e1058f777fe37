"""The program that dies: it forks workers that are killed at named points, then a clean one.

Run as ``python -m tests.kit.workflow.crash ADDRESS KILLS {hands|worker}``; prints how many died
where. A child makes its own connections: nothing of the database crosses the fork.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from states.postgres.database import make_engine
from tests.kit.workflow import process as kit
from workflow.model.clock import FixedClock
from workflow.model.context import EffectOutcome
from workflow.running.effects import run_effect
from workflow.running.sweep import sweep
from workflow.running.worker import Pace, work

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.workflow.process import CaseEngine, Context, EffectContext

POINTS = (
    "after_lock", "after_update", "before_commit", "after_commit", "before_effect", "after_effect",
)  # fmt: skip

HURRY = Pace(poll=0.01, stalled_after=0, longest_wait=1)


class Killer:
    """Kills this very process when a point is passed for the n-th time."""

    def __init__(self, point: str, passing: int) -> None:
        self.point = point
        self.passing = passing

    def __call__(self, point: str) -> None:
        if point != self.point:
            return
        self.passing -= 1
        if self.passing == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _act(context: Context) -> None:
    if context.transition.name == "note_heard":
        context.open("permit", "ask", {"person_id": context.case["person_id"]})
        context.note(seen=True)


def _post(_: EffectContext) -> EffectOutcome:
    return EffectOutcome("arrive")


def house(address: str, day: int) -> CaseEngine:
    """Compose an office in this process, on its day."""
    clock = FixedClock(kit.NOON + timedelta(days=day))
    desk = kit.Desk(act=_act, post=_post)
    return kit.engine(make_engine(make_url(address), application="crash"), clock, desk=desk)


def live(engine: CaseEngine, new_cases: int, run_effects: Callable[[CaseEngine], None]) -> None:
    """Open cases and bring every case as far as it goes today."""
    today = engine.clock.now().date()
    for number in range(new_cases):
        opens = today + timedelta(days=number % 2)
        kit.matter(engine, production_opens_on=opens)
    sweep(engine)
    for row in kit.query(engine, "SELECT * FROM application WHERE state <> 'delivered'"):
        _advance(engine, row["id"], row["person_id"])
    run_effects(engine)


def _advance(engine: CaseEngine, case_id: int, person_id: int) -> None:
    while True:
        match kit.standing(engine, case_id):
            case ("draft", _):
                engine.fire(case_id, "submit_heard", kit.applicant(person_id))
            case ("filed", 2):
                engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
            case ("filed", _):
                engine.fire(case_id, "approve_heard", kit.MEHMET)
            case ("ready", _):
                engine.fire(case_id, "send", kit.AYSE)
            case _:
                return


def by_hand(engine: CaseEngine) -> None:
    """Take jobs one by one, as the queue does, without its workers."""
    for job in kit.jobs(engine):
        if job["status"] == "todo":
            run_effect(engine, job["args"]["case"], job["args"]["n"], job["args"]["name"])
            kit.query(
                engine,
                "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = :i",
                i=job["id"],
            )


def by_worker(engine: CaseEngine) -> None:
    """Let the real worker take the jobs."""
    work(engine, HURRY, until_idle=True)


def in_child(address: str, day: int, killer: Killer | None, way: str) -> bool:
    """Live a day in a child; return whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            engine = house(address, day)
            engine.point = killer or engine.point
            live(engine, 2 if killer else 0, by_hand if way == "hands" else by_worker)
        except BaseException as error:  # noqa: BLE001 - a child of a fork must end here
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "a child failed"
    return False


def main(address: str, kills: int, way: str) -> None:
    """Kill workers until enough have died, then let clean ones finish."""
    kit.definitions()
    chance = random.Random(kills)
    died: Counter[str] = Counter()
    day = 0
    while died.total() < kills:
        killer = Killer(chance.choice(POINTS), chance.randint(1, 4))
        point = killer.point
        died[point] += in_child(address, day, killer, way)
        day += 1
    for _ in range(3):
        in_child(address, day, None, way)
        day += 1
    sys.stdout.write(json.dumps({"days": day, "died": died}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
