"""The tests of runs of the sweep: one that died, two at once, a database that goes away."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text

from states.kit.errors import DatabaseUnavailable
from tests.kit.workflow import process as kit
from tests.workflow.running.test_sweep import DAY, held, lines
from workflow.running import sweep, sweep_run

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock


@dataclass
class Death(Exception):
    """The worker died."""

    at: str


def test_a_run_that_died_is_finished_by_the_next_as_of_its_own_moment(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "CHUNK", 2)
    cases = [held(engine, 0) for _ in range(5)]

    def die(line: sweep.SweepLine) -> None:
        raise Death(line.state)

    with pytest.raises(Death):
        sweep.sweep(engine, progress=die)
    assert sorted(kit.standing(engine, case_id)[0] for case_id in cases).count("ready") == 2
    tomorrow = held(engine, 1)
    clock.advance(days=1)
    report = sweep.sweep(engine)
    assert (report.moved, report.as_of) == (4, kit.NOON + DAY)
    adopted, second = kit.query(engine, "SELECT * FROM sweep_run ORDER BY id")
    assert (adopted["moved"], adopted["as_of"]) == (5, kit.NOON)
    assert adopted["finished_at"] == second["finished_at"] == clock.now()
    assert (second["moved"], second["as_of"]) == (1, clock.now())
    assert kit.entries(engine, tomorrow)[-1]["batch"] == f"sweep:{second['id']}"
    batches = {kit.entries(engine, case_id)[-1]["batch"] for case_id in cases}
    assert batches == {f"sweep:{adopted['id']}"}


def test_a_run_that_lives_is_not_taken_over(engine: CaseEngine, clock: FixedClock) -> None:
    with sweep_run.begin(engine, kit.NOON) as alive:
        with sweep_run.begin(engine, kit.NOON) as another:
            assert another.id != alive.id
        with sweep_run.begin(engine, clock.now()) as third:
            assert third.id not in {alive.id, another.id}
    finished = kit.query(engine, "SELECT count(*) AS n FROM sweep_run WHERE finished_at IS NULL")
    assert finished == [{"n": 0}]


def test_a_run_of_a_later_moment_is_left_to_its_time(engine: CaseEngine) -> None:
    with pytest.raises(Death), sweep_run.begin(engine, kit.NOON + DAY):
        raise Death("anywhere")
    with sweep_run.begin(engine, kit.NOON) as run:
        assert run.as_of == kit.NOON
    with sweep_run.begin(engine, kit.NOON + DAY) as later:
        assert (later.as_of, later.moved, later.refused) == (kit.NOON + DAY, 0, 0)
        assert later.id < run.id


def test_a_run_is_locked_from_its_first_moment_and_free_after_its_last(engine: CaseEngine) -> None:
    def free(run_id: int) -> bool:
        with engine.autocommit.connect() as other:
            lock = func.pg_try_advisory_lock(sweep_run.LOCK_SPACE, run_id)
            return bool(other.scalar(select(lock, func.pg_advisory_unlock_all())))

    with sweep_run.begin(engine, kit.NOON) as run:
        assert not free(run.id)
    assert free(run.id)


def test_two_sweeps_at_once_move_each_case_once(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "CHUNK", 3)
    monkeypatch.setattr(sweep, "HOOKED_CHUNK", 3)
    pure = [kit.matter(engine) for _ in range(20)]
    hooked = [kit.filed(engine) for _ in range(12)]
    for case_id in hooked:
        engine.fire(case_id, "look", kit.AYSE)
    clock.advance(days=30)
    reports: list[sweep.SweepReport] = []
    start = Barrier(3)

    def run() -> None:
        start.wait()
        reports.append(sweep.sweep(engine))

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(reports) == 3
    sweep.sweep(engine)  # a row that one held while another passed by
    assert {kit.standing(engine, case_id) for case_id in pure} == {("expired", 2)}
    assert {kit.standing(engine, case_id) for case_id in hooked} == {("watched", 4)}
    assert sum(report.refused for report in reports) == 0
    assert kit.refused(engine) == []


def test_a_sweep_without_the_database_says_so(engine: CaseEngine, database: Database) -> None:
    case_id = kit.matter(engine)

    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def progress(_: sweep.SweepLine) -> None:
        with database.owner.connect() as connection:
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))
            while connection.scalar(text(f"SELECT count(*) {others}")):
                connection.rollback()

    kit.query(engine, "UPDATE application SET due_at = :d", d=kit.NOON)
    with pytest.raises(DatabaseUnavailable):
        sweep.sweep(engine, progress=progress)
    assert kit.standing(engine, case_id)[0] == "expired"
    assert lines(sweep.sweep(engine)) == []
    finished = kit.query(engine, "SELECT finished_at, moved FROM sweep_run ORDER BY id")
    assert {run["finished_at"] for run in finished} == {kit.NOON}
