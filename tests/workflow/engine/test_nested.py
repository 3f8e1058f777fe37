"""The tests of moves within moves: all that one act does stands or falls together."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit
from workflow.model import refusal as r
from workflow.model.request import Request
from workflow.model.verdict import ALLOW, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.workflow.process import CaseEngine, Context
    from workflow.model.request import Moved


def acting(engine: CaseEngine, act: Callable[[Context], object]) -> Moved:
    """Let a note on a fresh case do something."""

    def once(context: Context) -> None:
        kit.desk_of(engine).act = lambda _: None
        act(context)

    kit.desk_of(engine).act = once
    return engine.fire(kit.filed(engine), "note_heard", kit.AYSE, {"pages": 1}, reason="x")


def last(engine: CaseEngine, case_id: int) -> dict[str, object]:
    said = json.loads(kit.entries(engine, case_id)[-1]["body"])
    assert isinstance(said, dict)
    return said


def test_a_handler_opens_a_case_of_another_workflow_as_the_same_actor(engine: CaseEngine) -> None:
    opened: list[int] = []
    moved = acting(
        engine,
        lambda c: opened.append(c.open("permit", "ask", {"person_id": c.case["person_id"]})),
    )
    assert moved.version == 3
    row = kit.case(engine, opened[0], "consent")
    assert (row["state"], row["version"]) == ("asked", 1)
    said = last(engine, opened[0])
    assert (said["actor"], said["role"], said["auth"]) == ("user:1", "officer", "demo")
    assert said["at"] == last(engine, moved.case_id)["at"]


def test_a_handler_moves_another_case_for_the_system_where_it_says_so(engine: CaseEngine) -> None:
    permit_id = kit.permit(engine, kit.people(engine)[0])
    versions: list[int] = []
    acting(
        engine,
        lambda c: versions.append(c.fire(permit_id, "lapse", reason="bitti", by=kit.SYSTEM)),
    )
    assert versions == [2]
    said = last(engine, permit_id)
    assert (said["actor"], said["role"], said["reason"]) == ("system:test", "system", "bitti")
    assert (said["workflow"], said["rules"]) == ("permit", {})


def test_a_case_that_a_handler_opens_for_the_system_is_the_systems(engine: CaseEngine) -> None:
    opened: list[int] = []
    person_id = kit.people(engine)[0]
    values = {"person_id": person_id, "kind": "first"}
    acting(
        engine, lambda c: opened.append(c.open("matter", "file", values, {"a": 1}, by=kit.SYSTEM))
    )
    assert last(engine, opened[0])["role"] == "system"


def test_a_nested_move_gets_the_payload_and_its_handlers_run(engine: CaseEngine) -> None:
    permit_id = kit.permit(engine, kit.people(engine)[0])
    seen: list[Context] = []

    def act(context: Context) -> None:
        kit.desk_of(engine).act = seen.append
        context.fire(permit_id, "grant", {"stamp": 7})

    acting(engine, act)
    (inner,) = seen
    assert (inner.payload, inner.case_id, inner.actor) == ({"stamp": 7}, permit_id, kit.AYSE)
    assert inner.reason is None


def test_a_nested_refusal_takes_everything_back_and_is_recorded_for_the_outer_move(
    engine: CaseEngine,
) -> None:
    opened: list[int] = []

    def act(context: Context) -> None:
        opened.append(context.open("permit", "ask", {"person_id": context.case["person_id"]}))
        context.update(delivery_address="Bursa")
        context.fire(opened[0], "grant", by=kit.SYSTEM)

    before: list[object] = []
    case_id = kit.filed(engine)
    kit.desk_of(engine).act = act
    before.append(kit.everything(engine))
    with pytest.raises(r.RoleNotAllowed):
        engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    assert [kit.everything(engine)] == before
    assert len(opened) == 1
    (row,) = kit.refused(engine)
    assert (row["trigger"], row["case_id"], row["code"]) == (
        "note_heard", case_id, "role_not_allowed",
    )  # fmt: skip


def test_a_failing_handler_takes_everything_back(engine: CaseEngine) -> None:
    def act(context: Context) -> None:
        context.open("permit", "ask", {"person_id": context.case["person_id"]})
        raise KeyError("bug")

    case_id = kit.filed(engine)
    kit.desk_of(engine).act = act
    before = kit.everything(engine)
    with pytest.raises(KeyError):
        engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    assert kit.everything(engine) == before


def test_a_move_that_comes_back_to_its_own_case_is_refused_whole(engine: CaseEngine) -> None:
    before: list[object] = []

    def act(context: Context) -> None:
        before.append(kit.everything(engine))
        context.fire(context.case_id, "park")

    with pytest.raises(r.StaleVersion):
        acting(engine, act)
    assert [kit.everything(engine)] == before


def test_a_handler_writes_columns_and_reads_them_back_but_not_the_engines(
    engine: CaseEngine,
) -> None:
    def act(context: Context) -> None:
        context.update(delivery_address="Bursa")
        assert context.case["delivery_address"] == "Bursa"
        with pytest.raises(ValueError, match="only the engine writes head, state"):
            context.update(state="ready", head=b"", tracking_number="1")

    moved = acting(engine, act)
    row = kit.case(engine, moved.case_id)
    assert (row["delivery_address"], row["state"], row["tracking_number"]) == (
        "Bursa", "filed", None,
    )  # fmt: skip


def test_a_handler_wakes_the_timer_of_another_case_but_sets_none(engine: CaseEngine) -> None:
    sleeping, without, overdue = kit.matter(engine), kit.filed(engine), kit.matter(engine)
    past = kit.NOON - timedelta(days=1)
    kit.query(engine, "UPDATE application SET due_at = :p WHERE id = :i", p=past, i=overdue)

    def act(context: Context) -> None:
        for case_id in (sleeping, without, overdue):
            context.wake(case_id)

    acting(engine, act)
    due = [kit.case(engine, case_id)["due_at"] for case_id in (sleeping, without, overdue)]
    assert due == [kit.NOON, None, past]


def test_a_nested_case_leaves_a_state_that_is_left_at_once_after_the_commit(
    engine: CaseEngine,
) -> None:
    other = kit.approvable(engine)
    states: list[object] = []

    def act(context: Context) -> None:
        assert context.fire(other, "approve") == 3
        states.append(kit.standing(engine, other))

    moved = acting(engine, act)
    assert states == [("filed", 2)]
    assert kit.standing(engine, other) == ("ready", 4)
    assert kit.standing(engine, moved.case_id) == ("filed", 3)


def test_a_case_that_a_handler_moves_twice_is_left_at_once_only_as_it_stands_in_the_end(
    engine: CaseEngine,
) -> None:
    other = kit.approvable(engine, production_opens_on=None)

    def act(context: Context) -> None:
        context.fire(other, "note", reason="x", by=kit.MEHMET)
        context.fire(other, "approve")

    acting(engine, act)
    assert kit.standing(engine, other) == ("sorting", 4)


def test_an_act_of_several_cases_stands_or_falls_together_and_leaves_what_is_left_at_once(
    engine: CaseEngine,
) -> None:
    first, second = kit.approvable(engine), kit.filed(engine)
    before = kit.everything(engine)
    matter = engine.library.workflow("matter")

    def act() -> None:
        with engine.together() as work:
            work.move(matter, first, Request("approve", kit.AYSE))
            work.move(matter, second, Request("note", kit.applicant(1), reason="x"))

    with pytest.raises(r.NotTheSubject):
        act()
    assert kit.everything(engine) == before
    passed: list[str] = []
    engine.point = passed.append
    with engine.together() as work:
        work.move(matter, first, Request("approve", kit.AYSE))
        assert kit.standing(engine, first) == ("filed", 2)
    assert kit.standing(engine, first) == ("ready", 4)
    assert passed[:4] == ["after_lock", "after_update", "before_commit", "after_commit"]


def test_the_verbs_of_a_rehearsal_are_never_reached(engine: CaseEngine) -> None:
    rehearsed: list[bool] = []

    def check(context: Context) -> Verdict:
        rehearsed.append(context.rehearsal)
        assert context.reason is None
        return ALLOW

    kit.desk_of(engine).check = check
    kit.desk_of(engine).act = lambda context: context.update(delivery_address="Bursa")
    case_id = kit.filed(engine)
    before = kit.everything(engine)
    engine.explain(case_id, kit.AYSE)
    assert rehearsed == [True]
    assert kit.everything(engine) == before
