"""The queue forgets what came to its end, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.upkeep import jobs
from web.site.chores import chores

if TYPE_CHECKING:
    import pytest

    from tests.kit.handlers.world import World

JOB = """
WITH job AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status)
    VALUES ('effect', 'effect', :key, CAST(:status AS procrastinate_job_status)) RETURNING id
), noted AS (
    INSERT INTO outside_wait (key, party, code, job_id, tries, since, at, next_at)
    SELECT :key, 'courier', 'away', id, 1, :at, :at, :at FROM job
)
INSERT INTO procrastinate_events (job_id, type, at)
SELECT id, CAST(:event AS procrastinate_job_event_type), :at FROM job
"""


def left(world: World, table: str, column: str) -> set[str]:
    with world.engine.database.connect() as connection:
        return set(connection.exec_driver_sql(f"SELECT {column} FROM {table}").scalars())


def test_what_ended_is_forgotten_after_its_days_and_what_did_not_never(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST", 2)
    old = world.clock.now() - jobs.KEPT - timedelta(seconds=1)
    fresh = world.clock.now() - jobs.KEPT
    ended = [(f"old{n}", "succeeded", "succeeded", old) for n in range(5)]
    others = [
        ("fresh", "succeeded", "succeeded", fresh), ("todo", "todo", "deferred_for_retry", old),
        ("doing", "doing", "started", old), ("failed", "failed", "failed", old),
        *((f"again{n}", "todo", "succeeded", old) for n in range(3)),
    ]  # fmt: skip
    for key, status, event, at in (*others, *ended):
        world.write(JOB, key=key, status=status, event=event, at=at)
    assert jobs.forget(world.engine.database, world.clock.now()) == 5
    assert left(world, "procrastinate_jobs", "queueing_lock") == {one[0] for one in others}
    assert len(left(world, "procrastinate_events", "job_id")) == len(others)
    assert left(world, "outside_wait", "key") == {
        "todo", "doing", "again0", "again1", "again2",
    }  # fmt: skip
    assert jobs.forget(world.engine.database, world.clock.now()) == 0


def test_the_worker_forgets_once_a_day(world: World) -> None:
    (chore,) = [chore for chore in chores(world.engine) if chore.name == "finished_jobs"]
    assert chore.every == 86_400
    old = world.clock.now() - timedelta(days=31)
    world.write(JOB, key="x", status="succeeded", event="succeeded", at=old)
    chore.do()
    assert left(world, "procrastinate_jobs", "queueing_lock") == set()
