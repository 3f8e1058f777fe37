"""The requests to be registered at the desk: listed, decided, and entered by a document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from states.cases.requests.registration import Registration
from states.people.person import Person
from tests.handlers.people.test_registration import ASKED, asked
from tests.kit.handlers.world import AYSE, ISMAIL
from web.office.people import registrations

if TYPE_CHECKING:
    import pytest

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

WHOLE: dict[str, Any] = {
    "tckn": ISMAIL, "given_name": "İsmail", "surname": "Iraksak", "phone": "0532 123 45 67",
    "kind": "passport", "number": "U123", "copy_at": "Klasör 3",
}  # fmt: skip


def test_a_request_is_listed_and_accepted(world: World, officer: Visitor) -> None:
    assert "Bekleyen kayıt isteği yok." in officer.get("/kayit-istekleri").text
    asked(world)
    (row,) = world.all(Registration)
    page = officer.get("/kayit-istekleri")
    assert page.all("td")[0] == "İSMAİL IRAKSAK 100******78"
    one = officer.get(page.links[row.reference])
    assert one.heading == f"Kayıt isteği {row.reference}"
    assert "Deneme Sokağı 1" in one.text
    assert ISMAIL not in one.text
    path = f"/kayit-istekleri/{row.reference}"
    done = officer.post(f"{path}/accept", surum=one.value("surum"))
    assert "Kaydı kabul et: yapıldı." in done.text
    late = officer.post(f"{path}/accept", 409, surum=one.value("surum"))
    assert "Bu istek karara bağlandı; yazılan bilgiler silindi." in late.text
    (person,) = [found for found in world.all(Person) if found.surname == "IRAKSAK"]
    assert late.links["Kişi bilgileri"] == f"/kisi/{person.id}"


def test_a_refusal_needs_its_reason(world: World, officer: Visitor) -> None:
    asked(world)
    (row,) = world.all(Registration)
    path = f"/kayit-istekleri/{row.reference}"
    seen = officer.get(path).value("surum")
    refuse = f"{path}/refuse"
    assert officer.post(refuse, 422, surum=seen).title.startswith("Hata:")
    assert officer.post(refuse, 422, surum=seen, gerekce="x" * 2_001).all(
        "p", id="gerekce-hata"
    ) == ["Gerekçe en çok 2000 harf olabilir."]
    officer.post(refuse, surum=seen, gerekce="Tanınmıyor.")
    assert world.all(Registration)[0].state == "refused"


def test_what_names_no_request_or_decision_is_none(world: World, officer: Visitor) -> None:
    asked(world)
    (row,) = world.all(Registration)
    for unknown in ("R999999999", "B000000001", "x"):
        officer.get(f"/kayit-istekleri/{unknown}", 404)
    officer.get(f"/kayit-istekleri/{row.reference}")
    officer.post(f"/kayit-istekleri/{row.reference}/lapse", 404, surum="1")
    officer.post(f"/kayit-istekleri/{row.reference}/accept", 400, surum="x")


def test_a_long_list_goes_on_page_by_page(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registrations, "PER_PAGE", 1)
    first, second = asked(world), _other(world)
    page = officer.get("/kayit-istekleri")
    assert page.all("th", scope="row") == [f"R{first:09}"]
    following = officer.get(page.links["Sonraki kayıtlar"])
    assert following.all("th", scope="row") == [f"R{second:09}"]
    assert following.links["Listenin başı"] == "/kayit-istekleri"
    assert "Sonraki kayıtlar" not in following.links


def _other(world: World) -> int:
    return asked(world, replace(ASKED, tckn=AYSE))


def test_somebody_is_entered_by_the_document_that_was_seen(world: World, officer: Visitor) -> None:
    assert officer.get("/kisi/yeni").heading == "Masada kişi kaydet"
    for missing, field in (("kind", "tckn"), ("phone", "email"), ("surname", "surname")):
        page = officer.post("/kisi/yeni", 422, **{**WHOLE, missing: ""})
        assert page.all("p", id=f"{field}-hata"), missing
        assert page.value("given_name") == "İsmail"
    assert world.all(Registration) == []
    page = officer.post("/kisi/yeni", **WHOLE)
    assert "Kişi kaydedildi." in page.text
    assert page.heading == "Kişi bilgileri"
    assert "İSMAİL IRAKSAK" in page.text
    again = officer.post("/kisi/yeni", 422, **WHOLE)
    assert "Bu kimlik numarasıyla kayıtlı bir kişi var." in again.text
    long = officer.post("/kisi/yeni", 422, **{**WHOLE, "given_name": "A" * 60})
    assert long.all("p", id="surname-hata")
    assert officer.post("/kisi/yeni", 422, **{**WHOLE, "kind": "letter"}).all("p", id="kind-hata")
