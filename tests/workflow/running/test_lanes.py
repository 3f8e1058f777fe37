"""Tests that lanes keep each other from waiting, and what is taken first within one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from procrastinate.jobs import Status
from sqlalchemy import text

from handlers import registry
from handlers.kit.lanes import LANES
from workflow.engine.statement import party
from workflow.running.effect_queue import EffectQueue, build_app
from workflow.running.lanes import ONE_LANE, Lane, Lanes, OpenParty, Seats

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from procrastinate.jobs import Job

    from tests.kit.postgres import Database

TWO = Lanes((Lane("made", ("send", "make"), 2), Lane("told", ("tell",), 1)))


def queue_up(database: Database, *jobs: tuple[int, str, int]) -> None:
    """Queue effects: case, name and priority of each, in this order."""
    statement = text(
        "INSERT INTO procrastinate_jobs"
        " (queue_name, task_name, priority, lock, queueing_lock, args)"
        " VALUES ('effect', 'effect', :priority, :lock, :key,"
        " jsonb_build_object('case', CAST(:case AS int), 'n', 1, 'name', CAST(:name AS text)))"
    )
    with database.owner.begin() as connection:
        for place, (case, name, priority) in enumerate(jobs):
            values = {"lock": f"case/{case}/{party(name)}", "key": f"{case}/{place}/{name}"}
            connection.execute(
                statement, {**values, "case": case, "name": name, "priority": priority}
            )


def taken(
    database: Database, lanes: Lanes, most: int, end: Callable[[EffectQueue, Job], bool]
) -> list[str]:
    """Take jobs one after the other; ``end`` says which of them come to their end at once."""

    async def take() -> list[str]:
        app, queue = build_app(database.app.url, lanes, 60, lambda *_: None)
        found: list[str] = []
        async with app.open_async():
            number = await queue.register_worker()
            await queue.put_back(60)
            for _ in range(most):
                job = await asyncio.wait_for(queue.fetch_job(None, number), 20)
                if job is None:
                    break
                found.append(f"{job.task_kwargs['case']}/{job.task_kwargs['name']}")
                if end(queue, job):
                    await queue.finish_job(job, Status.SUCCEEDED, delete_job=False)
        return found

    return asyncio.run(take())


def test_a_made_one_is_sent_before_another_is_made_and_the_urgent_ones_come_first(
    database: Database,
) -> None:
    queue_up(
        database, (1, "make.it", -9), (2, "make.it", -5), (3, "send.it", -9), (4, "make.it", -5)
    )
    order = taken(database, TWO, 9, lambda *_: True)
    assert order == ["3/send.it", "2/make.it", "4/make.it", "1/make.it"]


def test_those_of_one_case_to_one_party_keep_their_order_however_urgent(
    database: Database,
) -> None:
    queue_up(database, (1, "make.first", -60), (1, "make.second", -1), (2, "make.it", -30))
    order = taken(database, TWO, 9, lambda *_: True)
    assert order == ["2/make.it", "1/make.first", "1/make.second"]


def test_a_full_lane_leaves_the_other_its_seat(database: Database) -> None:
    jobs = [(case, "make.it", 0) for case in range(1, 6)]
    queue_up(database, *jobs, (9, "tell.them", -100))
    assert taken(database, TWO, 3, lambda *_: False) == ["1/make.it", "2/make.it", "9/tell.them"]


def test_a_party_that_no_lane_names_goes_with_the_last_one(database: Database) -> None:
    queue_up(database, (1, "sing.it", 0), (2, "tell.it", -5))
    assert taken(database, TWO, 9, lambda *_: True) == ["2/tell.it", "1/sing.it"]


class WaitsError(Exception):
    """Raised in the place of waiting for a seat."""


def test_nothing_is_taken_before_its_time_nor_behind_one_that_runs(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waits(_: Seats) -> None:
        raise WaitsError

    monkeypatch.setattr(Seats, "one_left", waits)
    queue_up(database, (1, "make.it", 0), (2, "make.it", 0), (2, "make.more", 9))
    with database.owner.begin() as connection:
        later = "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 h'"
        connection.execute(text(f"{later} WHERE args ->> 'case' = '1'"))
    with pytest.raises(WaitsError):
        taken(database, Lanes((Lane("all", ("make",), 5),)), 9, lambda *_: False)
    doing = "SELECT args ->> 'case' || '/' || (args ->> 'name') FROM procrastinate_jobs"
    with database.owner.connect() as connection:
        found = list(connection.scalars(text(f"{doing} WHERE status = 'doing'")))
    assert found == ["2/make.it"]


def test_whoever_waits_for_a_seat_takes_the_next_one_as_soon_as_it_is_left(
    database: Database,
) -> None:
    queue_up(database, (1, "make.it", 0), (2, "make.it", 0))
    lanes = Lanes((Lane("all", ("make",), 1),))

    async def take() -> list[int]:
        app, queue = build_app(database.app.url, lanes, 60, lambda *_: None)
        async with app.open_async():
            number = await queue.register_worker()
            first = await queue.fetch_job(None, number)
            assert first is not None
            waiting = asyncio.create_task(queue.fetch_job(None, number))
            await queue.finish_job(first, Status.SUCCEEDED, delete_job=False)
            second = await asyncio.wait_for(waiting, 20)
            assert second is not None
            return [int(str(job.task_kwargs["case"])) for job in (first, second)]

    assert asyncio.run(take()) == [1, 2]


def test_a_seat_that_nobody_leaves_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.running.lanes.LOOK", 0.01)
    seats = Seats(TWO)
    asyncio.run(seats.one_left())
    assert not seats.full


def test_seats_by_lane() -> None:
    seats = Seats(TWO)

    def offered() -> list[tuple[str, int, int]]:
        return [(one.party, one.lane, one.free) for one in seats.open_parties()]

    assert seats.meet(["sing", "make", "beg"])
    assert not seats.meet(["sing", "beg"])
    told = [("tell", 1, 1), ("beg", 1, 1), ("sing", 1, 1)]
    assert offered() == [("send", 0, 2), ("make", 0, 2), *told]
    seats.take(7, "sing")
    assert (seats.full, offered()) == (True, [("send", 0, 2), ("make", 0, 2)])
    seats.take(8, "make")
    assert offered() == [("send", 0, 1), ("make", 0, 1)]
    seats.take(9, "send")
    assert (seats.jobs, offered()) == ([7, 8, 9], [])
    assert (seats.watch(), seats.left) == (True, False)
    seats.leave(7)
    seats.leave(7)
    assert (seats.left, offered()) == (True, told)
    assert (TWO.seats, ONE_LANE.seats) == (3, 4)


def asked(
    database: Database, monkeypatch: pytest.MonkeyPatch,
    work: Callable[[EffectQueue, int], Awaitable[object]],
) -> int:  # fmt: skip
    """Return how many questions for jobs were put to the database meanwhile."""
    questions = 0
    open_parties = Seats.open_parties

    def counted(seats: Seats) -> list[OpenParty]:
        nonlocal questions
        questions += 1
        return open_parties(seats)

    monkeypatch.setattr(Seats, "open_parties", counted)

    async def count() -> int:
        app, queue = build_app(database.app.url, TWO, 60, lambda *_: None)
        async with app.open_async():
            await work(queue, await queue.register_worker())
        return questions

    return asyncio.run(count())


def test_all_free_seats_are_filled_by_one_question(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_up(database, (1, "make.it", 0), (2, "make.it", 0), (3, "tell.it", 0), (4, "make.it", 0))

    async def take(queue: EffectQueue, number: int) -> None:
        jobs = [await queue.fetch_job(None, number) for _ in range(3)]
        waiting = asyncio.create_task(queue.fetch_job(None, number))
        assert jobs[1] is not None
        await queue.finish_job(jobs[1], Status.SUCCEEDED, delete_job=False)
        last = await asyncio.wait_for(waiting, 20)
        assert last is not None
        assert last.task_kwargs["case"] == 4
        assert last.log_context() == {"id": last.id, "queueing_lock": "4/3/make.it"}

    assert asked(database, monkeypatch, take) == 2


def test_what_was_taken_ahead_is_given_up_by_whoever_begins_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_up(database, (1, "make.it", 0), (2, "make.it", 0))

    async def take(queue: EffectQueue, number: int) -> None:
        first = await queue.fetch_job(None, number)
        assert first is not None
        assert len(queue.seats.jobs) == 2
        await queue.register_worker()
        assert queue.seats.jobs == [first.id]
        assert await queue.put_back(60) == ["2/1/make.it"]
        second = await queue.fetch_job(None, number)
        assert second is not None
        assert second.task_kwargs["case"] == 2

    assert asked(database, monkeypatch, take) == 2


def test_every_effect_of_the_office_has_a_lane_of_its_own_kind() -> None:
    effects = [name for name in registry() if registry()[name].sort == "effects"]
    lanes = {party(name): LANES.of(party(name)).name for name in effects}
    assert lanes == {
        "certificate_status": "status", "courier": "production", "notice": "notices",
        "manifest": "papers", "production": "production", "record": "papers",
        "redelivery": "production",
        "revocation": "status", "status": "status",
    }  # fmt: skip
    assert LANES.seats == 5


def test_the_next_one_of_a_lane_is_looked_up_however_many_stand_in_front(
    database: Database,
) -> None:
    fill = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock)"
        " SELECT 'effect', 'effect', 'case/' || i || '/make', i::text"
        " FROM generate_series(1, 5000) i"
    )
    asked = (
        "EXPLAIN SELECT id FROM procrastinate_jobs j WHERE split_part(j.lock, '/', 3) = 'tell'"
        " AND j.status = 'todo' ORDER BY j.priority DESC, j.id LIMIT 1"
    )
    with database.owner.begin() as connection:
        connection.execute(text(fill))
        connection.execute(text("ANALYZE procrastinate_jobs"))
        plan = "\n".join(connection.scalars(text(asked)))
    assert "ix_procrastinate_jobs_party" in plan
