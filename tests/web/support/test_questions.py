"""The pages of questions: asked, answered, passed on, and seen by nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.people.register import enter_user, find_institution
from handlers.questions import question
from states.cases.application import Application
from states.cases.requests.support_question import SupportQuestion
from tests.kit.handlers.world import AYSE, ISMAIL, administrator, open_account
from tests.kit.web.visitor import Visitor
from tests.web.institution.conftest import Coordinator, coordinator_at
from web.support import question_reading

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page

TEXT = "Kartım ne zaman gelir?\nŞimdiden teşekkürler <b>"


@pytest.fixture
def coordinator(app: Flask, world: World) -> Coordinator:
    """Give the coordinator of the district."""
    return coordinator_at(app, world, "TEST-16-01")


@pytest.fixture
def me(world: World) -> int:
    """Give Ayşe of a school of the district."""
    return world.person()


@pytest.fixture
def holder(app: Flask, me: int) -> Visitor:
    """Give the browser of Ayşe."""
    browser = Visitor(app)
    browser.sign_in("person", me)
    return browser


@pytest.fixture
def desk(app: Flask, world: World) -> Visitor:
    """Give the browser of an officer."""
    with world.engine.database.begin() as connection:
        number = open_account(connection, "Orhan", "officer", world.clock.now(), subject="sub-o")
    browser = Visitor(app)
    browser.sign_in("user", number)
    return browser


def name_unit(world: World) -> None:
    """Have the support unit of the district named."""
    now = world.clock.now()
    with world.engine.database.begin() as connection:
        place = find_institution(connection, "TEST-16-01")
        assert place is not None
        first, second = (
            administrator(open_account(connection, name, "administrator", now, subject=name))
            for name in ("Yaprak", "Sevgi")
        )
    values = {
        "institution_id": place.id, "unit": "İlçe destek", "email": "destek@ornek.invalid",
        "phone": None, "person_id": None,
    }  # fmt: skip
    case = world.engine.open("support_change", "propose", first, values, reason="Yeni")
    world.engine.fire(case, "approve", second, workflow="support_change")


def ask(browser: Visitor, typed: str = TEXT, status: int = 200, about: str = "") -> Page:
    """Ask."""
    path = f"/sorularim/yeni?basvuru={about}" if about else "/sorularim/yeni"
    browser.get(path)
    return browser.post(path, status, soru=typed)


def answer(browser: Visitor, shown: str, typed: str = "Yarın gelir.", status: int = 200) -> Page:
    """Answer a question as its page was shown."""
    page = browser.get(f"/destek-sorulari/{shown}")
    surum = page.value("surum")
    return browser.post(f"/destek-sorulari/{shown}/cevap", status, surum=surum, cevap=typed)


def only(world: World) -> SupportQuestion:
    (row,) = world.all(SupportQuestion)
    return world.read(SupportQuestion, row.id)


def test_a_person_asks_from_the_page_of_an_application(
    world: World, holder: Visitor, me: int
) -> None:
    about = world.read(Application, world.file(me, "first"))
    path = f"/sorularim/yeni?basvuru={about.reference}"
    assert holder.get(f"/basvurularim/{about.reference}").links["Soru sorun"] == path
    name_unit(world)
    assert holder.get("/mesajlarim").links["Soru sorun"] == "/sorularim/yeni"
    form = holder.get(path)
    assert "kurumunuzun destek birimine gider: İlçe destek" in form.text
    assert f"{about.reference} numaralı başvurunuz" in form.text
    asked = ask(holder, about=about.reference)
    assert asked.heading == f"Sorum {only(world).reference}"
    assert "Sorunuz iletildi" in asked.text
    assert about.reference in asked.text
    assert "Şimdiden teşekkürler <b>" in asked.text
    assert "Soruyu geri al" in asked.buttons
    assert only(world).about_id == about.id


def test_the_coordinator_reads_a_question_without_identity_number_and_answers(
    world: World, holder: Visitor, coordinator: Coordinator, me: int
) -> None:
    about = world.read(Application, world.file(me, "first"))
    name_unit(world)
    ask(holder, about=about.reference)
    shown, browser = only(world).reference, coordinator.browser
    listed = browser.get("/destek-sorulari")
    assert listed.links[shown] == f"/destek-sorulari/{shown}"
    assert "AYŞE ÖRNEKOĞLU" in listed.all("td")
    page = browser.get(f"/destek-sorulari/{shown}")
    assert about.reference in page.text
    assert "AYŞE ÖRNEKOĞLU" in page.all("dd")
    assert AYSE not in page.text
    assert f"******{AYSE[-2:]}" not in page.text
    done = answer(browser, shown)
    assert "Cevabınız kaydedildi" in done.text
    assert "Cevapla" not in done.buttons
    assert "Burada soru yok." in browser.get("/destek-sorulari").text
    assert "Cevaplandı" in browser.get("/destek-sorulari?kapali=1").all("td")


def test_who_asked_is_told_and_reads_the_answer(
    world: World, holder: Visitor, coordinator: Coordinator
) -> None:
    name_unit(world)
    ask(holder)
    shown = only(world).reference
    answer(coordinator.browser, shown)
    world.run_effects()
    read = holder.get(f"/sorularim/{shown}")
    assert "Yarın gelir." in read.text
    assert "Soruyu geri al" not in read.buttons
    assert holder.get("/sorularim").links[shown] == f"/sorularim/{shown}"
    messages = holder.get("/mesajlarim")
    assert "Destek biriminize bir soru geldi" not in messages.text
    told = holder.get(messages.links[f"Sorunuz cevaplandı: {shown}"])
    assert f"/sorularim/{shown}" in told.links.values()


def test_a_question_is_passed_on_and_the_office_answers(
    world: World, holder: Visitor, coordinator: Coordinator, desk: Visitor
) -> None:
    name_unit(world)
    ask(holder)
    shown = only(world).reference
    assert "Burada soru yok." in desk.get("/destek-sorulari").text
    desk.get(f"/destek-sorulari/{shown}", 404)
    desk.post(f"/destek-sorulari/{shown}/cevap", 404, surum="1", cevap="Yarın.")
    coordinator.browser.get(f"/destek-sorulari/{shown}")
    passed = coordinator.browser.post(f"/destek-sorulari/{shown}/aktar")
    assert "Soru başvuru ofisine aktarıldı." in passed.text
    assert {"Cevapla", "Başvuru ofisine aktar"}.isdisjoint(passed.buttons)
    again = coordinator.browser.post(f"/destek-sorulari/{shown}/aktar")
    assert "aktarıldı." not in again.text
    assert again.all("div", role="alert") != []
    late = coordinator.browser.post(f"/destek-sorulari/{shown}/cevap", 409, surum="1", cevap="x")
    assert late.all("p", role="alert") != []
    page = desk.get("/destek-sorulari")
    assert page.links[shown] == f"/destek-sorulari/{shown}"
    assert "Cevaplanan ve aktarılanlar" not in page.links
    assert "Başvuru ofisine aktar" not in desk.get(f"/destek-sorulari/{shown}").buttons
    assert "Cevabınız kaydedildi" in answer(desk, shown).text
    assert only(world).answer == "Yarın gelir."
    assert "Burada soru yok." in desk.get("/destek-sorulari?kapali=1").text


def test_without_a_unit_the_question_goes_to_the_office(
    world: World, holder: Visitor, desk: Visitor
) -> None:
    world.write("UPDATE person SET institution_id = NULL")
    assert "Sorunuz başvuru ofisine gider." in holder.get("/sorularim/yeni").text
    ask(holder)
    case = only(world)
    assert (case.state, case.institution_id) == ("passed_on", None)
    assert "–" in desk.get("/destek-sorulari").all("td")
    page = desk.get(f"/destek-sorulari/{case.reference}")
    assert "Kurum" not in page.all("dt")
    answer(desk, case.reference)
    assert only(world).state == "answered"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (" \r\n", "Metni yazınız."),
        ("a" * 2001, "Metin en çok 2000 harf olabilir"),
        (f"Ben {AYSE[:3]} {AYSE[3:]}", "Metinde bir T.C. kimlik numarası var"),
    ],
)
def test_what_may_not_be_kept_is_told_beside_the_field_and_nothing_is_asked(
    world: World, holder: Visitor, desk: Visitor, typed: str, said: str
) -> None:
    page = ask(holder, typed, 422)
    assert said in page.text
    assert page.title.startswith("Hata:")
    assert world.all(SupportQuestion) == []
    ask(holder)
    page = answer(desk, only(world).reference, typed, 422)
    assert said in page.text
    assert page.title.startswith("Hata:")
    assert only(world).answer is None


def test_who_asks_too_much_is_told_so(world: World, holder: Visitor) -> None:
    for _ in range(question.MOST_OPEN):
        ask(holder)
    page = ask(holder, TEXT, 422)
    assert "Cevap bekleyen 5 sorunuz var" in page.text
    assert len(world.all(SupportQuestion)) == question.MOST_OPEN


def test_an_application_of_another_person_or_none_at_all_is_unknown(
    world: World, holder: Visitor
) -> None:
    other = world.person(ISMAIL, "İsmail", "Iraksak")
    foreign = world.read(Application, world.file(other, "first")).reference
    for quoted in (foreign, "B999999999", "x", "S000000001"):
        holder.get(f"/sorularim/yeni?basvuru={quoted}", 404)


def test_other_people_and_other_coordinators_see_no_question(
    app: Flask, world: World, holder: Visitor
) -> None:
    name_unit(world)
    ask(holder)
    case = only(world)
    other = Visitor(app)
    other.sign_in("person", world.person(ISMAIL, "İsmail", "Iraksak"))
    other.get(f"/sorularim/{case.reference}", 404)
    other.post(f"/sorularim/{case.reference}/geri-al", 404)
    away = coordinator_at(app, world, "TEST-16-01-2").browser
    assert case.reference not in away.get("/destek-sorulari").text
    away.get(f"/destek-sorulari/{case.reference}", 404)
    away.get("/destek-sorulari/B000000001", 404)
    with world.engine.database.begin() as connection:
        lone = enter_user(connection, "Sema", ["coordinator"], world.clock.now())
    browser = Visitor(app)
    browser.sign_in("user", lone)
    assert "Burada soru yok." in browser.get("/destek-sorulari").text
    world.write("UPDATE support_question SET institution_id = NULL")
    browser.get(f"/destek-sorulari/{case.reference}", 404)


def test_a_question_is_taken_back_once(world: World, holder: Visitor) -> None:
    ask(holder)
    shown = only(world).reference
    assert "Sorunuz geri alındı." in holder.post(f"/sorularim/{shown}/geri-al").text
    again = holder.post(f"/sorularim/{shown}/geri-al")
    assert "Sorunuz geri alındı." not in again.text
    assert again.all("div", role="alert") != []
    assert only(world).state == "withdrawn"


def test_an_answer_bound_to_nothing_that_was_shown_is_no_answer(
    world: World, holder: Visitor, desk: Visitor
) -> None:
    ask(holder)
    shown = only(world).reference
    desk.get(f"/destek-sorulari/{shown}")
    desk.post(f"/destek-sorulari/{shown}/cevap", 400, cevap="Yarın.")
    desk.post(f"/destek-sorulari/{shown}/cevap", 400, surum="x", cevap="Yarın.")
    stale = desk.post(f"/destek-sorulari/{shown}/cevap", 409, surum="9", cevap="Yarın.")
    assert "Yarın." in stale.text
    assert only(world).state == "passed_on"


def test_long_lists_go_on_on_the_next_page(
    monkeypatch: pytest.MonkeyPatch,
    world: World,
    holder: Visitor,
    desk: Visitor,
    coordinator: Coordinator,
) -> None:
    monkeypatch.setattr(question_reading, "PER_PAGE", 1)
    ask(holder)
    ask(holder)
    first, second = (row.reference for row in world.all(SupportQuestion))
    for browser, path, top, next_ in (
        (holder, "/sorularim", second, first),
        (desk, "/destek-sorulari", first, second),
        (coordinator.browser, "/destek-sorulari?kapali=1", second, first),
    ):
        page = browser.get(path)
        assert top in page.links
        assert next_ not in page.links
        last = browser.get(page.links["Sonraki kayıtlar"])
        assert next_ in last.links
        assert top not in last.links
        assert "Sonraki kayıtlar" not in last.links


def test_a_unit_without_mail_still_finds_the_question(
    world: World, holder: Visitor, coordinator: Coordinator
) -> None:
    world.engine.services = replace(world.services, mail=None)
    name_unit(world)
    ask(holder)
    assert only(world).reference in coordinator.browser.get("/destek-sorulari").links
