"""The tests of what is written down where a timer waits, and of what is a fault."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit
from tests.workflow.running.test_sweep import held, parked
from workflow.model.verdict import Verdict, deny, error
from workflow.running import sweep
from workflow.running.timer_waits import forget_waits, is_condition

if TYPE_CHECKING:
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("opened", True), ("desk.waits", True), ("handler_failed", False), ("conflict", False),
        ("role_not_allowed", False), ("value_missing", False),
    ],
)  # fmt: skip
def test_a_rule_or_check_may_answer_otherwise_another_day(code: str, *, expected: bool) -> None:
    assert is_condition(kit.definitions()["matter"], code) is expected


@pytest.mark.parametrize("verdict", [deny("desk.not_yet"), error("desk.away")])
def test_a_check_that_denies_or_cannot_answer_is_waited_for(
    engine: CaseEngine, clock: FixedClock, verdict: Verdict
) -> None:
    case_id = kit.filed(engine)
    engine.fire(case_id, "look", kit.AYSE)
    clock.advance(days=2)
    kit.desk_of(engine).check = lambda _: verdict
    assert sweep.sweep(engine).refused == 1
    assert [(row["case_id"], row["code"]) for row in kit.waits(engine)] == [(case_id, verdict.code)]
    assert kit.refused(engine) == []


def test_what_a_case_waits_for_in_another_state_takes_the_place_of_the_former(
    engine: CaseEngine, clock: FixedClock
) -> None:
    case_id = kit.filed(engine, couriered_at=kit.NOON, production_opens_on=None)
    engine.fire(case_id, "park", kit.AYSE)
    sweep.sweep(engine)
    assert [set(row["tried"]) for row in kit.waits(engine)] == [{"drop", "clear"}]
    clock.advance(hours=1)
    kit.query(engine, "UPDATE application SET state = 'held', due_at = :now", now=clock.now())
    sweep.sweep(engine)
    (row,) = kit.waits(engine)
    assert (row["state"], row["at"], row["trigger"], row["tried"]) == (
        "held", clock.now(), "release", {},
    )  # fmt: skip


def test_a_promise_of_the_table_that_a_move_would_break_is_a_refused_attempt(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = parked(engine, kit.NOON)

    def broken(*_: object, **__: object) -> dict[int, str]:
        return {case_id: "conflict"}

    monkeypatch.setattr(sweep, "_first_try", lambda *_: ({case_id: "conflict"}, 0, None))
    monkeypatch.setattr(sweep, "try_ids", broken)
    report = sweep.sweep(engine)
    (row,) = kit.refused(engine)
    assert (row["case_id"], row["code"], row["batch"]) == (case_id, "conflict", report.batch)
    assert row["params"] == {"tried": {"drop": "conflict", "clear": "conflict"}}


def test_what_no_timer_says_again_is_forgotten(engine: CaseEngine, clock: FixedClock) -> None:
    held(engine, 0)
    kit.query(engine, "UPDATE application SET production_opens_on = NULL")
    sweep.sweep(engine)
    assert forget_waits(engine.database, clock.now()) == 0
    assert forget_waits(engine.database, clock.now() + timedelta(microseconds=1)) == 1
    assert kit.waits(engine) == []
