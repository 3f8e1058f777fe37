"""The tests of ends that could not be written: the worker lives on and finds them again."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from queue import Queue
from typing import TYPE_CHECKING

import pytest
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from structlog.testing import capture_logs

from states.kit.errors import DatabaseUnavailable
from tests.kit.workflow import process as kit
from tests.kit.workflow.breaks import break_once, broken
from tests.workflow.running.test_batch import made, seen, yes
from workflow.model.context import EffectOutcome
from workflow.running import batch as batches
from workflow.running import journal_verification, worker
from workflow.running.batch_worker import work_off
from workflow.running.effect_queue import EffectQueue
from workflow.running.worker import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine, EffectContext
    from workflow.model.clock import FixedClock

PACE = Pace(poll=0.02, recover=0.05, heartbeat=0.05, stalled_after=600, longest_wait=0)
ENOUGH = 60
"""Seconds after which what was waited for does not come any more."""


def sent(engine: CaseEngine) -> int:
    case_id = kit.approvable(engine)
    engine.fire(case_id, "approve", kit.AYSE)
    engine.fire(case_id, "send", kit.AYSE)
    return case_id


def ended(engine: CaseEngine) -> bool:
    return {job["status"] for job in kit.jobs(engine)} == {"succeeded"}


def live_until(engine: CaseEngine, reached: Callable[[], bool]) -> list[object]:
    """Let one worker stay until something is reached; return what its loop complained about."""
    complaints: list[object] = []

    async def go() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, told: complaints.append(told))
        living = asyncio.create_task(worker._work(engine, PACE, until_idle=False, chores=[]))  # noqa: SLF001 - it is stopped from within
        async with asyncio.timeout(ENOUGH):
            while not await asyncio.to_thread(reached):
                assert not living.done()
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        gc.collect()

    asyncio.run(go())
    return complaints


def failing_once() -> Callable[[EffectContext], EffectOutcome]:
    tries: list[int] = []

    def post(_: EffectContext) -> EffectOutcome:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("courier away")
        return EffectOutcome("arrive")

    return post


@pytest.mark.parametrize("status", ["succeeded", "todo"])
def test_a_job_whose_end_was_not_written_is_run_again_by_the_worker_that_lives(
    engine: CaseEngine, database: Database, status: str
) -> None:
    kit.desk_of(engine).post = failing_once()
    case_id = sent(engine)
    break_once(database, "procrastinate_jobs", f"NEW.status = '{status}' AND OLD.status = 'doing'")
    with capture_logs() as logs:
        complaints = live_until(engine, lambda: ended(engine))
    assert complaints == []
    assert broken(database) > 1
    key = f"{case_id}/5/desk.post"
    told = [(log["event"], log["key"]) for log in logs if "key" in log]
    assert ("effect_end_unwritten", key) in told
    assert ("effect_recovered", key) in told
    assert kit.standing(engine, case_id) == ("delivered", 6)
    assert [entry["trigger"] for entry in kit.entries(engine, case_id)].count("arrive") == 1
    assert set(kit.desk_of(engine).told) == {f"{case_id}/5/desk.tell"}


def test_a_job_that_was_given_to_a_worker_by_an_answer_that_never_came_is_run(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")
    case_id = sent(engine)
    ask = PsycopgConnector.execute_query_all_async
    lost: list[str] = []

    async def cut(self: PsycopgConnector, query: str, **arguments: object) -> object:
        found = await ask(self, query, **arguments)
        if "status = 'doing', worker_id" in query and found and not lost:
            lost.append(query)
            raise ConnectorException from OSError("cut")
        return found

    monkeypatch.setattr(PsycopgConnector, "execute_query_all_async", cut)
    with capture_logs() as logs:
        assert live_until(engine, lambda: ended(engine)) == []
    assert lost
    assert "queue_away" in [log["event"] for log in logs]
    assert kit.standing(engine, case_id) == ("delivered", 6)


def test_a_sign_of_life_that_can_not_be_written_does_not_end_the_worker(
    engine: CaseEngine, database: Database
) -> None:
    break_once(database, "procrastinate_workers", "true")
    with capture_logs() as logs:
        assert live_until(engine, lambda: broken(database) > 2) == []
        case_id = sent(engine)
        live_until(engine, lambda: ended(engine))
    assert "heartbeat_unwritten" in [log["event"] for log in logs]
    assert kit.standing(engine, case_id)[0] == "sent"


def test_what_a_worker_has_in_hand_is_left_to_it_though_it_was_not_heard_of(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was frozen for a while must not run its own work twice."""
    looked: Queue[list[str]] = Queue()
    look = EffectQueue.put_back
    runs: list[str] = []

    async def put_back(self: EffectQueue, dead_after: float) -> list[str]:
        found = await look(self, dead_after)
        looked.put(found)
        return found

    def post(context: EffectContext) -> EffectOutcome:
        runs.append(context.key)
        kit.query(engine, "UPDATE procrastinate_workers SET last_heartbeat = 'epoch'")
        looked.queue.clear()
        found.extend(looked.get(timeout=ENOUGH) for _ in range(3))
        return EffectOutcome("arrive")

    found: list[list[str]] = []
    monkeypatch.setattr(EffectQueue, "put_back", put_back)
    kit.desk_of(engine).post = post
    sent(engine)
    live_until(engine, lambda: ended(engine))
    assert len(runs) == 1
    assert found == [[], [], []]


