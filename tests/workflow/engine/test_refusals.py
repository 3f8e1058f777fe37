"""The tests of refusals: each is typed, recorded once, and nothing else is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit
from workflow.engine.attempts import code_of, plain
from workflow.engine.permission import clean_reason
from workflow.model import refusal as r
from workflow.model.actor import Actor
from workflow.model.verdict import Answer, Verdict, deny, error
from workflow.present.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.workflow.process import CaseEngine, Context
    from workflow.model.clock import FixedClock

STRANGER = kit.applicant(987_654)
UNTIED = Actor("user:8", frozenset({"officer"}), "oidc")
"""An officer whose account belongs to nobody known."""


@dataclass
class Attempt:
    """A move of a fresh case that must be refused."""

    make: Callable[[CaseEngine], int]
    trigger: str
    wanted: type[r.Refused]
    actor: Actor = kit.AYSE
    reason: str | None = "gerekçe"
    params: dict[str, object] = field(default_factory=dict)
    seen: int | None = None
    code: str = ""


def noted(engine: CaseEngine) -> int:
    case_id = kit.approvable(engine)
    engine.fire(case_id, "note", kit.AYSE, reason="x")
    return case_id


def first(engine: CaseEngine) -> int:
    return kit.filed(engine, kind="first")


ATTEMPTS = {
    "wrong state": Attempt(
        kit.matter, "park", r.WrongState, params={"trigger": "park", "state": "draft"}
    ),
    "wrong state before the role": Attempt(
        kit.matter, "release", r.WrongState, params={"trigger": "release", "state": "draft"}
    ),
    "wrong state hooked": Attempt(
        kit.matter, "watch", r.WrongState, params={"trigger": "watch", "state": "draft"}
    ),
    "creating twice": Attempt(
        kit.matter, "file", r.WrongState, params={"trigger": "file", "state": "draft"}
    ),
    "unknown trigger": Attempt(kit.filed, "grant", r.UnknownTrigger),
    "stale version": Attempt(
        kit.filed, "park", r.StaleVersion, seen=1,
        params={"trigger": "park", "seen": 1, "version": 2},
    ),
    "stale version hooked": Attempt(kit.filed, "note_heard", r.StaleVersion, seen=3),
    "role": Attempt(
        kit.filed, "park", r.RoleNotAllowed, actor=STRANGER,
        params={"trigger": "park", "roles": ["applicant"], "allowed": ["officer"]},
    ),
    "role hooked": Attempt(kit.filed, "paper_heard", r.RoleNotAllowed, actor=STRANGER),
    "not the subject": Attempt(
        kit.matter, "submit", r.NotTheSubject, actor=STRANGER, params={"trigger": "submit"}
    ),
    "not the subject hooked": Attempt(
        kit.matter, "submit_heard", r.NotTheSubject, actor=STRANGER
    ),
    "nobody in particular": Attempt(
        kit.matter, "submit", r.NotTheSubject,
        actor=Actor("user:9", frozenset({"applicant"}), "demo"),
    ),
    "no known person": Attempt(
        kit.approvable, "approve", r.PersonUnknown, actor=UNTIED, params={"trigger": "approve"}
    ),
    "no known person hooked": Attempt(
        kit.approvable, "approve_heard", r.PersonUnknown, actor=UNTIED
    ),
    "same person": Attempt(
        noted, "approve", r.SamePerson, params={"trigger": "approve", "earlier": ["note"]}
    ),
    "same person hooked": Attempt(
        noted, "approve_heard", r.SamePerson,
        params={"trigger": "approve_heard", "earlier": ["note"]},
    ),
    "reason missing": Attempt(
        kit.filed, "note", r.ReasonMissing, reason=None, params={"trigger": "note"}
    ),
    "reason of blanks": Attempt(kit.filed, "note", r.ReasonMissing, reason=" \n\x00 "),
    "reason missing hooked": Attempt(kit.filed, "note_heard", r.ReasonMissing, reason=""),
    "rule denies": Attempt(
        first, "note", r.RuleFailed, code="renewed",
        params={"rule": "renewed", "answer": "deny", "trigger": "note"},
    ),
    "rule denies hooked": Attempt(first, "note_heard", r.RuleFailed, code="renewed"),
    "rule over another row denies": Attempt(
        kit.filed, "approve", r.RuleFailed, code="permitted"
    ),
    "rule cannot answer": Attempt(
        kit.filed, "paper", r.RuleFailed, code="by_paper",
        params={"rule": "by_paper", "answer": "error", "missing": ["method"], "trigger": "paper"},
    ),
    "rule cannot answer hooked": Attempt(
        kit.filed, "paper_heard", r.RuleFailed, code="by_paper",
        params={
            "rule": "by_paper", "answer": "error", "missing": ["method"], "trigger": "paper_heard",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_refusal_is_typed_recorded_once_and_writes_nothing_else(
    engine: CaseEngine, clock: FixedClock, name: str
) -> None:
    attempt = ATTEMPTS[name]
    case_id = attempt.make(engine)
    state = kit.standing(engine, case_id)[0]
    before = kit.everything(engine)
    clock.advance(minutes=5)
    with pytest.raises(attempt.wanted) as caught:
        engine.fire(
            case_id, attempt.trigger, attempt.actor,
            seen_version=attempt.seen, reason=attempt.reason,
        )  # fmt: skip
    assert type(caught.value) is attempt.wanted
    if attempt.params:
        assert caught.value.params == attempt.params
    assert kit.everything(engine) == before
    (row,) = kit.refused(engine)
    del row["id"]
    assert row == {
        "at": clock.now(),
        "case_id": case_id,
        "workflow": "matter",
        "trigger": attempt.trigger,
        "state": state,
        "actor": attempt.actor.name,
        "role": ",".join(attempt.actor.roles),
        "code": attempt.code or attempt.wanted.code,
        "params": plain(caught.value.params),
        "batch": None,
    }


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_nobody_decides_on_his_own_case_in_any_role(engine: CaseEngine, trigger: str) -> None:
    case_id = kit.approvable(engine)
    person_id = kit.case(engine, case_id)["person_id"]
    himself = Actor("user:5", frozenset({"officer"}), "demo", person_id)
    with pytest.raises(r.OwnCase):
        engine.fire(case_id, trigger, himself)
    assert [row["code"] for row in kit.refused(engine)] == ["own_case"]
    another = Actor("user:5", frozenset({"officer"}), "demo", person_id + 1)
    assert engine.fire(case_id, trigger, another).state == "ready"


@pytest.mark.parametrize("trigger", ["approve", "approve_heard"])
def test_another_person_may_follow_the_first_and_the_system_may_always(
    engine: CaseEngine, trigger: str
) -> None:
    by_person, by_system = noted(engine), noted(engine)
    assert engine.fire(by_person, trigger, kit.MEHMET).version == 5
    assert engine.fire(by_system, trigger, kit.SYSTEM).version == 5


def test_the_same_moves_by_another_name_do_not_count_for_four_eyes(engine: CaseEngine) -> None:
    case_id = kit.approvable(engine)
    engine.fire(case_id, "look", kit.AYSE)
    assert kit.standing(engine, case_id)[0] == "watched"
    other = kit.approvable(engine)
    assert engine.fire(other, "approve", kit.AYSE).state == "ready"


def test_who_has_two_roles_acts_in_the_one_that_reaches_further(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    both = Actor("user:3", frozenset({"applicant", "officer"}), "demo", 1)
    engine.fire(case_id, "note", both, reason="x")
    engine.fire(case_id, "note_heard", both, reason="x")
    assert '"role":"officer"' in kit.entries(engine, case_id)[2]["body"]
    assert '"role":"officer"' in kit.entries(engine, case_id)[3]["body"]


def test_an_unknown_case_is_no_refusal_of_a_case(engine: CaseEngine) -> None:
    for workflow, case_id in product((None, "matter"), (10**9, 10**30)):
        for trigger in ("park", "note_heard", "release"):
            with pytest.raises(r.UnknownCase) as caught:
                engine.fire(case_id, trigger, kit.AYSE, workflow=workflow)
            assert caught.value.params == {"case": case_id}
    with pytest.raises(r.UnknownCase):
        engine.explain(1, kit.AYSE)
    assert kit.refused(engine) == []


def test_a_workflow_that_is_not_loaded_is_named(engine: CaseEngine) -> None:
    with pytest.raises(r.UnknownWorkflow) as caught:
        engine.open("letter", "file", kit.AYSE, {})
    assert caught.value.params == {"workflow": "letter"}
    assert not isinstance(caught.value, r.Refused)


def test_an_unknown_trigger_is_recorded_in_a_form_the_table_can_hold(engine: CaseEngine) -> None:
    case_id = kit.filed(engine)
    for trigger in ("x" * 5000, "a\x00\ud800b"):
        with pytest.raises(r.UnknownTrigger):
            engine.fire(case_id, trigger, kit.AYSE)
        with pytest.raises(r.UnknownTrigger):
            engine.open("matter", trigger, kit.AYSE, {"person_id": 1, "kind": "first"})
    assert [row["trigger"] for row in kit.refused(engine)] == ["x" * 100] * 2 + ["ab"] * 2


@pytest.mark.parametrize(
    ("verdict", "answer"),
    [(deny("desk.closed", until=kit.TODAY), "deny"), (error("desk.away"), "error")],
)
def test_a_check_refuses_with_its_own_code_and_parameters(
    engine: CaseEngine, verdict: Verdict, answer: str
) -> None:
    acted: list[Context] = []
    kit.desk_of(engine).check = lambda _: verdict
    kit.desk_of(engine).act = acted.append
    case_id = kit.filed(engine)
    before = kit.everything(engine)
    with pytest.raises(r.RuleFailed) as caught:
        engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    assert caught.value.verdict is verdict
    assert kit.everything(engine) == before
    assert acted == []
    (row,) = kit.refused(engine)
    assert (row["code"], row["params"]["answer"]) == (verdict.code, answer)
    assert row["params"].get("until") == (None if answer == "error" else "2026-03-02")


def test_a_check_that_does_not_answer_is_a_bug_and_moves_nothing(engine: CaseEngine) -> None:
    kit.desk_of(engine).check = lambda _: True
    case_id = kit.filed(engine)
    with pytest.raises(TypeError, match="desk.allowed answered True; a check answers with a Verd"):
        engine.fire(case_id, "note_heard", kit.AYSE, reason="x")
    assert kit.standing(engine, case_id) == ("filed", 2)
    assert kit.refused(engine) == []


def rejected_beside_an_open_one(engine: CaseEngine) -> int:
    case_id = kit.filed(engine)
    engine.fire(case_id, "refuse", kit.AYSE, reason="x")
    kit.matter(engine, kit.case(engine, case_id)["person_id"])
    return case_id


@pytest.mark.parametrize("trigger", ["reopen", "reopen_heard"])
def test_a_promise_of_the_table_refuses_a_move_by_name(engine: CaseEngine, trigger: str) -> None:
    case_id = rejected_beside_an_open_one(engine)
    before = kit.everything(engine)
    with pytest.raises(r.Conflict) as caught:
        engine.fire(case_id, trigger, kit.AYSE)
    assert caught.value.params == {"constraint": "ix_application_open"}
    assert kit.everything(engine) == before
    assert [row["code"] for row in kit.refused(engine)] == ["conflict"]


def test_a_promise_of_the_table_refuses_the_opening_of_a_case(engine: CaseEngine) -> None:
    person_id = kit.people(engine)[0]
    kit.matter(engine, person_id)
    with pytest.raises(r.Conflict) as caught:
        kit.matter(engine, person_id)
    assert caught.value.params == {"constraint": "ix_application_open"}
    with pytest.raises(r.Conflict) as caught:
        kit.matter(engine, 0)
    assert caught.value.params == {"constraint": "fk_application_person_id"}
    assert [row["case_id"] for row in kit.refused(engine)] == [None, None]


def test_a_value_that_a_case_needs_is_named_when_it_is_not_given(engine: CaseEngine) -> None:
    with pytest.raises(r.ValueMissing) as caught:
        engine.open("matter", "file", kit.AYSE, {"kind": "renewal"})
    assert caught.value.params == {"column": "person_id"}
    assert [row["code"] for row in kit.refused(engine)] == ["value_missing"]


def test_every_refusal_has_a_sentence(engine: CaseEngine) -> None:
    kinds = [kind for kind in vars(r).values() if isinstance(kind, type)]
    codes = {kind.code for kind in kinds if issubclass(kind, r.WorkflowError)}
    assert codes - {"rule_failed"} <= SENTENCES.keys()
    assert len(codes) == len([kind for kind in kinds if issubclass(kind, r.WorkflowError)])
    assert engine.clock.now() == kit.NOON


def test_a_refusal_is_counted_under_the_rule_that_failed() -> None:
    failed = r.RuleFailed(Verdict(Answer.DENY, "window_open", {"day": 1}), trigger="t")
    assert code_of(failed) == "window_open"
    assert code_of(r.Busy()) == "busy"
    assert failed.params == {"rule": "window_open", "answer": "deny", "day": 1, "trigger": "t"}


def test_parameters_are_kept_as_json_can_hold_them() -> None:
    given = {"a": None, "b": True, "c": 3, "d": "x\x00\ud800y", "e": kit.TODAY, "f": (1, kit.TODAY)}
    assert plain(given) == {
        "a": None, "b": True, "c": 3, "d": "xy", "e": "2026-03-02", "f": [1, "2026-03-02"],
    }  # fmt: skip


def test_a_reason_loses_what_can_not_be_stored() -> None:
    move = kit.definitions()["matter"].transitions["note"]
    assert clean_reason(move, " a\x00b\ud800 ") == "ab"
    with pytest.raises(r.ReasonMissing):
        clean_reason(move, "\ud800")
