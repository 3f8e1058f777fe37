"""The tests of batches in crowds and crashes: each case moves once and is told once."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from states.kit.errors import DatabaseUnavailable
from tests.kit.workflow import process as kit
from tests.kit.workflow.crash import Killer, house
from tests.workflow.running.test_batch import items, made, ready, seen, yes
from workflow.engine.case_sets import HANDLER_FAILED
from workflow.journal.verification import verify
from workflow.running import batch as batches
from workflow.running import batch_worker
from workflow.running.batch_worker import LOCK_SPACE, rehearse, work_off

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine, Context


def in_child(database: Database, do: Callable[[CaseEngine], None]) -> int:
    """Do something in a process of its own; return the signal that killed it, 0 for none."""
    address = database.url.render_as_string(hide_password=False)
    kit.definitions()
    child = os.fork()
    if child == 0:
        try:
            do(house(address, 0))
        except BaseException as error:  # noqa: BLE001 - a child of a fork must end here
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def started(engine: CaseEngine, count: int, trigger: str, **more: object) -> tuple[int, list[int]]:
    """Start a batch of new cases of which every fifth will be refused."""
    ids = [
        kit.filed(engine, kind="first" if number % 5 == 4 else "renewal") for number in range(count)
    ]
    batch_id = ready(engine, ids, trigger, **more)
    assert batches.start(engine, batch_id, kit.AYSE)
    return batch_id, ids


def all_moved_once(engine: CaseEngine, batch_id: int, ids: list[int]) -> None:
    """Assert that every case but each fifth has moved once, and that all of it is told once."""
    batch, fifth = seen(engine, batch_id), len(ids) // 5
    assert (batch.state, batch.moved, batch.refused, batch.failed) == (
        "done", len(ids) - fifth, fifth, 0,
    )  # fmt: skip
    for number, case_id in enumerate(ids):
        told = items(engine, batch_id)[case_id][1:]
        by_batch = [entry for entry in kit.entries(engine, case_id) if entry["batch"]]
        if number % 5 == 4:
            assert (told, by_batch) == (("refused", "renewed"), [])
        else:
            assert told == ("moved", None)
            assert [entry["batch"] for entry in by_batch] == [batch.name]
    attempts = [row["case_id"] for row in kit.refused(engine)]
    assert sorted(attempts) == [id_ for number, id_ in enumerate(ids) if number % 5 == 4]
    assert verify(engine.database, engine.library).ok


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
def test_a_batch_of_500_is_moved_in_one_go(engine: CaseEngine, trigger: str) -> None:
    batch_id, ids = started(engine, 500, trigger, reason="x")
    work_off(engine, yes)
    all_moved_once(engine, batch_id, ids)


@pytest.mark.parametrize(
    ("trigger", "point", "passing"),
    [
        ("note", "batch_tried", 1),
        ("note", "batch_tried", 2),
        ("note_heard", "batch_tried", 1),
        ("note_heard", "after_commit", 3),
        ("note_heard", "before_commit", 3),
        ("note_heard", "after_lock", 5),
    ],
)
def test_a_worker_that_is_killed_in_the_middle_is_followed_by_one_that_goes_on(
    engine: CaseEngine,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    trigger: str,
    point: str,
    passing: int,
) -> None:
    monkeypatch.setattr(batch_worker, "CHUNK", 4)
    monkeypatch.setattr(batch_worker, "HOOKED_CHUNK", 4)
    batch_id, ids = started(engine, 10, trigger, reason="x")

    def die(child: CaseEngine) -> None:
        child.point = Killer(point, passing)
        work_off(child, yes)

    assert in_child(database, die) == signal.SIGKILL
    left = seen(engine, batch_id)
    assert (left.state, left.done < len(ids)) == ("running", True)

    def finish(child: CaseEngine) -> None:
        while work_off(child, yes):
            continue

    assert in_child(database, finish) == 0
    all_moved_once(engine, batch_id, ids)


def test_a_rehearsal_that_dies_is_gone_on_with(engine: CaseEngine, database: Database) -> None:
    ids = [kit.filed(engine) for _ in range(3)]
    batch_id = made(engine, ids)

    def die(child: CaseEngine) -> None:
        child.point = Killer("batch_tried", 1)
        work_off(child, yes)

    assert in_child(database, die) == signal.SIGKILL
    assert (seen(engine, batch_id).judged, seen(engine, batch_id).state) == (0, "rehearsing")
    work_off(engine, yes)
    assert (seen(engine, batch_id).judged, seen(engine, batch_id).state) == (3, "rehearsed")


@pytest.mark.parametrize("trigger", ["note", "note_heard"])
def test_two_workers_share_batches_without_moving_a_case_twice(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch, trigger: str
) -> None:
    monkeypatch.setattr(batch_worker, "CHUNK", 3)
    monkeypatch.setattr(batch_worker, "HOOKED_CHUNK", 3)
    both = [started(engine, 10, trigger, reason="x") for _ in range(2)]
    start = Barrier(4)

    def toil(_: int) -> None:
        start.wait()
        while any(seen(engine, batch_id).state == "running" for batch_id, _ in both):
            work_off(engine, yes)

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(toil, range(4)))
    for batch_id, ids in both:
        outcomes = [found[1] for found in items(engine, batch_id).values()]
        assert (outcomes.count("moved"), outcomes.count("refused")) == (8, 2)
        assert [len(kit.entries(engine, case_id)) for case_id in ids] == [3, 3, 3, 3, 2] * 2
    assert len(kit.refused(engine)) == 4


def test_a_batch_that_another_worker_holds_is_left_to_it(engine: CaseEngine) -> None:
    batch_id, (case_id, *_) = started(engine, 1, "park")
    with engine.autocommit.connect() as holder:
        holder.execute(text(f"SELECT pg_advisory_lock({LOCK_SPACE}, {batch_id})"))
        assert work_off(engine, yes) == 0
        rehearse(engine, batch_id)
        assert kit.standing(engine, case_id) == ("filed", 2)
        holder.execute(text(f"SELECT pg_advisory_unlock({LOCK_SPACE}, {batch_id})"))
    assert work_off(engine, yes) == 1
    assert kit.standing(engine, case_id) == ("parked", 3)


def test_should_two_work_at_one_batch_after_all_the_version_lets_one_move_each_case(
    engine: CaseEngine,
) -> None:
    batch_id, ids = started(engine, 5, "note", reason="x")
    rows = batch_worker._pending(engine, seen(engine, batch_id), 9)  # noqa: SLF001 - what the slow one had read
    stood = batch_worker._standing(engine, seen(engine, batch_id), rows)  # noqa: SLF001 - the same
    work_off(engine, yes)
    batch = seen(engine, batch_id)
    late = batch_worker._try(engine, batch, stood, dry_run=False)  # noqa: SLF001 - the same
    assert late == {**dict.fromkeys(ids, "stale_version"), ids[4]: "renewed"}
    batch_worker._settle(engine, batch, rows, late, rehearsal=False)  # noqa: SLF001 - the same
    all_moved_once(engine, batch_id, ids)


def test_the_slow_one_of_two_writes_what_the_journal_says(engine: CaseEngine) -> None:
    batch_id, ids = started(engine, 5, "note", reason="x")
    batch = seen(engine, batch_id)
    rows = batch_worker._pending(engine, batch, 9)  # noqa: SLF001 - two who have read the same
    stood = batch_worker._standing(engine, batch, rows)  # noqa: SLF001 - the same
    fast = batch_worker._try(engine, batch, stood, dry_run=False)  # noqa: SLF001 - the same
    slow = batch_worker._try(engine, batch, stood, dry_run=False)  # noqa: SLF001 - the same
    assert (len(fast), len(slow)) == (1, 5)
    batch_worker._settle(engine, batch, rows, slow | fast, rehearsal=False)  # noqa: SLF001 - the same
    work_off(engine, yes)
    all_moved_once(engine, batch_id, ids)


def test_what_the_journal_does_not_say_has_not_moved(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, (case_id, *_) = started(engine, 1, "park")
    monkeypatch.setattr(batch_worker, "try_ids", lambda *_, **__: {})
    work_off(engine, yes)
    assert items(engine, batch_id)[case_id][1:] == ("failed", HANDLER_FAILED)


def test_a_batch_that_breaks_is_told_and_keeps_no_other_waiting(engine: CaseEngine) -> None:
    broken, _ = started(engine, 1, "park")
    good, ids = started(engine, 1, "park")
    kit.query(engine, "UPDATE batch SET workflow = 'letter' WHERE id = :id", id=broken)
    with capture_logs() as logs:
        assert work_off(engine, yes) == 1
    assert [(log["event"], log["batch"], log["code"]) for log in logs] == [
        ("batch_failed", broken, "UnknownWorkflow")
    ]
    assert (seen(engine, broken).state, seen(engine, good).state) == ("running", "done")
    assert kit.standing(engine, ids[0]) == ("parked", 3)


def test_a_batch_does_not_go_on_without_the_database_and_waits_for_it(engine: CaseEngine) -> None:
    batch_id, ids = started(engine, 2, "paper_heard")
    kit.query(engine, "UPDATE application SET method = 'wet_signature'")

    def act(context: Context) -> None:
        if context.case_id == ids[1]:
            raise DatabaseUnavailable("away", where="here")

    kit.desk_of(engine).act = act
    with pytest.raises(DatabaseUnavailable):
        work_off(engine, yes)
    assert (seen(engine, batch_id).state, seen(engine, batch_id).done) == ("running", 0)
    kit.desk_of(engine).act = lambda _: None
    work_off(engine, yes)
    assert (seen(engine, batch_id).state, seen(engine, batch_id).moved) == ("done", 2)
    assert [len(kit.entries(engine, case_id)) for case_id in ids] == [3, 3]


def test_a_worker_whose_connection_breaks_gives_the_batch_up(
    engine: CaseEngine, database: Database
) -> None:
    batch_id, (case_id, *_) = started(engine, 1, "park")

    def why_not(_actor: str, _role: str) -> None:
        kit.query(
            database.owner,
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND classid = :space",
            space=LOCK_SPACE,
        )

    with pytest.raises(DatabaseUnavailable):
        work_off(engine, why_not)
    work_off(engine, yes)
    assert seen(engine, batch_id).state == "done"
    assert kit.standing(engine, case_id) == ("parked", 3)
