"""The upload of a staff list, and what a coordinator is told of it."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from handlers.lists import uploads
from handlers.lists.sample import as_csv, as_xlsx, sample_rows
from handlers.lists.uploaded_table import LARGEST
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.people.person import Person
from tests.kit.handlers.world import AYSE
from tests.web.institution.conftest import OTHER, ROW, Coordinator, coordinator_at, listed

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Page, Visitor


def counts(page: Page) -> list[int]:
    """Return the counts of a result in the order of the page."""
    return [int(text) for text in page.all("dd")]


def test_a_list_enters_people_and_certificates(world: World, coordinator: Coordinator) -> None:
    page = coordinator.upload(listed(ROW, OTHER))
    assert page.heading == "Yükleme sonucu"
    assert "Liste işlendi." in page.text
    assert counts(page) == [2, 0, 2, 0, 0, 0]
    assert [row.surname for row in world.all(Person)] == ["ÖRNEKOĞLU", "IRAKSAK"]
    assert world.all(Application) == []


def test_a_second_upload_changes_nothing_and_says_so(
    world: World, coordinator: Coordinator
) -> None:
    coordinator.upload(listed(ROW, OTHER), renewals=True)
    before = world.all(Person), world.all(Certificate), world.all(Application)
    page = coordinator.upload(listed(ROW, OTHER), renewals=True)
    assert "Bu yükleme yeni bir kayıt açmadı" in page.text
    assert counts(page) == [0, 2, 0, 2, 0, 0]
    assert (world.all(Person), world.all(Certificate), world.all(Application)) == before


def test_renewals_are_opened_on_demand_and_wait_for_the_consent(
    world: World, coordinator: Coordinator
) -> None:
    page = coordinator.upload(listed(ROW), renewals=True)
    assert counts(page)[4] == 1
    (case,) = world.all(Application)
    assert (case.kind, case.method, case.state) == ("renewal", "e_onay", "e_onay")


@pytest.mark.parametrize(("ends_on", "state"), [("10.04.2026", "queued"), ("10.08.2026", "held")])
def test_the_renewal_of_somebody_with_consent_waits_for_her_press_and_then_for_the_window(
    world: World, coordinator: Coordinator, ends_on: str, state: str
) -> None:
    me = world.person()
    world.consent(me, world.card(me, date(2027, 1, 1)))
    coordinator.upload(listed({**ROW, "ends_on": ends_on}), renewals=True)
    (case,) = world.all(Application)
    assert case.state == "e_onay"
    assert world.press(case.id, me).state == state


def test_rejected_rows_come_back_with_number_and_reason(
    world: World, coordinator: Coordinator
) -> None:
    page = coordinator.upload(
        listed(
            {**ROW, "tckn": "12345678901"},
            OTHER,
            {**ROW, "surname": "=1+1"},
            {**ROW, "institution_code": "TEST-16-02-1"},
            {**ROW, "ends_on": "31.02.2026"},
            {**ROW, "tckn": "11111111110"},
        )
    )
    assert counts(page) == [1, 0, 1, 0, 0, 5]
    assert page.all("th", scope="row") == ["2", "4", "5", "6", "7"]
    reasons = page.all("td")
    assert "rakamları denetleyiniz" in reasons[0]
    assert "Soyad bir formül" in reasons[1]
    assert "yetki alanınızda değil" in reasons[2]
    assert "tekrarı olamaz" in reasons[4]
    assert len(world.all(Person)) == 1


def test_a_person_of_another_institution_is_not_taken_over(
    world: World, app: Flask, coordinator: Coordinator
) -> None:
    elsewhere = coordinator_at(app, world, "TEST-16-02")
    elsewhere.upload(listed({**ROW, "institution_code": "TEST-16-02-1"}))
    page = coordinator.upload(listed(ROW))
    assert counts(page)[5] == 1
    assert "yetki alanınızda değil" in page.all("td")[0]


def test_both_shapes_of_the_sample_are_read_back(world: World, app: Flask) -> None:
    ministry = coordinator_at(app, world, "TEST")
    rows = sample_rows(date(2026, 3, 2))
    form = ministry.browser.get("/kurum/yukle")
    assert {"CSV", "XLSX"} <= form.links.keys()
    csv = ministry.browser.client.get(form.links["CSV"])
    assert csv.data == as_csv(rows)
    assert csv.headers["Content-Disposition"] == 'attachment; filename="ornek-liste.csv"'
    page = ministry.upload(csv.data)
    assert counts(page) == [200, 0, 200, 0, 0, 0]
    xlsx = ministry.browser.client.get("/kurum/ornek-liste.xlsx").data
    assert load_workbook(io.BytesIO(xlsx)).worksheets[0].max_row == 201
    again = ministry.upload(as_xlsx(rows), name="liste.xlsx")
    assert counts(again) == [0, 200, 0, 200, 0, 0]


def test_a_list_in_windows_turkish_keeps_its_letters(
    world: World, coordinator: Coordinator
) -> None:
    coordinator.upload(listed({**ROW, "surname": "Şığüçöğ"}, encoding="cp1254"))
    (person,) = world.all(Person)
    assert person.surname == "ŞIĞÜÇÖĞ"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Dosya boş"),
        (b"%PDF-1.7", "Dosya okunamadı"),
        (b"PK\x03\x04bozuk", "Dosya okunamadı"),
        (b"\x00\x01\x02", "Dosya okunamadı"),
        (b"Ad;Soyad\r\nA;B", "Listede şu sütunlar yok: T.C. kimlik no, Kurum kodu."),
    ],
)
def test_an_unusable_file_is_answered_with_a_sentence_at_the_field(
    world: World, coordinator: Coordinator, content: bytes, sentence: str
) -> None:
    page = coordinator.upload(content, status=422)
    assert page.title.startswith("Hata:")
    assert page.text.count(sentence) == 2
    assert world.all(Person) == []


def test_a_file_above_the_limit_of_lists_is_answered_with_the_limit(
    coordinator: Coordinator,
) -> None:
    form = coordinator.browser.get("/kurum/yukle")
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = (
        part.format("csrf_token", "") + form.value("csrf_token") + "\r\n"
        + part.format("dosya", '; filename="a.csv"') + "x" * (LARGEST + 1) + "\r\n--x--\r\n"
    ).encode()  # fmt: skip
    answer = coordinator.browser.client.post(
        "/kurum/yukle", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 422
    assert "Dosya en çok 5 MB olabilir" in answer.text


def test_a_file_of_50_mb_is_too_large_to_be_read_at_all(coordinator: Coordinator) -> None:
    answer = coordinator.browser.client.post(
        "/kurum/yukle",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(50 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "Dosya çok büyük" in answer.text


def test_no_file_is_asked_for(coordinator: Coordinator) -> None:
    coordinator.browser.get("/kurum/yukle")
    page = coordinator.browser.post("/kurum/yukle", 422)
    assert page.text.count("Yüklenecek dosyayı seçiniz.") == 2


def test_a_coordinator_without_an_institution_is_told_so(staff: Staff, visitor: Visitor) -> None:
    visitor.sign_in("user", staff.coordinator)
    assert "Hesabınıza bir kurum bağlı değil." in visitor.get("/kurum").text
    visitor.get("/kurum/yukle", 403)


def test_an_officer_uploads_nothing(officer: Visitor) -> None:
    officer.get("/kurum/yukle", 403)
    officer.get("/kurum", 403)
    officer.get("/kurum/ornek-liste.csv", 403)


def test_no_whole_number_of_a_person_is_on_the_result(coordinator: Coordinator) -> None:
    page = coordinator.upload(listed(ROW, ROW))
    assert AYSE not in page.response.text
    assert "2. satırda zaten var" in page.text


def test_a_long_list_is_rehearsed_started_and_watched(
    world: World, coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SHORT", 1)
    browser = coordinator.browser
    page = coordinator.upload(listed(ROW, OTHER, {**ROW, "tckn": "12345678901"}))
    address = page.response.request.path
    state = browser.client.get(f"{address}/durum").json
    assert state == {"state": "rehearsing", "total": 2, "done": 0}
    assert "Prova ediliyor." in page.text
    uploads.work_off(world.engine)
    rehearsed = browser.get(address)
    assert "Hiçbir şey kaydedilmedi; aşağıdaki satırlar kabul edilmeyecek." in rehearsed.text
    assert world.all(Person) == []
    started = browser.post(f"{address}/baslat")
    assert "Liste işlenmeye başlandı." in started.text
    assert "0 / 2" in started.text
    assert "Liste duraklatıldı" in browser.post(f"{address}/duraklat").text
    assert "bu arada ilerledi" in browser.post(f"{address}/duraklat").text
    assert "Liste işleniyor." in browser.post(f"{address}/surdur").text
    uploads.work_off(world.engine)
    done = browser.get(address)
    assert counts(done) == [2, 0, 2, 0, 0, 1]
    assert "liste.csv" in browser.get("/kurum/yukle").links


def test_a_list_is_given_up_and_is_nobody_elses(
    world: World, app: Flask, coordinator: Coordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SHORT", 1)
    address = coordinator.upload(listed(ROW, OTHER)).response.request.path
    elsewhere = coordinator_at(app, world, "TEST-16-02").browser
    for absent in (address, f"{address}/durum", "/kurum/yuklemeler/" + "9" * 30):
        elsewhere.get(absent, 404)
    elsewhere.get("/kurum/yukle")
    elsewhere.post(f"{address}/durdur", 404)
    coordinator.browser.get(address)
    assert "Liste durduruldu" in coordinator.browser.post(f"{address}/durdur").text
    assert uploads.work_off(world.engine) == 0
    world.write("UPDATE staff_upload SET why = 'right_lost'")
    assert "yetkisi kalmadı" in coordinator.browser.get(address).text


def test_what_was_not_taken_of_a_row_is_told(world: World, coordinator: Coordinator) -> None:
    page = coordinator.upload(listed({**ROW, "phone": "0312 555 12 34 dahili 5"}))
    assert "Bir kısmı alınmayan satırlar" in page.text
    assert "Yalnız +90 312 555 12 34 alındı." in page.text
    again = coordinator.upload(listed({**ROW, "address": "Başka Sok. 1"}))
    assert "Kayıttakinden farklı, alınmadı: Adres." in again.text
    assert [person.address for person in world.all(Person)] == [ROW["address"]]
