"""The tests of effects: queued with their move, run after it, their outcome fired once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit
from workflow.model import refusal as r
from workflow.model.context import EffectOutcome
from workflow.model.registry import Registry
from workflow.model.verdict import deny, error
from workflow.running.effects import run_effect

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine, EffectContext
    from workflow.model.clock import FixedClock


@pytest.fixture
def sent(engine: CaseEngine) -> int:
    """Give a case whose fifth entry has queued its effects."""
    case_id = kit.approvable(engine)
    engine.fire(case_id, "approve", kit.AYSE)
    engine.fire(case_id, "send", kit.AYSE)
    return case_id


def test_the_outcome_of_an_effect_is_fired_by_the_system(engine: CaseEngine, sent: int) -> None:
    seen: list[object] = []
    kit.desk_of(engine).act = lambda context: seen.append(context.payload)
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive", {"number": "TEST1"}, "geldi")
    run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("delivered", 6)
    assert seen == [{"number": "TEST1"}]
    said = json.loads(kit.entries(engine, sent)[-1]["body"])
    assert (said["actor"], said["role"], said["auth"], said["reason"]) == (
        "system:effect", "system", "internal", "geldi",
    )  # fmt: skip


def test_an_effect_knows_its_move_its_case_and_its_key(
    engine: CaseEngine, sent: int, clock: FixedClock
) -> None:
    seen: list[EffectContext] = []
    clock.advance(hours=13)
    kit.desk_of(engine).post = seen.append
    run_effect(engine, sent, 5, "desk.post")
    (context,) = seen
    assert context.key == f"{sent}/5/desk.post"
    assert (context.n, context.name, context.reason, context.details) == (5, "desk.post", None, {})
    assert (context.case["id"], context.case["state"], context.case["version"]) == (
        sent, "sent", 5,
    )  # fmt: skip
    assert (context.now, context.today) == (clock.now(), kit.TODAY.replace(day=3))
    assert context.definition.sha256 == kit.definitions()["matter"].sha256
    assert context.services is engine.services
    assert context.database is engine.database
    assert kit.standing(engine, sent) == ("sent", 5)


def test_the_details_and_the_reason_of_the_move_reach_its_effects(engine: CaseEngine) -> None:
    kit.desk_of(engine).act = lambda context: context.note(pages=2)
    case_id = engine.open(
        "matter", "file_heard", kit.AYSE,
        {"person_id": kit.people(engine)[0], "kind": "renewal"}, reason="acele",
    )  # fmt: skip
    seen: list[EffectContext] = []
    registry = engine.library.registry
    tell = registry["desk.tell"]
    engine.library.registry = Registry(
        [
            *(registry[name] for name in registry if name != tell.name),
            type(tell)(tell.name, tell.sort, seen.append),
        ]
    )
    run_effect(engine, case_id, 1, "desk.tell")
    assert (seen[0].reason, seen[0].details) == ("acele", {"pages": 2})


def test_an_effect_that_ran_already_does_nothing_again(engine: CaseEngine, sent: int) -> None:
    calls: list[str] = []

    def post(context: EffectContext) -> EffectOutcome:
        calls.append(context.key)
        return EffectOutcome("arrive")

    kit.desk_of(engine).post = post
    for _ in range(3):
        run_effect(engine, sent, 5, "desk.post")
    assert calls == [f"{sent}/5/desk.post"]
    assert kit.standing(engine, sent) == ("delivered", 6)
    assert kit.refused(engine) == []


def test_an_effect_without_outcomes_runs_although_the_case_has_moved_on(
    engine: CaseEngine, sent: int
) -> None:
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")
    run_effect(engine, sent, 5, "desk.post")
    run_effect(engine, sent, 5, "desk.tell")
    assert kit.desk_of(engine).told == [f"{sent}/5/desk.tell"]


def test_an_outcome_that_comes_too_late_is_let_go(engine: CaseEngine, sent: int) -> None:
    def post(_: EffectContext) -> EffectOutcome:
        engine.fire(sent, "bounce", kit.SYSTEM, reason="someone was faster")
        return EffectOutcome("arrive")

    kit.desk_of(engine).post = post
    run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("ready", 6)
    assert [row["code"] for row in kit.refused(engine)] == ["stale_version"]


def test_an_outcome_that_is_refused_is_tried_again_by_the_queue(
    engine: CaseEngine, sent: int
) -> None:
    kit.desk_of(engine).post = lambda _: EffectOutcome("bounce")
    with pytest.raises(r.ReasonMissing):
        run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("sent", 5)


def test_what_an_effect_raises_reaches_the_queue(engine: CaseEngine, sent: int) -> None:
    def post(_: EffectContext) -> EffectOutcome:
        raise ConnectionError("courier away")

    kit.desk_of(engine).post = post
    with pytest.raises(ConnectionError):
        run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("sent", 5)


def test_an_effect_without_a_handler_is_a_typed_error(engine: CaseEngine, sent: int) -> None:
    with pytest.raises(r.DefinitionMissing) as caught:
        run_effect(engine, sent, 5, "desk.sing")
    assert caught.value.params == {
        "definition": kit.definitions()["matter"].sha256, "missing": ["desk.sing"],
    }  # fmt: skip


def test_an_effect_that_no_entry_has_ordered_is_not_run(engine: CaseEngine, sent: int) -> None:
    calls: list[EffectContext] = []
    kit.desk_of(engine).post = calls.append
    with pytest.raises(r.UnknownCase):
        run_effect(engine, sent, 9, "desk.post")
    with pytest.raises(r.UnknownCase):
        run_effect(engine, sent + 999, 1, "desk.post")
    assert calls == []


def test_the_outcome_of_an_older_definition_is_fired_by_that_one(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    older = kit.engine(database, clock, kit.PROCESS.replace("tr: Vardı", "tr: Ulaştı"))
    case_id = kit.approvable(older)
    older.fire(case_id, "approve", kit.AYSE)
    older.fire(case_id, "send", kit.AYSE)
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")
    run_effect(engine, case_id, 5, "desk.post")
    entry = kit.entries(older, case_id)[-1]
    assert json.loads(entry["body"])["definition"] == kit.case(older, case_id)["definition"]


def test_the_points_around_an_effect_are_passed(engine: CaseEngine, sent: int) -> None:
    passed: list[str] = []
    engine.point = passed.append
    run_effect(engine, sent, 5, "desk.tell")
    assert passed == ["before_effect", "after_effect"]


def diverted(engine: CaseEngine, *ways: str) -> None:
    """Let the effect say where the case goes when its outcome is refused."""
    registry = engine.library.registry
    post = replace(registry["desk.post"], when_refused=ways)
    engine.library.registry = Registry(
        [post, *(registry[name] for name in registry if name != post.name)]
    )
    kit.desk_of(engine).post = lambda _: EffectOutcome("arrive")


def refusing(engine: CaseEngine, refusal: Exception) -> None:
    def act(_: object) -> None:
        raise refusal

    kit.desk_of(engine).act = act


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (r.RuleFailed(deny("desk.full")), "“desk.full” denetiminden geçmedi."),
        (r.Conflict(), "İşlem başka bir kayıtla çakıştı; hiçbir şey değişmedi."),
    ],
)
def test_an_outcome_refused_for_good_moves_the_case_where_the_effect_says(
    engine: CaseEngine, sent: int, refusal: Exception, code: str
) -> None:
    diverted(engine, "unknown_here", "bounce")
    refusing(engine, refusal)
    run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("ready", 6)
    said = json.loads(kit.entries(engine, sent)[-1]["body"])
    assert (said["trigger"], said["reason"], said["actor"]) == ("bounce", code, "system:effect")
    run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("ready", 6)


@pytest.mark.parametrize("refusal", [r.RuleFailed(error("desk.asleep")), r.Busy()])
def test_an_outcome_that_may_go_later_is_tried_again(
    engine: CaseEngine, sent: int, refusal: Exception
) -> None:
    diverted(engine, "bounce")
    refusing(engine, refusal)
    with pytest.raises(type(refusal)):
        run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("sent", 5)


def test_a_definition_that_knows_no_other_way_leaves_it_to_the_queue(
    engine: CaseEngine, sent: int
) -> None:
    diverted(engine, "unknown_here")
    refusing(engine, r.RuleFailed(deny("desk.full")))
    with pytest.raises(r.RuleFailed):
        run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("sent", 5)


def test_the_other_way_refused_itself_is_no_circle(engine: CaseEngine, sent: int) -> None:
    diverted(engine, "bounce")
    kit.desk_of(engine).post = lambda _: EffectOutcome("bounce")
    with pytest.raises(r.ReasonMissing):
        run_effect(engine, sent, 5, "desk.post")
    assert kit.standing(engine, sent) == ("sent", 5)
