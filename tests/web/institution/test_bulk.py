"""Many are reminded at once: chosen from the list, rehearsed, run by the worker, told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from handlers.desk.batches import work_off_batches
from handlers.reminders.telling import tell_holders
from states.cases.batch import Batch
from states.cases.notice import Notice
from states.kit.reference import reference
from states.logs.reminder import Reminder
from tests.kit.handlers.world import AYSE, ISMAIL, open_account
from tests.kit.web.bulk import address
from tests.kit.web.visitor import Visitor
from tests.web.institution.conftest import Coordinator, coordinator_at

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page

KEREM, MERAL = "99000050160", "99000050238"


@pytest.fixture
def coordinator(app: Flask, world: World) -> Coordinator:
    """Give the coordinator of the district, of whom is known which person he is."""
    return somebody(app, world, "TEST-16-01", KEREM)


def somebody(app: Flask, world: World, code: str, tckn: str) -> Coordinator:
    """Give a coordinator of whom is known which person he is."""
    mine = coordinator_at(app, world, code)
    known = world.person(tckn, "Kerem", "Yetkili")
    world.write("UPDATE office_user SET person_id = :me WHERE id = :id", me=known, id=mine.user)
    mine.browser.sign_in("user", mine.user)
    return mine


@pytest.fixture
def two(world: World) -> list[int]:
    """Give certificates of two people of one school, which end in April and in May."""
    first = world.certificate(world.person(AYSE), date(2026, 4, 10), "a1")
    second = world.certificate(world.person(ISMAIL, "İsmail", "Iraksak"), date(2026, 5, 1), "a2")
    return [first, second]


def named(number: int) -> str:
    return reference("certificate", number)


def ask(coordinator: Coordinator, query: str = "", **form: Any) -> Page:  # noqa: ANN401 - fields of a form
    """Ask for a rehearsal from the list, filtered as the query says."""
    coordinator.browser.get(f"/kurum{query}")
    return coordinator.browser.post(f"/kurum/hatirlat{query}", **form)


def by_hand(world: World) -> list[int]:
    return sorted(row.certificate_id for row in world.all(Reminder, ladder="by_hand"))


def test_all_that_a_filter_finds_are_rehearsed_and_reminded_once(
    world: World, coordinator: Coordinator, two: list[int]
) -> None:
    world.write("UPDATE certificate SET reminders_stopped_on = '2026-01-01' WHERE id = :id",
                id=two[1])  # fmt: skip
    page = ask(coordinator, kapsam="filtre")
    assert "Hatırlatılacak: 1. Hatırlatılmayacak: 1." in page.all("p", role="status")[0]
    assert "Bu sertifikanın hatırlatmaları" in page.text
    assert page.links["AYŞE ÖRNEKOĞLU"].startswith("/kurum/kisi/")
    assert by_hand(world) == []
    here = address(page)
    page = coordinator.browser.post(f"{here}/baslat")
    assert "Hatırlatma başladı." in page.text
    state = coordinator.browser.client.get(f"{here}/durum").json
    assert state == {"state": "running", "total": 2, "done": 0}
    assert "Sürüyor" in coordinator.browser.get(f"{here}/izle").text
    work_off_batches(world.engine)
    page = coordinator.browser.get(here)
    assert "Hatırlatılan: 1. Hatırlatılmayan: 1." in page.all("p", role="status")[0]
    assert by_hand(world) == [two[0]]
    assert tell_holders(world.engine) == 1
    assert len(world.all(Notice, template="reminder/renewal")) == 1
    only = coordinator.browser.get(f"{here}?sonuc=moved")
    assert named(two[0]) in only.text
    assert named(two[1]) not in only.text
    again = coordinator.browser.post(f"{here}/baslat")
    assert "istediğiniz yapılmadı" in again.text
    page = ask(coordinator, kapsam="filtre")
    assert "Hatırlatılacak: 0. Hatırlatılmayacak: 2." in page.all("p", role="status")[0]
    assert "Kişiye bugün zaten hatırlatıldı" in page.text
    assert "Şimdi hatırlat" not in page.buttons


def test_only_those_ticked_are_meant_and_a_filter_narrows_the_rest(
    world: World, coordinator: Coordinator, two: list[int]
) -> None:
    page = ask(coordinator, kapsam="secili", sertifika=[named(two[1])])
    assert "IRAKSAK" in page.text
    assert "ÖRNEKOĞLU" not in page.text
    assert world.all(Batch)[-1].filter == {"scope": "secili", "words": []}
    ask(coordinator, "?ay=2026-04&eonay=yok&yalniz=1&birim=TEST-16-01-1", kapsam="filtre")
    made = world.all(Batch)[-1]
    assert made.total == 1
    assert made.filter["words"] == [
        "TEST Zeytinlik İlkokulu", "yalnız birimin kendisi", "e-onayı yok", "04.2026",
    ]  # fmt: skip
    sealed = coordinator.browser.post("/kurum", ara="ırak", bant="60", gun="2026-05-01")
    query = sealed.response.request.url.partition("?")[2]
    ask(coordinator, f"?{query}", kapsam="filtre")
    made = world.all(Batch)[-1]
    assert made.total == 1
    assert made.filter["words"][1:] == ["31–60 gün", "01.05.2026", "ada göre"]
    listed = coordinator.browser.get("/kurum/toplu")
    assert len([link for link in listed.links.values() if link.startswith("/kurum/toplu/")]) == 3


def test_whoever_is_not_his_is_never_chosen(
    app: Flask, world: World, coordinator: Coordinator, two: list[int]
) -> None:
    other = somebody(app, world, "TEST-06", MERAL)
    page = ask(other, kapsam="secili", sertifika=[named(number) for number in two])
    assert "Hiç kimse seçilmedi." in page.text
    assert world.all(Batch) == []
    mine = address(ask(coordinator, kapsam="filtre"))
    for path in ("", "/izle", "/durum"):
        assert other.browser.client.get(f"{mine}{path}").status_code == 404
    other.browser.post(f"{mine}/baslat", 404)
    coordinator.browser.get(f"/kurum/toplu/{10**30}", 404)
    coordinator.browser.post(f"{mine}/baslat")
    world.write(
        "UPDATE person SET institution_id = (SELECT id FROM institution WHERE code = 'TEST-06')"
        " WHERE surname = 'ÖRNEKOĞLU'"
    )
    work_off_batches(world.engine)
    page = coordinator.browser.get(mine)
    assert by_hand(world) == [two[1]]
    assert named(two[0]) in page.text
    assert "ÖRNEKOĞLU" not in page.text


def test_what_no_page_sends_is_refused(
    world: World, coordinator: Coordinator, two: list[int]
) -> None:
    for form in (
        {"kapsam": "hepsi"},
        {"kapsam": "secili", "sertifika": ["nothing"]},
        {"kapsam": "secili", "sertifika": [reference("application", two[0])]},
        {"kapsam": "secili", "sertifika": [named(two[0])] * 51},
    ):
        coordinator.browser.get("/kurum")
        coordinator.browser.post("/kurum/hatirlat", 400, **form)
    none = ask(coordinator, "?ay=2026-04", kapsam="secili")
    assert "Hiç kimse seçilmedi." in none.text
    assert "ay=2026-04" in none.response.request.url
    world.write("UPDATE office_user SET institution_id = NULL WHERE id = :id", id=coordinator.user)
    coordinator.browser.post("/kurum/hatirlat", 403, kapsam="filtre")
    assert world.all(Batch) == []


def test_too_many_are_told_to_be_too_many(
    world: World, coordinator: Coordinator, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(two) == 2
    monkeypatch.setattr("workflow.running.batch.MOST", 1)
    page = ask(coordinator, kapsam="filtre")
    assert "Bir kerede en çok 1 kişi olabilir" in page.text
    assert world.all(Batch) == []


def test_a_large_one_waits_for_the_worker_and_is_paused_stopped_or_given_up(
    world: World, coordinator: Coordinator, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.kit.batches.making.AT_ONCE", 1)
    here = address(ask(coordinator, kapsam="filtre"))
    assert coordinator.browser.client.get(f"{here}/durum").json == {
        "state": "rehearsing", "total": 2, "done": 0,
    }  # fmt: skip
    assert "Prova yapılıyor" in coordinator.browser.get(here).text
    work_off_batches(world.engine)
    assert "Hatırlatılacak: 2." in coordinator.browser.get(here).text
    coordinator.browser.post(f"{here}/baslat")
    assert "duraklatıldı" in coordinator.browser.post(f"{here}/duraklat").text
    work_off_batches(world.engine)
    assert by_hand(world) == []
    assert "Hatırlatma sürüyor." in coordinator.browser.post(f"{here}/surdur").text
    page = coordinator.browser.post(f"{here}/durdur")
    assert "Hatırlatma durduruldu" in page.text
    assert "Sırası gelmeyen: 2." in page.text
    here = address(ask(coordinator, kapsam="filtre"))
    assert "kimseye hatırlatılmadı" in coordinator.browser.post(f"{here}/vazgec").text
    work_off_batches(world.engine)
    assert by_hand(world) == []
    assert two


def test_long_results_and_lists_are_paged(
    world: World, coordinator: Coordinator, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = address(ask(coordinator, kapsam="filtre"))
    coordinator.browser.post(f"{here}/baslat")
    work_off_batches(world.engine)
    ask(coordinator, kapsam="filtre")
    monkeypatch.setattr("web.kit.batches.page.PAGE", 1)
    page = coordinator.browser.get(here)
    assert named(two[0]) in page.text
    assert named(two[1]) not in page.text
    page = coordinator.browser.get(page.links["Sonraki kayıtlar"])
    assert named(two[1]) in page.text
    assert "Sonraki kayıtlar" not in page.links
    newest = coordinator.browser.get("/kurum/toplu")
    assert here not in newest.links.values()
    older = coordinator.browser.get(newest.links["Daha eskiler"])
    assert here in older.links.values()


def test_an_auditor_reads_of_it_among_the_batches_of_the_house(
    app: Flask, world: World, coordinator: Coordinator, two: list[int]
) -> None:
    number = address(ask(coordinator, kapsam="filtre")).rpartition("/")[2]
    coordinator.browser.post(f"/kurum/toplu/{number}/baslat")
    work_off_batches(world.engine)
    with world.engine.database.begin() as connection:
        auditor = open_account(connection, "Deniz", "auditor", world.clock.now())
    browser = Visitor(app)
    browser.sign_in("user", auditor)
    page = browser.get("/toplu")
    assert page.links[f"{number}: Şimdi hatırlat"] == f"/toplu/{number}"
    page = browser.get(f"/toplu/{number}")
    assert page.links[named(two[0])] == f"/is/{named(two[0])}"
    assert named(two[1]) in browser.client.get(f"/toplu/{number}/sonuc.csv").text
