"""The page on which an officer corrects where a card goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.notice import Notice
from states.kit.reference import reference
from states.logs.desk import DeskEntry
from tests.kit.handlers.world import applicant
from tests.kit.web.staff import path, waiting_for_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

OLD, NEW = "TEST Sokağı 1, Bursa", "TEST Caddesi 7, İnegöl"


def form(page: Page, **changed: str) -> dict[str, str]:
    """Return the form of a fresh page, filled in."""
    hidden = {name: page.value(name) for name in ("seen", "shown")}
    return {**hidden, "address": NEW, "reason": "Taşındı", **changed}


def address_of(world: World, case: int) -> str | None:
    return world.read(Application, case).delivery_address


def test_an_officer_corrects_the_address_and_the_past_tells_it_without_naming_it(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    link = officer.get(path(case)).links["Adresi düzelt"]
    page = officer.get(link)
    assert page.heading == "Teslimat adresini düzelt"
    assert page.value("address") == OLD
    done = officer.post(link, 200, **form(page))
    assert "Teslimat adresi düzeltildi; başvuru sahibine bildirilecek." in done.text
    assert address_of(world, case) == NEW
    (event,) = officer.get(path(case, "gecmis")).all("li", class_="step step-desk")
    assert (
        "Teslimat adresi düzeltildi Zeynep Görevli, Başvuru görevlisi Taşındı (adres izi:" in event
    )
    assert OLD not in event
    assert NEW not in event


def test_the_preview_shows_the_letter_and_changes_nothing(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    wanted = form(officer.get(path(case, "adres")))
    page = officer.post(path(case, "adres"), 200, **wanted, onizle="1")
    assert "Konu: Teslimat adresiniz düzeltildi" in page.text
    (shown,) = page.all("pre")
    assert f"{NEW} Düzeltme nedeni: Taşındı" in shown
    assert (page.value("address"), page.value("seen")) == (NEW, wanted["seen"])
    assert (address_of(world, case), world.all(Notice)) == (OLD, [])
    officer.post(path(case, "adres"), 200, **wanted)
    assert " ".join(world.all(Notice)[0].text.split()) == shown


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"address": " "}, "address", "Adresi yazınız."),
        ({"address": "a" * 501}, "address", "Adres çok uzun; kısaltınız."),
        (
            {"address": "Sokak \U000e0041"},
            "address",
            (
                "Teslimat adresi bilgisinde belgeye yazılamayan bir karakter var; "
                "onu çıkarıp yeniden deneyiniz."
            ),
        ),
        ({"reason": ""}, "reason", "Adresin neden düzeltildiğini yazınız."),
        ({"reason": "a" * 501}, "reason", "Gerekçe çok uzun; kısaltınız."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    world: World, officer: Visitor, changed: dict[str, str], field: str, said: str
) -> None:
    case = waiting_for_paper(world)
    page = officer.post(
        path(case, "adres"), 422, **form(officer.get(path(case, "adres")), **changed)
    )
    assert page.title.startswith("Hata:")
    assert page.all("p", id=f"{field}-hata") == [said]
    assert address_of(world, case) == OLD


@pytest.mark.parametrize("changed", [{"seen": "x"}, {"seen": ""}, {"shown": ""}])
def test_a_form_without_what_it_was_shown_is_not_taken(
    world: World, officer: Visitor, changed: dict[str, str]
) -> None:
    case = waiting_for_paper(world)
    officer.post(path(case, "adres"), 400, **form(officer.get(path(case, "adres")), **changed))
    assert address_of(world, case) == OLD


def test_a_page_from_before_another_correction_gets_the_difference(
    world: World, officer: Visitor, second: Visitor
) -> None:
    case = waiting_for_paper(world)
    mine, theirs = officer.get(path(case, "adres")), second.get(path(case, "adres"))
    second.post(path(case, "adres"), 200, **form(theirs, address="Başka Sokak 3"))
    page = officer.post(path(case, "adres"), 409, **form(mine))
    assert page.heading == "Bu başvuru siz bakarken ilerledi"
    assert f"Teslimat adresi {NEW} Başka Sokak 3" in page.all("tr")
    assert address_of(world, case) == "Başka Sokak 3"


def test_a_page_from_before_a_move_is_told_the_move(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    mine = officer.get(path(case, "adres"))
    person = world.read(Application, case).person_id
    world.engine.fire(case, "change_method", applicant(person))
    world.choose(case, person, "in_person")
    page = officer.post(path(case, "adres"), 409, **form(mine))
    assert "Başka yöntem seç Başvuru ofisinde bekleniyor → Taslak" in page.text
    assert page.all("tr") == []
    assert address_of(world, case) == OLD


def test_a_double_click_corrects_once(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    wanted = form(officer.get(path(case, "adres")))
    officer.post(path(case, "adres"), 200, **wanted)
    again = officer.post(path(case, "adres"), 200, **wanted)
    assert "Kayıttaki adres zaten bu" in again.text
    assert (len(world.all(DeskEntry)), len(world.all(Notice))) == (1, 1)


def test_where_the_address_stands_the_page_says_why(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    wanted = form(officer.get(path(case, "adres")))
    world.write("UPDATE application SET state = 'couriered' WHERE id = :id", id=case)
    assert "Adresi düzelt" not in officer.get(path(case)).links
    page = officer.get(path(case, "adres"), 422)
    assert page.heading == "İşlem yapılamaz: Teslimat adresini düzelt"
    assert page.all("p", role="alert") == ["Teslimat adresi “Kuryede” durumunda düzeltilemez."]
    late = officer.post(path(case, "adres"), 422, **wanted)
    assert late.heading == page.heading


def test_only_officers_correct_and_only_applications_have_an_address(
    world: World, officer: Visitor, operator: Visitor, auditor: Visitor
) -> None:
    case = waiting_for_paper(world)
    for other in (operator, auditor):
        assert "Adresi düzelt" not in other.get(path(case)).links
        other.get(path(case, "adres"), 403)
    me = world.read(Application, case).person_id
    certificate = world.certificate(me, world.clock.now().date())
    officer.get(f"/is/{reference('certificate', certificate)}/adres", 404)
    officer.get("/is/B999999999/adres", 404)
