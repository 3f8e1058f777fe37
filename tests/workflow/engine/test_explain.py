"""The tests of asking: explain and rehearse answer as fire would, and write nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit
from workflow.model import refusal as r
from workflow.model.actor import Actor
from workflow.model.request import Request, Tally

if TYPE_CHECKING:
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.refusal import WorkflowError


def gallery(engine: CaseEngine) -> dict[str, int]:
    """Return a case in each state that officers see."""
    cases = {
        "draft": kit.matter(engine),
        "filed": kit.filed(engine),
        "paper": kit.filed(engine, method="wet_signature"),
        "first": kit.filed(engine, kind="first"),
        "unknown method": kit.filed(engine, method=None),
        "noted": kit.approvable(engine),
        "parked": kit.filed(engine, couriered_at=kit.NOON),
        "watched": kit.filed(engine),
        "sorting": kit.approvable(engine, production_opens_on=None),
        "ready": kit.approvable(engine),
        "sent": kit.approvable(engine),
    }
    engine.fire(cases["noted"], "note", kit.AYSE, reason="x")
    engine.fire(cases["parked"], "park", kit.AYSE)
    engine.fire(cases["watched"], "look", kit.AYSE)
    for name in ("sorting", "ready", "sent"):
        engine.fire(cases[name], "approve", kit.AYSE)
    engine.fire(cases["sent"], "send", kit.AYSE)
    return cases


def actors(engine: CaseEngine, case_id: int) -> list[Actor]:
    person_id = kit.case(engine, case_id)["person_id"]
    return [
        kit.AYSE, kit.MEHMET, kit.SYSTEM, kit.applicant(person_id), kit.applicant(person_id + 1),
        Actor("user:7", frozenset({"officer"}), "demo", person_id),
        Actor("user:8", frozenset(), "demo"),
    ]  # fmt: skip


def said(refusal: WorkflowError | None) -> object:
    return None if refusal is None else (type(refusal), refusal.params)


def tried(engine: CaseEngine, case_id: int, trigger: str, actor: Actor) -> object:
    """Fire for the answer alone: the database is then as it was."""
    definition = kit.definitions()["matter"]
    request = Request(trigger, actor, reason="gerekçe")
    answer: object = None
    with suppress(_TakenBackError), engine._work() as work:  # noqa: SLF001 - so it can be taken back
        try:
            work.move(definition, case_id, request)
        except r.Refused as refusal:
            answer = said(refusal)
        raise _TakenBackError
    return answer


class _TakenBackError(Exception):
    """Nothing of this was meant."""


def test_explain_and_rehearse_answer_as_fire_would_and_write_nothing(engine: CaseEngine) -> None:
    cases = gallery(engine)
    before = kit.everything(engine)
    moves = kit.definitions()["matter"].transitions
    answers: set[object] = set()
    for case_id in cases.values():
        for actor in actors(engine, case_id):
            told = {
                explained.transition.name: said(explained.refusal)
                for explained in engine.explain(case_id, actor)
            }
            state = kit.standing(engine, case_id)[0]
            assert list(told) == [name for name, m in moves.items() if state in m.source]
            for trigger in moves:
                answer = tried(engine, case_id, trigger, actor)
                assert rehearsed(engine, case_id, trigger, actor) == answer
                assert told.get(trigger, answer) == answer
                answers.add(answer[0] if isinstance(answer, tuple) else answer)
    assert answers == {
        None, r.WrongState, r.RoleNotAllowed, r.NotTheSubject, r.OwnCase, r.SamePerson,
        r.RuleFailed,
    }  # fmt: skip
    assert kit.everything(engine) == before
    assert kit.refused(engine) == []


def rehearsed(engine: CaseEngine, case_id: int, trigger: str, actor: Actor) -> object:
    try:
        engine.rehearse(case_id, Request(trigger, actor, reason="gerekçe"), workflow="matter")
    except r.Refused as refusal:
        return said(refusal)
    return None


def test_the_statement_answers_as_the_locked_path_does(engine: CaseEngine) -> None:
    moves = kit.definitions()["matter"].transitions
    for case_id in gallery(engine).values():
        for actor in actors(engine, case_id):
            for trigger, move in moves.items():
                if not move.pure or move.creates:
                    continue
                answer = tried(engine, case_id, trigger, actor)
                code = engine.fire_many(
                    "matter", trigger, actor, [case_id], reason="gerekçe", dry_run=True
                )
                wanted = Tally()
                wanted.count(_code(answer))
                assert code == wanted, (trigger, actor)


def _code(answer: object) -> str | None:
    if answer is None:
        return None
    assert isinstance(answer, tuple)
    kind, params = answer
    return str(params["rule"]) if kind is r.RuleFailed else str(kind.code)


def test_explain_asks_for_no_reason_but_a_rehearsal_of_a_whole_wish_does(
    engine: CaseEngine,
) -> None:
    case_id = kit.filed(engine)
    allowed = {e.transition.name for e in engine.explain(case_id, kit.AYSE) if e.allowed}
    assert allowed == {"note", "note_heard", "park", "look", "refuse"}
    with pytest.raises(r.ReasonMissing):
        engine.rehearse(case_id, Request("note", kit.AYSE))
    with pytest.raises(r.StaleVersion):
        engine.rehearse(case_id, Request("park", kit.AYSE, seen_version=1))
    with pytest.raises(r.UnknownTrigger):
        engine.rehearse(case_id, Request("grant", kit.AYSE))
    engine.rehearse(case_id, Request("park", kit.AYSE, seen_version=2))


def test_explain_finds_the_workflow_of_a_case_by_itself(engine: CaseEngine) -> None:
    person_id = kit.people(engine)[0]
    permit_id = kit.permit(engine, person_id)
    names = [explained.transition.name for explained in engine.explain(permit_id, kit.AYSE)]
    assert names == ["grant", "lapse"]
    assert [e.allowed for e in engine.explain(permit_id, kit.SYSTEM, workflow="permit")] == [
        False, True,
    ]  # fmt: skip
