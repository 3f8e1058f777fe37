"""The pages on which a second officer decides about a name."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from states.cases.contact_change import ContactChange
from states.logs.access import AccessEntry
from states.papers.scan import Scan
from states.people.person import Person
from tests.handlers.papers.test_scans import picture
from tests.web.office.people.test_person_data import form
from web.office.people import name_changes

if TYPE_CHECKING:
    import pytest

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor

LIST = "/ad-degisiklikleri"


def propose(officer: Visitor, person: int, **name: str) -> str:
    """Have an officer propose a name, and return the address of the proposal."""
    link = f"/kisi/{person}"
    page = officer.post(link, 200, **form(officer.get(link), **name))
    assert "Ad değişikliği ikinci bir görevlinin onayına gönderildi." in page.text
    return next(one for text, one in page.links.items() if text.startswith("D0"))


def upload(officer: Visitor, link: str, content: bytes | None = None, status: int = 200) -> Page:
    """Upload a scan of the document, one of two pages by default."""
    file = (io.BytesIO(picture("TIFF", frames=2) if content is None else content), "x.tif")
    return officer.post(f"{link}/taramalar", status, dosya=file)


def look_at(world: World, reader: Visitor, link: str) -> None:
    """Open each page that the page of a proposal shows."""
    [scan] = world.all(Scan)
    shown = reader.get(link).response.text
    for n in range(1, scan.pages + 1):
        address = f"{link}/taramalar/{scan.id}/sayfa/{n}"
        assert f'src="{address}"' in shown
        answer = reader.client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "no-store"
    assert f"/sayfa/{scan.pages + 1}" not in shown


def test_a_scan_that_is_none_or_comes_late_is_refused_on_the_page(
    world: World, officer: Visitor, second: Visitor
) -> None:
    link = propose(officer, world.person(), surname="Evlendi")
    assert "Yüklenecek dosyayı seçiniz." in officer.post(f"{link}/taramalar", 422).text
    page = upload(officer, link, b"x", 422)
    assert page.title.startswith("Hata:")
    assert world.all(Scan) == []
    second.post(f"{link}/refuse", 200, surum=second.get(link).value("surum"), gerekce="Eski")
    late = upload(officer, link, status=422)
    assert "Tarama yükle" not in late.text
    assert "Belgenin taraması yok." in late.text
    assert world.all(Scan) == []


def test_who_opens_a_page_is_kept_and_pages_of_other_cases_are_not_handed_out(
    world: World, officer: Visitor, second: Visitor, operator: Visitor
) -> None:
    link = propose(officer, world.person(), surname="Evlendi")
    done = upload(officer, link)
    assert "Belgenin taraması eklendi." in done.text
    look_at(world, second, link)
    [scan] = world.all(Scan)
    reads = world.all(AccessEntry, what=f"scan:{scan.sha256}:1")
    assert [one.purpose for one in reads] == ["Başvurunun incelenmesi"]
    for place in (f"{scan.id}/sayfa/3", f"{scan.id}/sayfa/0", f"{scan.id + 1}/sayfa/1"):
        second.get(f"{link}/taramalar/{place}", 404)
    operator.get(f"{link}/taramalar/{scan.id}/sayfa/1", 403)
    operator.post(f"{link}/taramalar", 403)
    other = propose(officer, world.person("10000000078", "İsmail", "Iraksak"), surname="Başka")
    second.get(f"{other}/taramalar/{scan.id}/sayfa/1", 404)


def test_a_name_is_proposed_by_one_officer_and_decided_by_another(
    world: World, officer: Visitor, second: Visitor
) -> None:
    me = world.person()
    link = propose(officer, me, surname="Evlendi")
    mine = officer.get(link)
    assert "Neden karar veremiyorum?" in mine.text
    assert "AYŞE EVLENDİ" in mine.text
    assert "Onayla ve değiştir" not in mine.buttons
    assert "Uygun bulma" not in mine.buttons
    assert "Öneriyi geri çek" in mine.buttons
    assert "Taraması yüklenmeden ve her sayfasına bakılmadan ad onaylanamaz." in mine.text
    upload(officer, link)
    assert "Onayla ve değiştir" not in officer.get(link).buttons
    case = link.rpartition("/")[2]
    assert (
        second.get(second.get(f"/kisi/{me}").links["Onay bekleyen ad değişiklikleri"]).links[case]
        == link
    )
    page = second.get(link)
    assert "Nüfus kayıt örneği N-1" in page.text
    second.post(f"{link}/refuse", 422, surum=page.value("surum"))
    assert world.all(ContactChange)[0].state == "proposed"
    second.post(f"{link}/approve", 400, surum="x")
    second.post(f"{link}/approve", 422, surum=page.value("surum"), gerekce="x" * 2_001)
    second.post(f"{link}/approve", 409, surum="0")
    unseen = second.post(f"{link}/approve", 422, surum=page.value("surum"))
    assert "Belgenin 2 sayfasını açmadınız" in unseen.text
    look_at(world, second, link)
    done = second.post(f"{link}/approve", 200, surum=page.value("surum"))
    assert "Onayla ve değiştir: yapıldı." in done.text
    assert world.read(Person, me).surname == "EVLENDİ"
    assert "Yeni ad" not in done.text
    again = second.post(f"{link}/approve", 409, surum=page.value("surum"))
    assert "Karar" not in again.buttons
    assert "Soyad (Nüfus kayıt örneği N-1, arşiv 7): Evlilik" in second.get(f"/kisi/{me}").text


def test_a_name_that_waits_is_not_proposed_twice(world: World, officer: Visitor) -> None:
    me = world.person()
    propose(officer, me, surname="Evlendi")
    link = f"/kisi/{me}"
    again = officer.post(link, 422, **form(officer.get(link), surname="Başka"))
    assert "ikinci görevliyi bekleyen bir ad değişikliği var" in again.text


def test_the_list_goes_on_where_a_page_ends(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Karar bekleyen ad değişikliği yok." in officer.get(LIST).text
    monkeypatch.setattr(name_changes, "PER_PAGE", 1)
    first = propose(officer, world.person(), surname="Evlendi")
    second = propose(officer, world.person("10000000078", "İsmail", "Iraksak"), surname="Başka")
    page = officer.get(LIST)
    assert first in page.links.values()
    assert second not in page.links.values()
    rest = officer.get(page.links["Sonraki sayfa"])
    assert second in rest.links.values()
    assert "Sonraki sayfa" not in rest.links
    for nothing in ("B000000001", "x", "D999999999"):
        officer.get(f"/ad-degisikligi/{nothing}", 404)
    assert len(world.all(ContactChange)) == 2
