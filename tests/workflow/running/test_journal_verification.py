"""The tests of proving in the background: asked once, told as it goes, outliving workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from tests.kit.workflow import process as kit
from tests.workflow.journal.test_journal import busy
from workflow.journal import verification as journal
from workflow.journal.conformance import conform
from workflow.running import journal_verification

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock


def waiting(engine: CaseEngine) -> Any:  # noqa: ANN401 - a row has no type
    found = journal_verification.open_proof(engine.database)
    assert found is not None
    return found


def last(engine: CaseEngine) -> Any:  # noqa: ANN401 - the same
    found = journal_verification.last_proof(engine.database)
    assert found is not None
    return found


def test_nobody_proves_what_nobody_asked_for(engine: CaseEngine) -> None:
    assert journal_verification.prove(engine) is False
    assert journal_verification.open_proof(engine.database) is None
    assert journal_verification.last_proof(engine.database) is None


def test_one_proof_is_asked_for_at_a_time(engine: CaseEngine, clock: FixedClock) -> None:
    assert journal_verification.ask(engine, kit.AYSE) is True
    assert journal_verification.ask(engine, kit.MEHMET) is False
    found = waiting(engine)
    assert (found.asked_by, found.asked_at, found.stage) == ("user:1", clock.now(), "waiting")
    assert journal_verification.prove(engine) is True
    assert journal_verification.ask(engine, kit.MEHMET) is True


def test_a_whole_journal_is_proved_with_its_counts(engine: CaseEngine, clock: FixedClock) -> None:
    busy(engine)
    journal_verification.ask(engine, kit.AYSE)
    clock.advance(minutes=5)
    assert journal_verification.prove(engine) is True
    found = last(engine)
    assert journal_verification.open_proof(engine.database) is None
    assert (found.stage, found.total, found.done, found.cases) == ("done", 14, 14, 5)
    assert (found.found, found.problems, found.differences) == (0, [], [])
    assert found.recomputed == {
        "definition": 2, "document": 0, "scan": 0, "signature": 0, "augmentation": 0,
        "certificate": 0,
    }  # fmt: skip
    assert found.started_at == found.finished_at == clock.now() > found.asked_at
    assert found.pinned == {
        engine.library.current["matter"].sha256: 3,
        engine.library.current["permit"].sha256: 2,
    }


def test_what_is_broken_and_what_is_illegal_is_kept(engine: CaseEngine, database: Database) -> None:
    case, _, _ = busy(engine)
    kit.tamper(
        database,
        f'UPDATE journal SET body = replace(body, \'"role":"officer"\', \'"role":"system"\')'
        f" WHERE case_id = {case} AND n = 3",
    )
    journal_verification.ask(engine, kit.AYSE)
    journal_verification.prove(engine)
    found = last(engine)
    assert found.found == 1
    assert found.problems == [
        {
            "case": case,
            "n": 3,
            "kind": "changed",
            "text": "its text does not give its hash",
            "row": "",
        }
    ]
    sample = {"case": case, "n": 3, "workflow": "matter", "trigger": "note", "row": ""}
    assert found.differences == [{"reason": "role", "count": 1, "samples": [sample]}]


def test_the_row_tells_how_far_it_is(engine: CaseEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(engine)
    monkeypatch.setattr(journal, "BATCH", 4)
    seen: list[tuple[str, int, int]] = []

    def told(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def watched(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - passes anything on
            row = waiting(engine)
            seen.append((f"{name}: {row.stage}", row.done, row.total))
            return function(*args, **kwargs)

        return watched

    original = journal.verify

    def verify(database: Any, library: Any, tell: Callable[[int], object]) -> object:  # noqa: ANN401 - the same
        def telling(done: int) -> None:
            tell(done)
            told("entry", lambda: None)()

        return original(database, library, telling)

    monkeypatch.setattr(journal_verification, "verify", told("verify", verify))
    monkeypatch.setattr(journal_verification, "conform", told("conform", conform))
    journal_verification.ask(engine, kit.AYSE)
    journal_verification.prove(engine)
    assert seen[0] == ("verify: chains", 0, 14)
    assert seen[-1] == ("conform: moves", 14, 14)
    between = [done for name, done, _ in seen if name == "entry: chains"]
    assert between == sorted(set(between))
    assert len(between) >= 2


def test_a_proof_that_another_worker_holds_is_left_to_him(engine: CaseEngine) -> None:
    journal_verification.ask(engine, kit.AYSE)
    key = waiting(engine).id
    with engine.autocommit.connect() as other:
        assert other.scalar(select(func.pg_try_advisory_lock(journal_verification.LOCK_SPACE, key)))
        assert journal_verification.prove(engine) is False
        assert waiting(engine).stage == "waiting"
        other.execute(select(func.pg_advisory_unlock(journal_verification.LOCK_SPACE, key)))
    assert journal_verification.prove(engine) is True


def test_a_worker_that_died_over_it_is_followed_by_another(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise ConnectionAbortedError

    busy(engine)
    journal_verification.ask(engine, kit.AYSE)
    with monkeypatch.context() as patched:
        patched.setattr(journal_verification, "conform", dies)
        with pytest.raises(ConnectionAbortedError):
            journal_verification.prove(engine)
    assert waiting(engine).stage == "moves"
    assert journal_verification.ask(engine, kit.MEHMET) is False
    assert journal_verification.prove(engine) is True
    assert (last(engine).stage, last(engine).done) == ("done", 14)


def test_a_connection_that_broke_takes_its_lock_with_it(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal_verification.ask(engine, kit.AYSE)

    class Breaks:
        def __init__(self, _: object, holder: Any, __: int) -> None:  # noqa: ANN401 - a connection
            self.holder = holder

        def run(self) -> None:
            self.holder.invalidate()

    with monkeypatch.context() as patched:
        patched.setattr(journal_verification, "_Prover", Breaks)
        assert journal_verification.prove(engine) is True
    assert journal_verification.prove(engine) is True
    assert last(engine).stage == "done"


@pytest.mark.parametrize(("age", "lives"), [(2, True), (120, False)])
def test_a_worker_lives_while_its_heart_beats(engine: CaseEngine, age: int, *, lives: bool) -> None:
    assert journal_verification.worker_alive(engine.database) is False
    kit.query(
        engine,
        "INSERT INTO procrastinate_workers (last_heartbeat)"
        " VALUES (now() - make_interval(secs => :age))",
        age=age,
    )
    assert journal_verification.worker_alive(engine.database) is lives
