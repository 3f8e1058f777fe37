"""The tests of the worker: the queue, the clock beside it, and what it survives."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from queue import Queue
from typing import TYPE_CHECKING

import pytest
import time_machine
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from states.kit.errors import DatabaseUnavailable
from states.postgres.database import make_engine
from tests.kit.workflow import process as kit
from workflow.model.context import EffectOutcome
from workflow.model.refusal import DefinitionMissing
from workflow.running import worker
from workflow.running.effect_queue import KeepTrying, build_app
from workflow.running.lanes import ONE_LANE, Lane, Lanes
from workflow.running.worker import Chore, Pace, work

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine, EffectContext
    from workflow.model.clock import FixedClock

HURRY = Pace(poll=0.01, stalled_after=0)


def sent(engine: CaseEngine) -> int:
    case_id = kit.approvable(engine)
    engine.fire(case_id, "approve", kit.AYSE)
    engine.fire(case_id, "send", kit.AYSE)
    return case_id


def statuses(engine: CaseEngine) -> dict[str, str]:
    return {job["args"]["name"]: job["status"] for job in kit.jobs(engine)}


def test_a_worker_runs_the_effects_and_moves_what_is_due_until_nothing_is_left(
    engine: CaseEngine, clock: FixedClock
) -> None:
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")
    case_id, due = sent(engine), kit.matter(engine)
    clock.advance(days=30)
    with capture_logs() as logs:
        work(engine, HURRY, until_idle=True)
    assert kit.standing(engine, case_id) == ("delivered", 6)
    assert kit.standing(engine, due) == ("expired", 2)
    assert kit.desk_of(engine).told == [f"{case_id}/5/desk.tell"]
    assert statuses(engine) == {"desk.post": "succeeded", "desk.tell": "succeeded"}
    swept = [log for log in logs if log["event"] == "swept"]
    assert [(log["moved"], log["refused"]) for log in swept] == [(2, 0)]  # the permit lapsed too


def test_what_an_effect_or_a_sweep_brings_about_is_worked_off_too(
    engine: CaseEngine, clock: FixedClock
) -> None:
    process = kit.PROCESS.replace(
        "from: held, to: ready, by: [system], rules: [opened]",
        "from: held, to: sent, by: [system], rules: [opened], effects: [desk.post]",
    )
    chained = kit.engine(engine.database, clock, process, kit.desk_of(engine))
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")
    case_id = kit.approvable(chained, production_opens_on=kit.TODAY + timedelta(days=1))
    chained.fire(case_id, "approve", kit.AYSE)
    clock.advance(days=1)
    work(chained, HURRY, until_idle=True)
    assert kit.standing(chained, case_id) == ("delivered", 6)


def test_an_effect_that_fails_waits_and_keeps_no_worker_busy(engine: CaseEngine) -> None:
    def post(_: EffectContext) -> EffectOutcome:
        raise ConnectionError("courier away")

    kit.desk_of(engine).post = post
    case_id = sent(engine)
    with capture_logs() as logs:
        work(engine, HURRY, until_idle=True)
    assert statuses(engine) == {"desk.post": "todo", "desk.tell": "todo"}
    (postponed,) = [log for log in logs if log["event"] == "effect_postponed"]
    assert (postponed["key"], postponed["code"], postponed["seconds"]) == (
        f"{case_id}/5/desk.post", "ConnectionError", 1,
    )  # fmt: skip
    first, _ = kit.jobs(engine)
    assert first["attempts"] == 1
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")
    kit.query(engine, "UPDATE procrastinate_jobs SET scheduled_at = now()")
    work(engine, HURRY, until_idle=True)
    assert kit.standing(engine, case_id) == ("delivered", 6)
    assert set(statuses(engine).values()) == {"succeeded"}


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 2), (5, 32), (6, 60), (7, 60), (10_000, 60)]
)
def test_the_waits_double_up_to_the_longest(attempts: int, seconds: int) -> None:
    job = Job(
        id=1, queue="effect", lock=None, queueing_lock="1/2/a.b", task_name="effect",
        attempts=attempts, worker_id=1,
    )  # fmt: skip
    with time_machine.travel(kit.NOON, tick=False), capture_logs() as logs:
        decision = KeepTrying(60).get_retry_decision(exception=OSError("secret"), job=job)
    assert decision.retry_at == kit.NOON + timedelta(seconds=seconds)
    (log,) = logs
    assert "secret" not in str(log)
    assert (log["key"], log["code"], log["log_level"]) == ("1/2/a.b", "OSError", "warning")


def test_an_effect_whose_handler_this_process_lacks_stays_in_the_queue(engine: CaseEngine) -> None:
    case_id = sent(engine)
    kit.query(
        engine,
        """UPDATE procrastinate_jobs SET args = args || '{"name": "desk.sing"}'""",
    )
    with capture_logs() as logs:
        work(engine, HURRY, until_idle=True)
    assert {job["status"] for job in kit.jobs(engine)} == {"todo"}
    assert logs[0]["code"] == DefinitionMissing.__name__
    assert kit.standing(engine, case_id) == ("sent", 5)


def test_the_jobs_of_a_worker_that_died_are_put_back(engine: CaseEngine) -> None:
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")
    case_id = sent(engine)
    kit.query(
        engine,
        "WITH w AS (INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - interval '31 seconds') RETURNING id)"
        " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM w)"
        " WHERE args ->> 'name' = 'desk.post'",
    )
    work(engine, Pace(stalled_after=32), until_idle=True)
    assert statuses(engine) == {"desk.post": "doing", "desk.tell": "todo"}
    with capture_logs() as logs:
        work(engine, Pace(stalled_after=30), until_idle=True)
    recovered = [log["key"] for log in logs if log["event"] == "effect_recovered"]
    assert recovered == [f"{case_id}/5/desk.post"]
    assert kit.standing(engine, case_id) == ("delivered", 6)


def test_effects_to_another_party_do_not_wait_for_one_that_is_away(
    engine: CaseEngine, clock: FixedClock
) -> None:
    """Those to one party keep their order."""
    process = kit.PROCESS.replace("[desk.post, desk.tell]", "[desk.post, desk.tell, mail.tell]")
    house = kit.engine(engine.database, clock, process, kit.desk_of(engine))

    def post(_: EffectContext) -> EffectOutcome:
        raise ConnectionError("courier away")

    kit.desk_of(house).post = post
    case_id = sent(house)
    work(house, HURRY, until_idle=True)
    assert statuses(house) == {"desk.post": "todo", "desk.tell": "todo", "mail.tell": "succeeded"}
    assert kit.desk_of(house).told == [f"{case_id}/5/mail.tell"]


def test_a_worker_that_stays_sweeps_does_its_chores_and_recovers_by_their_pace(
    engine: CaseEngine,
) -> None:
    pace = Pace(sweep=7, recover=11, chores=13)
    chores = [Chore("lists", lambda: None), Chore("batches", lambda: None, every=2)]
    rings = worker._rings(None, engine, pace, chores)  # type: ignore[arg-type]  # noqa: SLF001 - no ring is rung
    assert [(ring.name, ring.every, ring.at_once) for ring in rings] == [
        ("sweep", 7, True), ("recover", 11, False), ("lists", 13, True), ("batches", 2, True),
    ]  # fmt: skip


def test_a_worker_that_stays_sweeps_at_once_and_outlives_the_queues_absence(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[bool] = []
    swept: Queue[int] = Queue()

    async def run(_app: object, _pace: Pace, *, wait: bool) -> None:
        waits.append(wait)
        if len(waits) < 3:
            raise ConnectorException from OSError("away")
        await asyncio.to_thread(swept.get, timeout=60)

    sweep = worker._sweep  # noqa: SLF001 - to see that it is called
    monkeypatch.setattr(worker, "_sweep", lambda house: swept.put(sweep(house)))
    monkeypatch.setattr(worker, "_run_effects", run)
    case_id = kit.matter(engine)
    clock.advance(days=30)
    with capture_logs() as logs:
        work(engine, replace(HURRY, poll=0))
    assert waits == [True, True, True]
    assert kit.standing(engine, case_id)[0] == "expired"
    assert [log["code"] for log in logs if log["event"] == "queue_away"] == ["OSError"] * 2


def test_the_worker_gives_the_queue_its_pace(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    async def run(_app: object, **options: object) -> None:
        asked.append(options)

    monkeypatch.setattr("procrastinate.App.run_worker_async", run)
    work(engine, Pace(poll=3, heartbeat=4, stalled_after=5, lanes=Lanes((Lane("all", (), 6),))))
    assert asked == [
        {
            "queues": ["effect"], "wait": True, "concurrency": 6,
            "fetch_job_polling_interval": 3, "listen_notify": False,
            "update_heartbeat_interval": 4, "stalled_worker_timeout": 5,
        }
    ]  # fmt: skip


def test_a_worker_has_a_pace_of_its_own_when_none_is_given(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    async def run(_app: object, **options: object) -> None:
        asked.append(options)

    monkeypatch.setattr("procrastinate.App.run_worker_async", run)
    work(engine, until_idle=True)
    assert asked[0]["fetch_job_polling_interval"] == Pace().poll
    assert asked[0]["wait"] is False


def test_a_sweep_without_the_database_is_told_and_waits_for_the_next_ring(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: CaseEngine, **__: object) -> None:
        raise DatabaseUnavailable("away", where="here")

    def refused(_: CaseEngine, **__: object) -> None:
        raise DefinitionMissing(definition="x", missing=[])

    for stop, why in ((away, "database_unavailable"), (refused, "definition_missing")):
        monkeypatch.setattr(worker, "sweep", stop)
        with capture_logs() as logs:
            assert worker._sweep(engine) == 0  # noqa: SLF001 - what the clock calls
        assert [(log["event"], log["code"]) for log in logs] == [("sweep_stopped", why)]


def test_a_sweep_with_nothing_to_do_says_nothing(engine: CaseEngine) -> None:
    with capture_logs() as logs:
        assert worker._sweep(engine) == 0  # noqa: SLF001 - what the clock calls
    assert logs == []


def test_a_worker_whose_database_is_away_at_the_start_says_so(
    engine: CaseEngine, database: Database, tmp_path: Path
) -> None:
    nowhere = make_url(f"postgresql+psycopg://postgres@/none?host={tmp_path}")
    engine.database = make_engine(nowhere)
    with pytest.raises(DatabaseUnavailable, match="Check that PostgreSQL runs") as caught:
        work(engine)
    assert str(database.url.database) not in str(caught.value)


def test_a_worker_that_is_to_end_does_not_wait_for_an_absent_queue(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(_app: object, _pace: Pace, *, wait: bool) -> None:
        raise ConnectorException(f"away {wait}")

    monkeypatch.setattr(worker, "_run_effects", run)
    with pytest.raises(DatabaseUnavailable, match="The queue at .* is out of reach") as caught:
        work(engine, HURRY, until_idle=True)
    assert caught.value.params == {"where": str(engine.database.url)}


def test_the_queue_runs_under_the_limited_role(engine: CaseEngine) -> None:
    async def role() -> str:
        app, _ = build_app(engine.database.url, ONE_LANE, 1, lambda *_: None)
        async with app.open_async():
            row = await app.connector.execute_query_one_async("SELECT current_user AS name")
            return str(row["name"])

    assert asyncio.run(role()) == "nes_app"


def test_whether_an_effect_waits_behind_another_is_looked_up(database: Database) -> None:
    """However many wait: the library's own index has the lock second and is read as a whole."""
    fill = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock)"
        " SELECT 'effect', 'effect', 'case/' || i || '/desk', i::text"
        " FROM generate_series(1, 5000) i"
    )
    asked = (
        "EXPLAIN SELECT FROM procrastinate_jobs WHERE lock = 'case/7/desk'"
        " AND (status = 'doing' OR status = 'todo')"
    )
    with database.owner.begin() as connection:
        connection.execute(text(fill))
        connection.execute(text("ANALYZE procrastinate_jobs"))
        plan = "\n".join(connection.scalars(text(asked)))
    assert "ix_procrastinate_jobs_lock" in plan
