"""Questions of people: asked, answered by the unit or the office, passed on, taken back, ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.institutions import support
from handlers.people.register import enter_user, find_institution
from handlers.post import elsewhere
from handlers.questions import question
from handlers.questions.wording import LONGEST, QuestionAnswer
from handlers.upkeep.retention import PERSON
from states.cases.application import Application
from states.cases.notice import Notice
from states.cases.requests.support_question import SupportQuestion
from states.kit.invalid import Invalid
from states.logs.journal import JournalEntry
from states.people.person import Person
from states.people.user import User
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import (
    AYSE,
    ISMAIL,
    administrator,
    applicant,
    coordinator,
    officer,
    open_account,
)
from workflow.model.refusal import NotTheSubject, OwnCase, RoleNotAllowed, WrongState
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

TEXT = "Kartım ne zaman gelir?"
UNIT = "destek@ornek.invalid"


@dataclass
class Asking:
    """Ayşe of a school, the coordinator of its district and one of another school."""

    world: World
    me: int
    school: int
    near: Actor
    elsewhere: Actor

    def name_unit(self, email: str | None = UNIT, phone: str | None = None) -> None:
        """Have the district named a support unit, and mail carried."""
        now = self.world.clock.now()
        with self.world.engine.database.begin() as connection:
            place = find_institution(connection, "TEST-16-01")
            assert place is not None
            first, second = (
                administrator(open_account(connection, name, "administrator", now, subject=name))
                for name in ("Yaprak", "Sevgi")
            )
        values = {
            "institution_id": place.id, "unit": "İlçe destek", "email": email, "phone": phone,
            "person_id": None,
        }  # fmt: skip
        engine = self.world.engine
        case = engine.open(support.WORKFLOW, "propose", first, values, reason="Yeni")
        engine.fire(case, "approve", second, workflow=support.WORKFLOW)

    def ask(self, typed: str = TEXT, about: Application | None = None) -> int:
        """Ask as the page does."""
        with self.world.engine.database.connect() as connection:
            way = question.way_of(connection, self.school)
        values = question.values_of(self.me, self.school, typed, about)
        return self.world.engine.open(question.WORKFLOW, way, applicant(self.me), values)

    def fire(self, case: int, trigger: str, who: Actor, answer: str | None = None) -> None:
        """Make a move."""
        said = QuestionAnswer(answer).payload() if answer is not None else None
        self.world.engine.fire(case, trigger, who, said, workflow=question.WORKFLOW)

    def read(self, case: int) -> SupportQuestion:
        """Read a question as it stands."""
        return self.world.read(SupportQuestion, case)

    def told(self, case: int) -> list[dict[str, object]]:
        """Read what the journal says of a question."""
        return [json.loads(row.body) for row in self.world.all(JournalEntry, case_id=case)]


@pytest.fixture
def asking(world: World) -> Asking:
    """Enter who asks and who answers."""
    me, now = world.person(), world.clock.now()
    with world.engine.database.begin() as connection:
        found = [
            find_institution(connection, one) for one in ("TEST-16-01", "TEST-16-01-2")
        ]  # fmt: skip
        users = [
            enter_user(connection, name, ["coordinator"], now, institution_id=place.id)
            for name, place in zip(("Şule", "Selim"), found, strict=True)
            if place is not None
        ]
    school = world.read(Person, me).institution_id
    assert school is not None
    world.engine.services = replace(world.services, mail=object())  # type: ignore[arg-type]
    return Asking(world, me, school, *map(coordinator, users))


def test_the_unit_is_told_without_name_and_text_and_its_answer_is_kept(asking: Asking) -> None:
    asking.name_unit()
    case = asking.ask()
    assert asking.read(case).state == "asked"
    world, shown = asking.world, asking.read(case).reference
    assert shown == f"Q{case:09}"
    [sent] = world.all(Notice, case_id=case)
    vault = world.services.vault
    assert elsewhere.opened(vault, sent.key, "a@ornek.invalid", sent.to_sealed) == (UNIT, "")
    assert f"/destek-sorulari/{shown}" in sent.text
    assert "Sayın İlçe destek," in sent.text
    assert shown in sent.subject
    for secret in ("Ayşe", "Örnekoğlu", TEXT):
        assert secret not in sent.subject + sent.text
    asking.fire(case, "answer", asking.near, " Yarın gelir. ")
    assert (asking.read(case).state, asking.read(case).answer) == ("answered", "Yarın gelir.")
    assert world.run_effects() == ["notice.question_answered"]
    [mine] = [one for one in world.all(Notice, case_id=case) if one.template == "question/answered"]
    assert f"/sorularim/{shown}" in mine.text
    assert "Yarın" not in mine.subject + mine.text
    told = asking.told(case)
    assert [entry["trigger"] for entry in told] == ["ask", "answer"]
    assert "Kart" not in json.dumps(told) + json.dumps(told, ensure_ascii=False)
    assert "Yarın" not in json.dumps(told, ensure_ascii=False)
    assert told[0]["details"] != told[1]["details"]


@pytest.mark.parametrize("carried", [True, False])
def test_a_unit_without_a_way_to_be_written_to_has_its_list_alone(
    asking: Asking, *, carried: bool
) -> None:
    if carried:
        asking.name_unit(None, "+90 224 111 22 33")
    else:
        asking.name_unit()
        asking.world.engine.services = asking.world.services
    assert asking.read(asking.ask()).state == "asked"
    assert asking.world.all(Notice) == []


def test_without_a_unit_the_office_is_asked_and_answers(asking: Asking) -> None:
    case = asking.ask()
    assert asking.read(case).state == "passed_on"
    assert asking.world.all(Notice) == []
    with pytest.raises(RoleNotAllowed):
        asking.fire(case, "answer_at_office", asking.near, "Yarın.")
    asking.fire(case, "answer_at_office", officer(), "Yarın.")
    assert (asking.read(case).state, asking.read(case).answer) == ("answered", "Yarın.")
    assert asking.world.run_effects() == ["notice.question_answered"]


def test_whose_unit_was_named_meanwhile_asks_the_unit_and_the_other_way_round(
    asking: Asking,
) -> None:
    values = question.values_of(asking.me, asking.school, TEXT, None)
    engine, me = asking.world.engine, applicant(asking.me)
    with denied("question.no_unit"):
        engine.open(question.WORKFLOW, "ask", me, values)
    asking.name_unit()
    with denied("question.ask_unit"):
        engine.open(question.WORKFLOW, "ask_office", me, values)
    with denied("question.no_unit"):
        engine.open(question.WORKFLOW, "ask", me, {**values, "institution_id": None})
    with engine.database.connect() as connection:
        assert question.way_of(connection, None) == "ask_office"
        assert question.way_of(connection, asking.school) == "ask"


def test_the_application_and_its_state_of_then_stand_with_the_question(asking: Asking) -> None:
    world = asking.world
    about = world.read(Application, world.file(asking.me, "first"))
    case = asking.ask(about=about)
    kept = asking.read(case)
    assert (kept.about_id, kept.about_state) == (about.id, about.state)
    (entry,) = asking.told(case)
    details = entry["details"]
    assert isinstance(details, dict)
    assert (details["about"], details["about_state"]) == (about.reference, about.state)


def test_nobody_asks_for_somebody_else_nor_about_their_application(asking: Asking) -> None:
    world = asking.world
    other = world.person(ISMAIL, "İsmail", "Iraksak")
    foreign = world.read(Application, world.file(other, "first"))
    with denied("question.not_yours"):
        asking.ask(about=foreign)
    values = question.values_of(other, asking.school, TEXT, None)
    with pytest.raises(NotTheSubject):
        world.engine.open(question.WORKFLOW, "ask_office", applicant(asking.me), values)
    assert world.all(SupportQuestion) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" ", "question.empty"),
        ("a" * (LONGEST + 1), "question.long"),
        (f"Ben {AYSE}", "question.identity_number"),
    ],
)
def test_what_may_not_be_kept_is_refused_by_form_and_move(
    asking: Asking, typed: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        asking.ask(typed)
    assert caught.value.code == code
    values = {**question.values_of(asking.me, asking.school, TEXT, None), "question": typed}
    engine = asking.world.engine
    with denied(code):
        engine.open(question.WORKFLOW, "ask_office", applicant(asking.me), values)
    case = asking.ask()
    with denied(code):
        asking.fire(case, "answer_at_office", officer(), typed)
    assert asking.read(case).answer is None


def test_few_questions_of_one_person_wait_at_a_time(asking: Asking) -> None:
    cases = [asking.ask() for _ in range(question.MOST_OPEN)]
    with denied("question.too_many", most=question.MOST_OPEN):
        asking.ask()
    asking.fire(cases[0], "take_back", applicant(asking.me))
    assert asking.read(cases[0]).state == "withdrawn"
    asking.ask()
    with denied("question.too_many"):
        asking.ask()


def test_who_answers_for_other_people_neither_answers_nor_passes_on(asking: Asking) -> None:
    asking.name_unit()
    case = asking.ask()
    for trigger in ("answer", "pass_on"):
        with denied("question.not_your_people"):
            asking.fire(case, trigger, asking.elsewhere, "Yarın.")
    with pytest.raises(RoleNotAllowed):
        asking.fire(case, "answer", officer(), "Yarın.")
    with pytest.raises(WrongState):
        asking.fire(case, "answer_at_office", officer(), "Yarın.")
    asking.fire(case, "pass_on", asking.near)
    assert asking.read(case).state == "passed_on"
    with pytest.raises(WrongState):
        asking.fire(case, "answer", asking.near, "Yarın.")


def test_nobody_answers_a_question_of_their_own(asking: Asking) -> None:
    asking.name_unit()
    case = asking.ask()
    mine = replace(asking.near, person_id=asking.me)
    for trigger in ("answer", "pass_on"):
        with denied("question.own"):
            asking.fire(case, trigger, mine, "Yarın.")
    asking.fire(case, "pass_on", asking.near)
    desk = replace(officer(), person_id=asking.me)
    with pytest.raises(OwnCase):
        asking.fire(case, "answer_at_office", desk, "Yarın.")


def test_only_who_asked_takes_back(asking: Asking) -> None:
    case = asking.ask()
    other = asking.world.person(ISMAIL, "İsmail", "Iraksak")
    with pytest.raises(NotTheSubject):
        asking.fire(case, "take_back", applicant(other))
    asking.fire(case, "answer_at_office", officer(), "Yarın.")
    with pytest.raises(WrongState):
        asking.fire(case, "take_back", applicant(asking.me))


def test_an_unanswered_question_goes_to_the_office_and_then_ends(asking: Asking) -> None:
    asking.name_unit()
    case, world = asking.ask(), asking.world
    world.clock.set(world.clock.now() + timedelta(days=13))
    sweep(world.engine)
    assert asking.read(case).state == "asked"
    world.clock.set(world.clock.now() + timedelta(days=2))
    sweep(world.engine)
    assert asking.read(case).state == "passed_on"
    world.clock.set(world.clock.now() + timedelta(days=31))
    sweep(world.engine)
    assert asking.read(case).state == "expired"


def test_question_and_answer_are_wiped_with_their_person(asking: Asking) -> None:
    case, other = asking.ask(), asking.ask("Başka")
    asking.fire(case, "answer_at_office", officer(), "Yarın.")
    (wipe,) = [one for one in PERSON if "support_question" in one]
    asking.world.write(wipe, id=asking.me)
    assert (asking.read(case).question, asking.read(case).answer) == ("", "")
    assert (asking.read(other).question, asking.read(other).answer) == ("", None)


def test_whose_account_was_closed_answers_nothing(asking: Asking) -> None:
    asking.name_unit()
    case, world = asking.ask(), asking.world
    account = world.read(User, int(asking.near.name.partition(":")[2]))
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=account.id)
    with denied("question.not_your_people"):
        asking.fire(case, "answer", asking.near, "Yarın.")
