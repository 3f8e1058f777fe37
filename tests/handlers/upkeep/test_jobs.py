"""The queue forgets what came to its end, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from handlers.upkeep import jobs
from states.logs.timer_wait import TimerWait
from web.site.chores import chores

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

    from tests.kit.handlers.world import World

Row = tuple[str, str, "datetime", "datetime | None"]
"""A job: its key, how it stands, when it was queued and when it was due last."""

JOB = """
WITH job AS (
    INSERT INTO procrastinate_jobs
        (queue_name, task_name, queueing_lock, status, scheduled_at, args)
    VALUES ('effect', 'effect', :key, CAST(:status AS procrastinate_job_status), :due,
        jsonb_build_object('case', CAST(:case AS bigint), 'n', 1)) RETURNING id
), noted AS (
    INSERT INTO outside_wait (key, party, code, job_id, tries, since, at, next_at)
    SELECT :key, 'courier', 'away', id, 1, :at, :at, :at FROM job
)
INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)
VALUES (:case, 1, 'application', 'x', 'system', :at, '{}', '', '')
"""

CASES = count(1_000_000)


def queue(world: World, key: str, status: str, at: datetime, due: datetime | None = None) -> None:
    """Put a job into the queue with the entry of the move that queued it at a moment."""
    world.write(JOB, key=key, status=status, at=at, due=due, case=next(CASES))


def left(world: World, table: str, column: str) -> set[str]:
    with world.engine.database.connect() as connection:
        return set(connection.exec_driver_sql(f"SELECT {column} FROM {table}").scalars())


def test_what_ended_is_forgotten_after_its_days_and_what_did_not_never(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST", 2)
    old = world.clock.now() - jobs.KEPT - timedelta(seconds=1)
    fresh = world.clock.now() - jobs.KEPT
    older = old - timedelta(days=9)
    ended: list[Row] = [(f"old{n}", "succeeded", old, None) for n in range(4)]
    ended.append(("put off", "succeeded", older, old))
    others: list[Row] = [
        ("fresh", "succeeded", fresh, None), ("put off late", "succeeded", old, fresh),
        ("todo", "todo", old, None), ("doing", "doing", old, None),
        ("failed", "failed", old, None), ("again", "todo", older, old),
    ]  # fmt: skip
    for row in (*others, *ended):
        queue(world, *row)
    assert jobs.forget(world.engine.database, world.clock.now()) == 5
    assert left(world, "procrastinate_jobs", "queueing_lock") == {one[0] for one in others}
    assert left(world, "outside_wait", "key") == {"todo", "doing", "again"}
    assert jobs.forget(world.engine.database, world.clock.now()) == 0


def test_the_worker_forgets_once_a_day(world: World) -> None:
    (chore,) = [chore for chore in chores(world.engine) if chore.name == "finished_jobs"]
    assert chore.every == 86_400
    old = world.clock.now() - timedelta(days=31)
    queue(world, "x", "succeeded", old)
    chore.do()
    assert left(world, "procrastinate_jobs", "queueing_lock") == set()


def test_what_no_timer_waits_for_any_more_is_forgotten_with_them(world: World) -> None:
    now = world.clock.now()
    for case, days in ((1, 29), (2, 31)):
        world.write(
            "INSERT INTO timer_wait (case_id, at, workflow, state, trigger, code, tried)"
            " VALUES (:case, :at, 'application', 'held', 'release', 'window_open', '{}')",
            case=case, at=now - timedelta(days=days),
        )  # fmt: skip
    assert jobs.forget(world.engine.database, now) == 0
    assert [row.case_id for row in world.all(TimerWait)] == [1]
