"""Owns the tests of asking: explain and rehearse answer as fire would, and write nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit
from workflow.model import refusal as r
from workflow.model.actor import Actor
from workflow.model.request import Request, Tally

if TYPE_CHECKING:
    from workflow.engine.engine import Office
    from workflow.model.refusal import WorkflowError


def gallery(office: Office) -> dict[str, int]:
    """Return a case in each state that officers see."""
    cases = {
        "draft": kit.matter(office),
        "filed": kit.filed(office),
        "paper": kit.filed(office, method="wet_signature"),
        "first": kit.filed(office, kind="first"),
        "unknown method": kit.filed(office, method=None),
        "noted": kit.approvable(office),
        "parked": kit.filed(office, couriered_at=kit.NOON),
        "watched": kit.filed(office),
        "sorting": kit.approvable(office, production_opens_on=None),
        "ready": kit.approvable(office),
        "sent": kit.approvable(office),
    }
    office.fire(cases["noted"], "note", kit.AYSE, reason="x")
    office.fire(cases["parked"], "park", kit.AYSE)
    office.fire(cases["watched"], "look", kit.AYSE)
    for name in ("sorting", "ready", "sent"):
        office.fire(cases[name], "approve", kit.AYSE)
    office.fire(cases["sent"], "send", kit.AYSE)
    return cases


def actors(office: Office, case_id: int) -> list[Actor]:
    person_id = kit.case(office, case_id)["person_id"]
    return [
        kit.AYSE, kit.MEHMET, kit.SYSTEM, kit.applicant(person_id), kit.applicant(person_id + 1),
        Actor("user:7", frozenset({"officer"}), "demo", person_id),
        Actor("user:8", frozenset(), "demo"),
    ]  # fmt: skip


def said(refusal: WorkflowError | None) -> object:
    return None if refusal is None else (type(refusal), refusal.params)


def tried(office: Office, case_id: int, trigger: str, actor: Actor) -> object:
    """Fire for the answer alone: the database is then as it was."""
    definition = kit.definitions()["matter"]
    request = Request(trigger, actor, reason="gerekçe")
    answer: object = None
    with suppress(_TakenBackError), office._work() as work:  # noqa: SLF001 - so it can be taken back
        try:
            work.move(definition, case_id, request)
        except r.Refused as refusal:
            answer = said(refusal)
        raise _TakenBackError
    return answer


class _TakenBackError(Exception):
    """Nothing of this was meant."""


def test_explain_and_rehearse_answer_as_fire_would_and_write_nothing(office: Office) -> None:
    cases = gallery(office)
    before = kit.everything(office)
    moves = kit.definitions()["matter"].transitions
    answers: set[object] = set()
    for case_id in cases.values():
        for actor in actors(office, case_id):
            told = {
                explained.transition.name: said(explained.refusal)
                for explained in office.explain(case_id, actor)
            }
            state = kit.standing(office, case_id)[0]
            assert list(told) == [name for name, m in moves.items() if state in m.source]
            for trigger in moves:
                answer = tried(office, case_id, trigger, actor)
                assert rehearsed(office, case_id, trigger, actor) == answer
                assert told.get(trigger, answer) == answer
                answers.add(answer[0] if isinstance(answer, tuple) else answer)
    assert answers == {
        None, r.WrongState, r.RoleNotAllowed, r.NotTheSubject, r.OwnCase, r.SamePerson,
        r.RuleFailed,
    }  # fmt: skip
    assert kit.everything(office) == before
    assert kit.refused(office) == []


def rehearsed(office: Office, case_id: int, trigger: str, actor: Actor) -> object:
    try:
        office.rehearse(case_id, Request(trigger, actor, reason="gerekçe"), workflow="matter")
    except r.Refused as refusal:
        return said(refusal)
    return None


def test_the_statement_answers_as_the_locked_path_does(office: Office) -> None:
    moves = kit.definitions()["matter"].transitions
    for case_id in gallery(office).values():
        for actor in actors(office, case_id):
            for trigger, move in moves.items():
                if not move.pure or move.creates:
                    continue
                answer = tried(office, case_id, trigger, actor)
                code = office.fire_many(
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


def test_explain_asks_for_no_reason_but_a_rehearsal_of_a_whole_wish_does(office: Office) -> None:
    case_id = kit.filed(office)
    allowed = {e.transition.name for e in office.explain(case_id, kit.AYSE) if e.allowed}
    assert allowed == {"note", "note_heard", "park", "look", "refuse"}
    with pytest.raises(r.ReasonMissing):
        office.rehearse(case_id, Request("note", kit.AYSE))
    with pytest.raises(r.StaleVersion):
        office.rehearse(case_id, Request("park", kit.AYSE, seen_version=1))
    with pytest.raises(r.UnknownTrigger):
        office.rehearse(case_id, Request("grant", kit.AYSE))
    office.rehearse(case_id, Request("park", kit.AYSE, seen_version=2))


def test_explain_finds_the_workflow_of_a_case_by_itself(office: Office) -> None:
    person_id = kit.people(office)[0]
    permit_id = kit.permit(office, person_id)
    names = [explained.transition.name for explained in office.explain(permit_id, kit.AYSE)]
    assert names == ["grant", "lapse"]
    assert [e.allowed for e in office.explain(permit_id, kit.SYSTEM, workflow="permit")] == [
        False, True,
    ]  # fmt: skip