@pytest.mark.parametrize("column", ["moved", "finished_at"])
def test_a_sweep_whose_end_was_not_written_is_ended_by_the_next(
    engine: CaseEngine, database: Database, clock: FixedClock, column: str
) -> None:
    case_id = kit.matter(engine)
    clock.advance(days=30)
    break_once(database, "sweep_run", f"NEW.{column} IS DISTINCT FROM OLD.{column}")
    with capture_logs() as logs:
        worker._sweep(engine)  # noqa: SLF001 - what the ring calls
    assert [log["code"] for log in logs if log["event"] == "sweep_stopped"] == [
        "database_unavailable"
    ]
    assert kit.query(engine, "SELECT id FROM sweep_run WHERE finished_at IS NULL")
    worker._sweep(engine)  # noqa: SLF001 - the same
    runs = kit.query(engine, "SELECT finished_at FROM sweep_run ORDER BY id")
    assert runs
    assert all(run["finished_at"] for run in runs)
    assert kit.standing(engine, case_id) == ("expired", 2)


@pytest.mark.parametrize(
    "when", ["NEW.state = 'done'", "NEW.moved > OLD.moved", "NEW.judged > OLD.judged"]
)
def test_a_batch_whose_count_or_end_was_not_written_goes_on_at_the_next_look(
    engine: CaseEngine, database: Database, when: str
) -> None:
    case_id = kit.filed(engine)
    break_once(database, "batch", when)
    number = made(engine, [case_id])
    for _ in range(2):
        with suppress(DatabaseUnavailable):
            work_off(engine, yes)
    assert seen(engine, number).state == "rehearsed"
    assert batches.start(engine, number, kit.AYSE)
    for _ in range(2):
        with suppress(DatabaseUnavailable):
            work_off(engine, yes)
    ended = seen(engine, number)
    assert broken(database) > 1
    assert (ended.state, ended.moved, ended.failed) == ("done", 1, 0)
    assert kit.standing(engine, case_id) == ("parked", 3)


@pytest.mark.parametrize("stage", ["moves", "done"])
def test_a_proof_whose_end_was_not_written_is_begun_anew_by_the_next_look(
    engine: CaseEngine, database: Database, stage: str
) -> None:
    kit.filed(engine)
    assert journal_verification.ask(engine, kit.AYSE)
    break_once(database, "proof", f"NEW.stage = '{stage}'")
    with suppress(DatabaseUnavailable):
        journal_verification.prove(engine)
    assert journal_verification.open_proof(engine.database) is not None
    journal_verification.prove(engine)
    assert journal_verification.open_proof(engine.database) is None
    last = journal_verification.last_proof(engine.database)
    assert last is not None
    assert broken(database) > 1
