"""The pages on which an officer changes the data of a person or of an institution."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.people.register import find_institution
from states.people.change import DataChange
from states.people.institution import Institution
from states.people.person import Person
from tests.kit.handlers.world import AYSE
from tests.kit.web.staff import path, waiting_for_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

FIELDS = ("seen", "given_name", "surname", "email", "phone", "institution")
PROOF = {
    "proof": "register_extract", "number": "N-1", "copy_at": "arşiv 7", "reason": "Evlilik",
}  # fmt: skip


def form(page: Page, **changed: str) -> dict[str, str]:
    """Return the form of a page, filled in."""
    shown = {name: page.value(name) for name in (*FIELDS, "address")}
    return {**shown, **PROOF, **changed}


def test_an_officer_changes_an_address_by_a_document_and_the_page_tells_it(
    world: World, officer: Visitor
) -> None:
    case = waiting_for_paper(world)
    link = officer.get(path(case)).links["AYŞE ÖRNEKOĞLU"]
    page = officer.get(link)
    assert page.heading == "Kişi bilgileri"
    assert AYSE not in page.response.text
    assert "Değişiklik yok." in page.text
    done = officer.post(link, 200, **form(page, email="yeni@ornek.invalid"))
    assert "Değiştirildi: E-posta." in done.text
    assert "E-posta (Nüfus kayıt örneği N-1, arşiv 7): Evlilik" in done.text
    assert world.all(Person)[0].email == "yeni@ornek.invalid"
    again = officer.post(link, 200, **form(officer.get(link)))
    assert "değişiklik yapılmadı" in again.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"surname": "R2D2"}, "Ad ve soyad yalnız harflerden oluşur"),
        ({"surname": "Evlendi", "proof": "petition"}, "yalnız kimlik, nüfus kaydı"),
        ({"email": "yeni@ornek.invalid", "number": ""}, "Belgenin numarasını"),
        ({"phone": "yok"}, "Telefon tek bir numaradır"),
        ({"institution": "NOWHERE"}, "Bu kodla bir kurum yok"),
        ({"phone": "0312 555 12 34", "seen": "x"}, "siz bakarken değişti"),
        ({"proof": "", "phone": "0312 555 12 34"}, "Gösterilen belgeyi listeden seçiniz"),
        ({"address": "x" * 501}, "Bu kadar uzun olamaz"),
        ({"seen": ""}, "Hata:"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    world: World, officer: Visitor, wrong: dict[str, str], sentence: str
) -> None:
    link = f"/kisi/{world.person()}"
    page = officer.post(link, 422, **form(officer.get(link), **wrong))
    assert sentence in page.text or page.title.startswith(sentence)
    assert world.all(DataChange) == []


def test_an_address_of_old_that_is_too_long_stays_while_the_telephone_number_changes(
    world: World, officer: Visitor
) -> None:
    number = world.person()
    world.write("UPDATE person SET address = :old, email = 'a@@b'", old="x" * 501)
    link = f"/kisi/{number}"
    done = officer.post(link, 200, **form(officer.get(link), phone="0312 555 12 34"))
    assert "Değiştirildi: Telefon." in done.text
    person = world.read(Person, number)
    assert (person.address, person.email) == ("x" * 501, "a@@b")
    page = officer.post(link, 422, **form(officer.get(link), address="x" * 502))
    assert "Bu kadar uzun olamaz" in page.text


def test_others_look_and_change_nothing(
    world: World, operator: Visitor, auditor: Visitor, officer: Visitor
) -> None:
    number = world.person()
    for reader in (operator, auditor):
        page = reader.get(f"/kisi/{number}")
        assert "a@ornek.invalid" in page.text
        assert "Bilgileri değiştir" not in page.text
        reader.post(f"/kisi/{number}", 403, **PROOF)
        reader.get("/kurum-bilgisi/TEST-16", 403)
    for absent in ("999999", "9" * 30):
        officer.get(f"/kisi/{absent}", 404)
    officer.get("/kurum-bilgisi/NOWHERE", 404)


def test_the_page_tells_how_long_the_data_is_kept(world: World, officer: Visitor) -> None:
    me = world.person()
    assert "En az şu güne kadar: 02.03.2027" in officer.get(f"/kisi/{me}").text
    world.card(me, date(2026, 4, 10))
    assert "Sertifikası sona erdikten 20 yıl sonrasına" in officer.get(f"/kisi/{me}").text


def test_a_search_leads_to_the_person(world: World, officer: Visitor) -> None:
    number = world.person()
    officer.get("/is-listem")
    found = officer.post("/ara", q="örnek\u200boğlu\u00ad")
    assert found.links["AYŞE ÖRNEKOĞLU"] == f"/kisi/{number}"


def test_an_institution_gets_its_new_name(world: World, officer: Visitor) -> None:
    page = officer.get(f"/kisi/{world.person()}")
    link = page.links["Kurumun adını değiştir"]
    shown = officer.get(link)
    wanted = {**PROOF, "seen": shown.value("seen"), "name": "TEST Şehit İlkokulu"}
    wrong = officer.post(link, 422, **{**wanted, "name": ""})
    assert "Kurumun adı 1–200 harf olmalıdır." in wrong.text
    assert officer.post(link, 422, **{**wanted, "name": "x" * 201}).title.startswith("Hata:")
    done = officer.post(link, 200, **wanted)
    assert "Değiştirildi: Kurumun adı." in done.text
    with world.engine.database.connect() as connection:
        school = find_institution(connection, "TEST-16-01-1")
    assert school is not None
    assert school.name == "TEST Şehit İlkokulu"
    assert world.all(Institution, code="TEST-16-01-1")[0].name == school.name
