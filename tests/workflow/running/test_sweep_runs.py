"""The tests of runs of the sweep: one that died, two at once, a database that goes away."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from states.kit.errors import DatabaseUnavailable
from tests.kit.workflow import process as kit
from tests.workflow.running.test_sweep import DAY, held, lines
from workflow.engine import case_sets
from workflow.running import sweep, sweep_report, sweep_run

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.engine.case_sets import SetAnswer
    from workflow.model.clock import FixedClock


@dataclass
class Death(Exception):
    """The worker died."""

    at: str


def test_a_run_that_died_is_finished_by_the_next_as_of_its_own_moment(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "FIRST_CHUNK", 2)
    cases = [held(engine, 0) for _ in range(5)]

    def die(line: sweep_report.SweepLine) -> None:
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
    monkeypatch.setattr(sweep, "FIRST_CHUNK", 3)
    monkeypatch.setattr(sweep, "CHUNK", 3)
    monkeypatch.setattr(sweep, "HOOKED_CHUNK", 3)
    pure = [kit.matter(engine) for _ in range(20)]
    hooked = [kit.filed(engine) for _ in range(12)]
    for case_id in hooked:
        engine.fire(case_id, "look", kit.AYSE)
    clock.advance(days=30)
    reports: list[sweep_report.SweepReport] = []
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


def shared(
    monkeypatch: pytest.MonkeyPatch, fails: int | None = None
) -> list[tuple[object, object]]:
    """Have chunks of two shared from the third case on; note each share that is asked for."""
    asked: list[tuple[object, object]] = []
    run_set = case_sets.run_set

    def noted(*given: Any, **named: Any) -> list[SetAnswer]:  # noqa: ANN401 - as the engine takes it
        share = given[4]["share"], given[4]["shares"]
        asked.append(share)
        if share == (fails, 2):
            raise Death("a share")
        return run_set(*given, **named)

    monkeypatch.setattr(sweep, "FIRST_CHUNK", 2)
    monkeypatch.setattr(sweep, "CHUNK", 2)
    monkeypatch.setattr(sweep, "run_set", noted)
    return asked


def test_much_that_is_due_is_shared_by_two_connections_and_no_case_met_twice(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = shared(monkeypatch)
    cases = [held(engine, 0) for _ in range(11)]
    stuck = cases[2], cases[5], cases[8]
    for case_id in stuck:
        kit.query(engine, "UPDATE application SET production_opens_on = NULL WHERE id = :i",
                  i=case_id)  # fmt: skip
    report = sweep.sweep(engine)
    assert lines(report) == [("matter", "held", {"release": 8}, {"opened": 3})]
    assert (asked[0], set(asked[1:]) >= {(0, 2), (1, 2)}) == ((0, 1), True)
    assert {kit.standing(engine, case_id) for case_id in set(cases) - {*stuck}} == {("ready", 5)}
    assert [row["case_id"] for row in kit.waits(engine)] == sorted(stuck)


def test_a_share_that_fails_ends_the_sweep_and_the_next_one_moves_its_cases(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        shared(broken, fails=1)
        cases = [held(engine, 0) for _ in range(9)]
        with pytest.raises(Death, match="a share"):
            sweep.sweep(engine)
    left = [case_id for case_id in cases if kit.standing(engine, case_id)[0] == "held"]
    assert 0 < len(left) < len(cases)
    assert sweep.sweep(engine).moved == len(left)
    assert {kit.standing(engine, case_id) for case_id in cases} == {("ready", 5)}


def test_little_that_is_due_is_walked_by_one_connection(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = shared(monkeypatch)
    held(engine, 0)
    assert sweep.sweep(engine).moved == 1
    assert set(asked) == {(0, 1)}


def test_a_sweep_without_the_database_says_so(engine: CaseEngine, database: Database) -> None:
    case_id = kit.matter(engine)

    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def progress(_: sweep_report.SweepLine) -> None:
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
