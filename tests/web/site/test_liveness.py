"""What machines are told of how the office goes on: a number each, and none that is not known."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.upkeep import liveness
from handlers.upkeep.liveness import QueueLength, Vitals
from states.kit.errors import DatabaseUnavailable
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    import pytest

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

SECOND = timedelta(seconds=1)


def told(visitor: Visitor) -> dict[str, float]:
    """Return the numbers of this page that have no label."""
    page = visitor.get("/metrics").response.text
    return {name: float(number) for name, number in re.findall(r"(?m)^(nes_\w+) (\S+)$", page)}


def test_an_office_that_has_not_begun_has_no_moments(world: World) -> None:
    found = liveness.read(world.engine.database, world.clock.now())
    queues = dict.fromkeys(("status", "production", "papers", "notices"), QueueLength(0, None))
    assert found == Vitals(
        workers=0, swept=None, list_until=None, list_since=None, list_entries=None, list_changes=0,
        blank_cards=None,
        queues=queues,
    )  # fmt: skip
    assert (found.jobs, found.oldest) == (0, None)


def test_each_queue_tells_its_length_and_its_oldest(world: World, visitor: Visitor) -> None:
    now = world.clock.now()
    ago = {"courier": 30, "production": 90, "notice": 7, "sing": 8}
    for party, seconds in ago.items():
        world.write(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, scheduled_at)"
            " VALUES ('effect', 'effect', :lock, :at)",
            lock=f"case/1/{party}",
            at=now - seconds * SECOND,
        )
    found = liveness.read(world.engine.database, now)
    assert found.queues == {
        "status": QueueLength(0, None),
        "production": QueueLength(2, now - 90 * SECOND),
        "papers": QueueLength(0, None),
        "notices": QueueLength(2, now - 8 * SECOND),
    }
    page = visitor.get("/metrics").response.text
    assert 'nes_queue_due{queue="production"} 2.0' in page
    oldest = (now - 8 * SECOND).timestamp()
    name = 'nes_queue_due_oldest_timestamp_seconds{queue="notices"}'
    (told_oldest,) = [line for line in page.splitlines() if line.startswith(name)]
    assert float(told_oldest.split()[1]) == oldest


def test_the_vitals_are_read_where_they_stand(world: World) -> None:
    now = world.clock.now()
    world.publish_lists()
    sweep(world.engine)
    for ago in (5, 61):
        world.write(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (:at)", at=now - ago * SECOND
        )
    for status, due in (("todo", -30), ("todo", -90), ("todo", 60), ("doing", -200)):
        world.write(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)"
            " VALUES ('effect', 'effect', CAST(:status AS procrastinate_job_status), :at)",
            status=status,
            at=now + due * SECOND,
        )
    found = liveness.read(world.engine.database, now)
    assert (found.workers, found.swept) == (1, now)
    assert (found.jobs, found.oldest) == (2, now - 90 * SECOND)
    assert (found.list_since, found.list_until) == (now, now + timedelta(hours=24))
    assert (found.list_entries, found.list_changes) == (0, 0)
    world.write("INSERT INTO revocation_change (certificate_id) VALUES (1), (2)")
    assert liveness.read(world.engine.database, now).list_changes == 2


def test_an_effect_that_was_due_at_once_is_due_since_it_was_queued(world: World) -> None:
    queued = world.clock.now() - SECOND
    world.write(
        "INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)"
        " VALUES (7, 2, 'application', 'x', 'system', :at, '{}', '', '')",
        at=queued,
    )
    world.write(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
        """ VALUES ('effect', 'effect', '{"case"\\:7,"n"\\:2}'), ('effect', 'effect', '{}')"""
    )
    found = liveness.read(world.engine.database, world.clock.now())
    assert (found.jobs, found.oldest) == (2, queued)


def test_machines_read_moments_as_seconds_and_bytes_of_the_disk(
    world: World, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "room", lambda _: (25, 100))
    sweep(world.engine)
    world.publish_lists()
    found = told(visitor)
    assert found["nes_revocation_list_timestamp_seconds"] == world.clock.now().timestamp()
    assert found["nes_revocation_list_entries"] == found["nes_revocation_changes_waiting"] == 0
    assert found["nes_database_up"] == 1
    assert found["nes_workers"] == 0
    assert found["nes_effects_due"] == 0
    assert found["nes_sweep_finished_timestamp_seconds"] == world.clock.now().timestamp()
    assert (found["nes_disk_free_bytes"], found["nes_disk_size_bytes"]) == (25, 100)
    assert found["nes_effects_due_oldest_timestamp_seconds"] != found["nes_effects_due"]


def test_what_can_not_be_read_is_not_a_number(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> Vitals:
        raise DatabaseUnavailable("The database is away.")

    def torn(*_: object) -> tuple[int, int]:
        raise OSError("gone")

    monkeypatch.setattr(liveness, "read", away)
    monkeypatch.setattr(liveness, "room", torn)
    found = told(visitor)
    assert found["nes_database_up"] == 0
    assert 'queue="production"' not in visitor.get("/metrics").response.text
    lost = ("nes_workers", "nes_effects_due", "nes_disk_free_bytes",
            "nes_sweep_finished_timestamp_seconds",
            "nes_revocation_list_until_timestamp_seconds", "nes_revocation_list_entries",
            "nes_revocation_list_timestamp_seconds", "nes_revocation_changes_waiting")  # fmt: skip
    assert all(found[name] != found[name] for name in lost)
