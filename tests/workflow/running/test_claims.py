"""Tests that several sweeps take different cases, the most urgent ones first."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING

from sqlalchemy import text

from tests.kit.workflow import process as kit
from workflow.model.verdict import ALLOW, Verdict
from workflow.running import claims, sweep
from workflow.running.claims import Claims

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    import pytest
    from sqlalchemy import Connection

    from tests.kit.workflow.process import CaseEngine, Context
    from workflow.model.clock import FixedClock

LOCKS = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :space")


def watched(engine: CaseEngine, opens: int | None) -> int:
    """Return a watched case whose urgent day lies so many days ahead."""
    day = None if opens is None else kit.TODAY + timedelta(days=opens)
    case_id = kit.filed(engine, production_opens_on=day)
    engine.fire(case_id, "look", kit.AYSE)
    return case_id


def holder(engine: CaseEngine) -> AbstractContextManager[Connection]:
    return engine.autocommit.connect()


def claim(engine: CaseEngine, connection: Connection, clock: FixedClock) -> Claims:
    definition = engine.library.workflow("matter")
    return Claims(connection, definition, definition.states["watched"], clock.now())


def locked(engine: CaseEngine) -> int:
    with holder(engine) as connection:
        found: int = connection.execute(LOCKS, {"space": claims.SPACE}).scalar_one()
    return found


def test_the_most_urgent_of_those_that_are_due_is_tried_first(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "SIDE_BY_SIDE", 1)
    monkeypatch.setattr(sweep, "HOOKED_CHUNK", 2)
    late, soon, unknown, soon_too = (watched(engine, opens) for opens in (90, 3, None, 3))
    clock.advance(days=2)
    order: list[int] = []

    def check(context: Context) -> Verdict:
        order.append(context.case_id)
        return ALLOW

    kit.desk_of(engine).check = check
    assert sweep.sweep(engine).moved == 4
    assert order == [unknown, soon, soon_too, late]
    assert locked(engine) == 0


def test_two_sweeps_take_different_cases_and_leave_none(
    engine: CaseEngine, clock: FixedClock
) -> None:
    cases = {watched(engine, 9) for _ in range(5)}
    clock.advance(days=2)
    with holder(engine) as one, holder(engine) as other:
        first, second = claim(engine, one, clock), claim(engine, other, clock)
        taken = first.take(2)
        rest = second.take(10)
        assert (len(taken), len(rest)) == (2, 3)
        assert set(taken) | set(rest) == cases
        assert claim(engine, one, clock).take(0) == []
        first.release()
        # What this sweep has tried it leaves alone, though it is still due; another may have it.
        assert first.take(10) == []
        assert set(second.take(10)) == set(taken)
        second.release()
        first.release()
    assert locked(engine) == 0


def test_of_many_the_oldest_are_looked_at(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "OLDEST", 1)
    first, second = watched(engine, 90), watched(engine, 1)
    clock.advance(days=2)
    with holder(engine) as connection:
        found = claim(engine, connection, clock)
        assert (found.take(5), found.take(5), found.take(5)) == ([first], [second], [])


def test_a_sweep_that_breaks_off_lets_its_cases_go(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched(engine, 9)
    clock.advance(days=2)

    def stop(*_: object, **__: object) -> Iterator[object]:
        assert locked(engine) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "try_each", stop)
    try:
        sweep.sweep(engine)
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError("nothing stopped it")
    assert locked(engine) == 0


def test_a_connection_that_broke_has_let_its_cases_go(
    engine: CaseEngine, clock: FixedClock
) -> None:
    watched(engine, 9)
    clock.advance(days=2)
    with holder(engine) as connection:
        found = claim(engine, connection, clock)
        assert len(found.take(5)) == 1
        connection.invalidate()
        found.release()


def test_hooked_cases_of_one_sweep_move_side_by_side(engine: CaseEngine, clock: FixedClock) -> None:
    for _ in range(2):
        watched(engine, 9)
    clock.advance(days=2)
    both = Barrier(2, timeout=20)

    def check(_: Context) -> Verdict:
        both.wait()  # broken unless the other one is judged at the same time
        return ALLOW

    kit.desk_of(engine).check = check
    assert sweep.sweep(engine).moved == 2


def test_two_sweeps_at_once_move_each_case_once(engine: CaseEngine, clock: FixedClock) -> None:
    cases = [watched(engine, 9) for _ in range(12)]
    clock.advance(days=2)
    moved: list[int] = []
    sweeps = [Thread(target=lambda: moved.append(sweep.sweep(engine).moved)) for _ in range(2)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    assert sum(moved) == 12
    assert {kit.standing(engine, case_id)[1] for case_id in cases} == {4}
    assert kit.refused(engine) == []
