"""Returning, rejecting and cancelling with a code, and the letter before it is sent."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from tests.kit.handlers.world import applicant
from tests.kit.handlers.world import officer as officer_actor
from tests.kit.handlers.world import operator as operator_of
from tests.kit.web.staff import Staff, path, under_review, waiting_for_paper
from web.kit.move_forms import FORMS, form_for

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

RETURN = ("islem", "return_to_applicant")


def seen(visitor: Visitor, case: int, trigger: str = "return_to_applicant") -> str:
    return visitor.get(path(case, "islem", trigger)).value("seen")


def kept(world: World, case: int) -> object:
    return json.loads(world.all(JournalEntry, case_id=case)[-1].body)["reason"]


@pytest.mark.parametrize("trigger", ["return_to_applicant", "reject", "cancel_by_office"])
def test_each_code_of_the_move_is_offered_in_words(
    world: World, officer: Visitor, staff: Staff, trigger: str
) -> None:
    case = under_review(world, staff.officer)
    page = officer.get(path(case, "islem", trigger))
    reasons = world.engine.library.workflow("application").transitions[trigger].reasons
    labels = [page.all("label", for_=f"cause-{place}") for place in range(len(reasons))]
    assert [text for (text,) in labels] == [text.tr for text in reasons.values()]
    values = [part.get("value") for part in page.tree.iter("input") if part.get("name") == "cause"]
    assert values == list(reasons)
    assert "Önizle" in page.buttons


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"cause": "not_signed"}, "not_signed"),
        ({"cause": "not_signed", "reason": " ikinci sayfa "}, "not_signed: ikinci sayfa"),
        ({"cause": "other", "reason": "Kart: kırık"}, "other: Kart: kırık"),
    ],
)
def test_the_journal_holds_the_code_and_the_own_words(
    world: World, officer: Visitor, form: dict[str, str], reason: str
) -> None:
    case = waiting_for_paper(world)
    done = officer.post(path(case, *RETURN), 200, seen=seen(officer, case), **form)
    assert "Yeni durum: Başvuru sahibine iade edildi." in done.text
    assert kept(world, case) == reason


@pytest.mark.parametrize("preview", [{}, {"onizle": "1"}])
@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({}, "cause-hata", "Bir neden seçiniz."),
        ({"cause": "boredom"}, "cause-hata", "Geçerli bir seçenek değil."),
        (
            {"cause": "other", "reason": " "},
            "reason-hata",
            "“Başvuru sahibine iade et” işlemi için gerekçe yazınız.",
        ),
    ],
)
def test_a_code_that_is_missing_or_unknown_is_said_at_its_field_and_nothing_happens(
    world: World,
    officer: Visitor,
    form: dict[str, str],
    field: str,
    said: str,
    preview: dict[str, str],
) -> None:
    case = waiting_for_paper(world)
    page = officer.post(path(case, *RETURN), 422, seen=seen(officer, case), **form, **preview)
    assert page.all("p", id=field) == [said]
    assert page.title.startswith("Hata:")
    assert world.state(case) == "in_person"


def test_the_preview_shows_the_very_letter_and_writes_nothing(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    form = {"seen": seen(officer, case), "cause": "unreadable", "reason": "İkinci sayfa"}
    entries = world.all(JournalEntry)
    page = officer.post(path(case, *RETURN), 200, **form, onizle="1")
    (shown,) = page.all("pre")
    assert "Konu: Başvurunuz size iade edildi" in page.text
    assert "Gönderilen belge okunmuyor: İkinci sayfa" in shown
    assert page.value("reason") == "İkinci sayfa"
    chosen = [part.get("value") for part in page.tree.iter("input") if "checked" in part.attrib]
    assert chosen == ["unreadable"]
    assert (world.all(JournalEntry), world.all(Notice)) == (entries, [])

    officer.post(path(case, *RETURN), 200, **form)
    world.run_effects()
    (sent,) = world.all(Notice)
    assert " ".join(sent.text.split()) == shown


def test_the_page_of_a_move_shows_no_letter_before_it_is_asked_for(
    world: World, officer: Visitor
) -> None:
    page = officer.get(path(waiting_for_paper(world), *RETURN))
    assert page.all("pre") == []
    assert "Önizleme: başvuru sahibine gidecek yazı" not in page.text


def test_a_move_that_tells_nobody_offers_no_preview(
    world: World, second: Visitor, staff: Staff
) -> None:
    case = under_review(world, staff.officer)
    assert "Önizle" not in second.get(path(case, "islem", "approve_paper")).buttons


def test_a_hand_over_is_shown_with_the_number_that_was_typed(
    world: World, operator: Visitor, staff: Staff
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator_of(staff.operator))
    world.run_effects("production.make")
    world.engine.fire(
        case, "note_booking", operator_of(staff.operator), {"tracking_number": "YK77"}
    )
    form = {"seen": seen(operator, case, "hand_to_courier"), "tracking_number": "YK77"}
    page = operator.post(path(case, "islem", "hand_to_courier"), 200, **form, onizle="1")
    assert "Takip numarası: YK77." in page.all("pre")[0]
    assert world.state(case) == "booked"


def test_a_letter_of_a_move_that_can_not_be_made_is_not_shown(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    form = {"seen": seen(officer, case), "onizle": "1"}
    elsewhere = officer.post(path(case, "islem", "certificate_hold"), 404, **form)
    assert elsewhere.all("pre") == []
    assert officer.post(path(case, "islem", "hold"), 409, **form).all("pre") == []
    others = officer.post(path(case, "islem", "expire"), 403, **form)
    assert others.all("pre") == []


@pytest.mark.parametrize("preview", [{}, {"onizle": "1"}])
def test_a_stale_form_is_told_what_happened_since_preview_or_not(
    world: World, officer: Visitor, preview: dict[str, str]
) -> None:
    case = waiting_for_paper(world)
    form = {"seen": seen(officer, case), "cause": "not_signed"}
    person = world.all(JournalEntry, case_id=case)[0].actor
    world.engine.fire(case, "change_method", applicant(int(person.partition(":")[2])))
    page = officer.post(path(case, *RETURN), 409, **form, **preview)
    assert page.heading == "Bu başvuru siz bakarken ilerledi"
    assert "“Başvuru sahibine iade et” yapılmadı." in page.text
    assert "Başka yöntem seç" in page.text
    assert world.state(case) == "draft"


def test_a_double_click_returns_once(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    form = {"seen": seen(officer, case), "cause": "not_signed"}
    officer.post(path(case, *RETURN), 200, **form)
    again = officer.post(path(case, *RETURN), 200, **form)
    assert "Bu işlem zaten yapılmıştı" in again.text
    assert len(world.all(JournalEntry, case_id=case, trigger="return_to_applicant")) == 1


def test_the_office_cancels_and_the_applicant_is_told(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    assert "Vazgeç" not in officer.get(path(case)).links
    form = {"seen": seen(officer, case, "cancel_by_office"), "cause": "asked_for"}
    done = officer.post(path(case, "islem", "cancel_by_office"), 200, **form)
    assert "Başvuruyu iptal et: yapıldı. Yeni durum: Vazgeçildi." in done.text
    world.run_effects()
    (sent,) = world.all(Notice)
    assert (sent.template, sent.subject) == ("cancelled", "Başvurunuz iptal edildi")
    assert "Başvuru sahibi vazgeçtiğini bildirdi" in sent.text


def test_forms_without_codes_stay_as_they_were(world: World) -> None:
    moves = world.engine.library.workflow("application").transitions
    assert form_for(moves["deliver"]) is FORMS["deliver"]
    assert form_for(moves["reject"]) is form_for(moves["reject"])
    assert form_for(moves["reject"]) is not form_for(moves["return_to_applicant"])


def test_an_applicant_reads_the_reason_in_words(world: World, visitor: Visitor) -> None:
    case = waiting_for_paper(world)
    world.engine.fire(case, "return_to_applicant", officer_actor(), reason="not_signed: s. 2")
    person = int(world.all(JournalEntry, case_id=case)[0].actor.partition(":")[2])
    visitor.sign_in("person", person)
    page = visitor.get(path(case).replace("/is/", "/basvurularim/"))
    assert "Formdaki imza eksik ya da yanlış yerde: s. 2" in page.text
    assert "not_signed" not in page.response.text
