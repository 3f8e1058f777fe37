"""The pages of one's own data, and of changing how one is reached."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.people import contact
from handlers.people.contact_asking import ask
from handlers.post import elsewhere
from states.cases.contact_change import ContactChange
from states.cases.notice import Notice
from states.kit.reference import reference
from states.people.person import Person
from tests.kit.handlers.world import applicant

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor
    from tests.web.portal.conftest import Holder

NEW = "yeni@ornek.invalid"


def code_of(world: World) -> str:
    """Read the code as whoever has the newest message reads it."""
    sent = world.all(Notice, template="contact/code")[-1]
    return elsewhere.opened(world.services.vault, sent.key, None, sent.to_sealed)[1]


@pytest.fixture
def posted(world: World, holder: Holder) -> Visitor:
    """Give Ayşe's browser, in an office that sends mail."""
    world.engine.services = replace(world.engine.services, mail=object())  # type: ignore[arg-type]
    return holder.browser


def test_a_new_address_is_proved_by_its_code(world: World, holder: Holder, posted: Visitor) -> None:
    mine = posted.get(posted.get("/basvurularim").links["Bilgilerim"])
    assert (mine.heading, "a@ornek.invalid" in mine.text) == ("Bilgilerim", True)
    link = mine.links["E-postayı değiştir"]
    page = posted.get(link)
    assert (page.heading, page.value("deger")) == ("E-posta adresimi değiştir", "a@ornek.invalid")
    asked = posted.post(link, 200, deger=NEW)
    assert (asked.heading, NEW in asked.text) == ("Kodu yazınız", True)
    [case] = world.all(ContactChange)
    address = f"/bilgilerim/kod/{case.reference}"
    assert posted.get("/bilgilerim").links["Kodu yaz"] == address
    assert "İletideki altı rakamı yazınız" in posted.post(address, 422, kod="").text
    code = code_of(world)
    missed = posted.post(address, 422, kod=f"{(int(code) + 1) % 10**6:06}")
    assert "Kod yanlış. Kalan deneme: 4." in missed.text
    assert "kodu yazınız ya da ondan vazgeçiniz" in posted.post(link, 422, deger="b@b.tr").text
    done = posted.post(address, 200, kod=code)
    assert "Bilginiz değiştirildi." in done.text
    assert world.read(Person, holder.person_id).email == NEW
    assert "Bilginiz değiştirildi." in posted.get(address).text


def test_tries_end_and_the_change_is_withdrawn(world: World, posted: Visitor) -> None:
    posted.get("/bilgilerim/e-posta")
    posted.post("/bilgilerim/e-posta", 200, deger=NEW)
    [case] = world.all(ContactChange)
    address, code = f"/bilgilerim/kod/{case.reference}", code_of(world)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(contact.TRIES):
        last = posted.post(address, 422, kod=wrong)
    assert "Kod beş kez yanlış yazıldı" in last.text
    assert "Doğrula ve değiştir" not in last.buttons
    assert "Kod beş kez yanlış yazıldı" in posted.post(address, 422, kod=code).text
    left = posted.post(f"{address}/vazgec", 200)
    assert "bilgileriniz olduğu gibi kaldı" in left.text
    assert "Bu değişiklik kapandı" in posted.get(address).text
    posted.post(f"{address}/vazgec", 200)


@pytest.mark.parametrize(
    ("word", "typed", "said"),
    [
        ("e-posta", "a@b", "E-posta"),
        ("e-posta", "", "Yeni bilgiyi yazınız."),
        ("e-posta", "a@ornek.invalid", "Kayıttaki bilgi zaten bu"),
        ("telefon", "yok", "Telefon tek bir numaradır"),
        ("telefon", "0532 111 22 33", "Ofis şu an SMS gönderemiyor"),
        ("adres", "x" * 501, "Bu kadar uzun olamaz"),
        ("adres", "Sokak \U000e0041", "belgeye yazılamayan bir karakter"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    world: World, posted: Visitor, word: str, typed: str, said: str
) -> None:
    posted.get(f"/bilgilerim/{word}")
    page = posted.post(f"/bilgilerim/{word}", 422, deger=typed)
    assert said in page.text
    assert page.title.startswith("Hata:")
    assert world.all(ContactChange) == []


def test_where_cards_go_is_changed_at_once(world: World, holder: Holder) -> None:
    holder.browser.get("/bilgilerim/adres")
    done = holder.browser.post("/bilgilerim/adres", 200, deger="TEST Caddesi 7, İnegöl")
    assert "Teslimat adresiniz değiştirildi." in done.text
    assert world.read(Person, holder.person_id).address == "TEST Caddesi 7, İnegöl"


def test_nobody_sees_the_change_of_somebody_else(
    world: World, posted: Visitor, newcomer: Visitor, holder: Holder
) -> None:
    case = ask(world.engine, applicant(holder.person_id), "email", NEW)
    for quoted in (reference("contact_change", case), "D999999999", "nothing", "B000000001"):
        newcomer.get(f"/bilgilerim/kod/{quoted}", 404)
    posted.get("/bilgilerim/kod/B000000001", 404)


def test_what_has_changed_leads_to_where_it_is_changed_first(world: World, holder: Holder) -> None:
    page = holder.browser.get(holder.browser.get("/basvurularim/yeni").links["Ne değişti?"])
    assert page.links["E-postayı değiştir"] == "/bilgilerim/e-posta"
    assert "sertifikalarınız da bunu taşıyor" in page.text
    assert "Bilgi değişikliği başvurusu yap" not in page.links
    world.write("UPDATE person SET surname = 'EVLENDİ' WHERE id = :id", id=holder.person_id)
    renamed = holder.browser.get("/bilgi-degisikligi")
    assert "Kayıtlarda adınız AYŞE EVLENDİ" in renamed.text
    method = holder.browser.get(renamed.links["Bilgi değişikliği başvurusu yap"])
    assert method.heading == "Onaylama yöntemini seçiniz"
