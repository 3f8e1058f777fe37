"""The tests of what is recorded where several transitions of a timer are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit.workflow import process as kit
from tests.workflow.running.test_sweep import both, lines
from workflow.running import sweep

if TYPE_CHECKING:
    import pytest

    from tests.kit.workflow.process import CaseEngine


def test_the_refusal_that_tells_is_the_first_but_for_a_rule_that_only_sorts(
    engine: CaseEngine,
) -> None:
    process = kit.PROCESS.replace("then: [lift, drop, clear]", "then: [drop, clear, lift]")
    other = kit.engine(engine.database, engine.clock, process)
    case_id = kit.filed(other, couriered_at=kit.NOON, production_opens_on=None, method="e_onay")
    other.fire(case_id, "park", kit.AYSE)
    assert lines(both(other)) == [("matter", "parked", {}, {"permitted": 1})]
    (row,) = kit.waits(other)
    # That it is none of paper says nothing; that there is no permit does, and it came first.
    assert (row["trigger"], row["code"]) == ("clear", "permitted")
    assert row["tried"] == {"drop": "by_paper", "lift": "opened"}
    assert kit.refused(other) == []


def test_where_all_refusals_only_sort_the_first_is_told(engine: CaseEngine) -> None:
    process = kit.PROCESS.replace("then: [lift, drop, clear]", "then: drop")
    other = kit.engine(engine.database, engine.clock, process)
    case_id = kit.filed(other, couriered_at=kit.NOON, method="e_onay")
    other.fire(case_id, "park", kit.AYSE)
    assert lines(both(other)) == [("matter", "parked", {}, {"by_paper": 1})]


def test_a_case_that_somebody_holds_is_offered_no_other_transition(
    engine: CaseEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = kit.PROCESS.replace("then: [lift, drop, clear]", "then: [drop, clear, lift]")
    other = kit.engine(engine.database, engine.clock, process)
    case_id = kit.approvable(other, couriered_at=kit.NOON, method="wet_signature")
    other.fire(case_id, "park", kit.AYSE)

    def busy(
        _office: CaseEngine, _definition: object, _request: object, ids: list[int], **_: object
    ) -> dict[int, str]:
        return dict.fromkeys(ids, "busy")

    monkeypatch.setattr(sweep, "try_each", busy)
    assert lines(sweep.sweep(other)) == []
    assert kit.standing(other, case_id)[0] == "parked"
    assert kit.refused(other) == kit.waits(other) == []
    assert kit.case(other, case_id)["due_at"] == kit.NOON
