"""An officer's question: asked by a return, answered by the person, looked at before production."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from tests.handlers.applications.test_approval import entry
from tests.handlers.applications.test_published import paper_of
from tests.kit.handlers.old import before
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, coordinator, officer
from workflow.model.refusal import OwnCase, RoleNotAllowed

if TYPE_CHECKING:
    from handlers.cards.seed import Held

ASKED = "data_changed: adınız nüfusta başka"


@pytest.fixture
def held(world: World, me: int) -> Held:
    held = world.card(me, date(2026, 8, 10))
    world.consent(me, held)
    return held


def returned(world: World, me: int, held: Held) -> int:
    """File a renewal by e-onay that an officer gives back with a question."""
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"
    world.engine.fire(case, "return_to_applicant", officer(), reason=ASKED)
    return case


def answer(world: World, case: int, me: int, method: str = "e_onay") -> str:
    payload = {"method": method, "shown": True}
    world.engine.fire(
        case, "choose_method", applicant(me), payload, reason="adım değişmedi (10000000146)"
    )
    return world.state(case)


def test_a_question_is_not_passed_by_without_an_answer(world: World, me: int, held: Held) -> None:
    case = returned(world, me, held)
    assert world.read(Application, case).question_open
    with denied("question.unanswered"):
        world.choose(case, me, "e_onay")
    assert world.state(case) == "returned_to_applicant"


def test_an_officer_looks_at_the_answer_before_the_application_goes_on(
    world: World, me: int, held: Held
) -> None:
    case = returned(world, me, held)
    assert answer(world, case, me) == "in_review"
    assert entry(world, case, "choose_method")["reason"] == "adım değişmedi (100******46)"
    for trigger in ("queue", "hold"):
        with pytest.raises(Exception, match="wrong_state"):
            world.engine.fire(case, trigger, SYSTEM)
    assert world.engine.fire(case, "accept_answer", officer()).state == "held"
    assert not world.read(Application, case).question_open


def test_an_answer_that_does_not_do_is_asked_again_or_ends_the_application(
    world: World, me: int, held: Held
) -> None:
    case = returned(world, me, held)
    answer(world, case, me)
    world.engine.fire(case, "return_to_applicant", officer(), reason="other: belge gerekli")
    assert answer(world, case, me) == "in_review"
    world.engine.fire(case, "reject", officer(), reason="not_entitled")
    assert world.state(case) == "rejected"


def test_the_answer_is_looked_at_by_another_than_its_person(
    world: World, me: int, held: Held
) -> None:
    case = returned(world, me, held)
    answer(world, case, me)
    with pytest.raises(OwnCase):
        world.engine.fire(case, "accept_answer", replace(officer(), person_id=me))
    for actor in (applicant(me), coordinator()):
        with pytest.raises(RoleNotAllowed):
            world.engine.fire(case, "accept_answer", actor)


def test_a_coordinator_answers_for_nobody(world: World, me: int, held: Held) -> None:
    case = returned(world, me, held)
    with denied("question.not_his"):
        world.engine.fire(
            case, "choose_method", coordinator(), {"method": "e_onay"}, reason="düzeltildi"
        )


def test_paper_that_was_returned_is_looked_at_by_its_approval(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    world.engine.fire(case, "return_to_applicant", officer(), reason="not_signed")
    assert answer(world, case, me, "in_person") == "in_person"
    world.engine.fire(case, "register_paper", officer(1), paper_of(world, case))
    assert approve_paper(world, case, officer(2)).state == "queued"
    assert not world.read(Application, case).question_open


def test_a_standing_case_that_is_returned_is_approved_by_its_person_alone(
    world: World, me: int, held: Held
) -> None:
    case = before(world).file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "return_to_applicant", officer(), reason=ASKED)
    with denied("question.not_his"):
        world.engine.fire(case, "choose_method", coordinator(), {"method": "e_onay"})
    assert world.choose(case, me, "e_onay").state == "held"
