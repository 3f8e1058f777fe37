"""The page of a person: what is so, what was told and will be, and what a coordinator may do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.reminders import sweep as ladder
from handlers.reminders.telling import tell_holders
from states.cases.certificate import Certificate
from states.kit.reference import reference
from states.logs.reminder import Ladder
from tests.kit.handlers.world import applicant
from tests.kit.handlers.world import coordinator as coordinator_of
from tests.kit.web.lint import text_of
from tests.web.institution.conftest import Coordinator, coordinator_at
from web.institution.person_page import step_words

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page

ENDS = date(2026, 4, 10)
KEREM = "99000050160"


@pytest.fixture
def coordinator(app: Flask, world: World) -> Coordinator:
    """Give the coordinator of the district, of whom is known which person he is."""
    mine = coordinator_at(app, world, "TEST-16-01")
    known = world.person(KEREM, "Kerem", "Yetkili")
    world.write("UPDATE office_user SET person_id = :me WHERE id = :id", me=known, id=mine.user)
    mine.browser.sign_in("user", mine.user)
    return mine


@pytest.fixture
def me(world: World) -> int:
    """Give somebody at a school of the district."""
    return world.person()


def named(number: int) -> str:
    return reference("certificate", number)


def table(page: Page, heading: str) -> list[str]:
    """Return the rows of the table that an element with this id names."""
    region = next(
        one for one in page.tree.iter("div") if one.get("aria-labelledby") == heading
    )  # fmt: skip
    return [text_of(row) for row in region.iter("tr")][1:]


def test_a_line_of_the_list_leads_to_the_person_with_limits_in_words(
    world: World, coordinator: Coordinator, me: int
) -> None:
    held = world.card(me, ENDS)
    page = coordinator.browser.get("/kurum")
    assert page.links["AYŞE ÖRNEKOĞLU"] == f"/kurum/kisi/{me}"
    page = coordinator.browser.get(page.links["AYŞE ÖRNEKOĞLU"])
    assert "AYŞE ÖRNEKOĞLU" in page.title
    for said in ("100******46", "TEST Zeytinlik İlkokulu", "Görevde", "Sertifikanızı yenileyiniz."):
        assert said in page.text
    (line,) = table(page, "sertifikalar")
    for said in (named(held.certificate_id), "Geçerli", "10.04.2026", "10.03.2026"):
        assert said in line
    assert "Başvuru için 8 gün kaldı." in line
    assert "Sıradaki: 11.03.2026" in line  # 30 days before the end
    assert page.all("dd")[2] == "Yok"
    assert "Başvurusu yok." in page.text
    assert "Henüz hatırlatma gönderilmedi." in page.text


@pytest.mark.parametrize(
    ("ends_on", "said"),
    [
        (date(2026, 4, 1), "Son başvuru günü geçti, süren bir başvuru yok."),
        (date(2026, 4, 2), "Başvuru için bugün son gün."),
        (date(2026, 6, 2), "Başvuru için 61 gün kaldı."),
        (date(2026, 6, 3), "Yenileme dönemi 03.03.2026 tarihinde başlar."),
        (date(2027, 2, 1), "Yenileme dönemi 01.11.2026 tarihinde başlar."),
    ],
)
def test_where_today_lies_among_the_days_is_said(
    world: World, coordinator: Coordinator, me: int, ends_on: date, said: str
) -> None:
    world.certificate(me, ends_on)
    (line,) = table(coordinator.browser.get(f"/kurum/kisi/{me}"), "sertifikalar")
    assert said in line


def test_whoever_applied_late_is_not_late_any_more_and_the_application_is_told(
    world: World, coordinator: Coordinator, me: int
) -> None:
    held = world.card(me, date(2026, 4, 1))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    page = coordinator.browser.get(f"/kurum/kisi/{me}")
    assert page.all("dd")[2] == "Var"
    (line,) = table(page, "sertifikalar")
    assert "Son başvuru günü geçti; yenileme sürüyor ya da gerekmiyor." in line
    (line,) = table(page, "basvurular")
    for said in (reference("application", case), "Yenileme", "Taslak", "Başvuru sahibi"):
        assert said in line
    world.choose(case, me, "e_onay")
    (line,) = table(coordinator.browser.get(f"/kurum/kisi/{me}"), "basvurular")
    for said in ("e-onay", "Üretim"):
        assert said in line
    world.engine.fire(case, "cancel", applicant(me))
    (line,) = table(coordinator.browser.get(f"/kurum/kisi/{me}"), "basvurular")
    assert "Vazgeçildi" in line
    assert "Başvuru sahibi" not in line


def test_what_has_ended_or_was_never_held_has_no_limit(
    world: World, coordinator: Coordinator, me: int
) -> None:
    number = world.certificate(me, ENDS)
    world.clock.set(world.clock.now() + timedelta(days=60))
    coordinator.browser.sign_in("user", coordinator.user)
    (line,) = table(coordinator.browser.get(f"/kurum/kisi/{me}"), "sertifikalar")
    assert "gün kaldı" not in line
    assert "geçti" not in line
    world.write("UPDATE certificate SET state = 'void' WHERE id = :id", id=number)
    page = coordinator.browser.get(f"/kurum/kisi/{me}")
    assert "Bilinen bir sertifikası yok." in page.text
    assert "Gönderilecek bir hatırlatma yok." in page.text


def test_others_are_unknown_to_him_as_if_they_were_not_there(
    app: Flask, world: World, coordinator: Coordinator, me: int
) -> None:
    held = world.card(me, ENDS)
    other = coordinator_at(app, world, "TEST-06")
    there = other.browser.get(f"/kurum/kisi/{me}", 404)
    for nobody in (me + 1_000, 0, 10**30):
        assert other.browser.get(f"/kurum/kisi/{nobody}", 404).text == there.text
    for act in ("hatirlat", "hatirlatmayi-durdur", "hatirlatmayi-surdur"):
        other.browser.get(f"/kurum/sertifika/{named(held.certificate_id)}/{act}", 404)
    world.write("UPDATE person SET institution_id = NULL WHERE id = :id", id=me)
    coordinator.browser.get(f"/kurum/kisi/{me}", 404)
    coordinator.browser.get(f"/kurum/sertifika/{named(held.certificate_id)}/hatirlat", 404)
    world.write("UPDATE office_user SET institution_id = NULL WHERE id = :id", id=other.user)
    other.browser.get(f"/kurum/kisi/{me}", 404)


def test_steps_that_come_and_that_were_sent_stand_on_the_page(
    world: World, coordinator: Coordinator, me: int
) -> None:
    held = world.card(me, date(2026, 5, 20))
    page = coordinator.browser.get(f"/kurum/kisi/{me}")
    coming = table(page, "gelecek")
    for said in (
        "06.03.2026 Kurum yetkilisine yenileme dönemi başladıktan 14 gün sonra",
        "06.03.2026 Sahibine: e-onay bitişe 75 gün kala",
        "21.03.2026 Sahibine: yenileme bitişe 60 gün kala",
    ):
        assert any(row.startswith(said) for row in coming)
    assert [row[:10] for row in coming] == sorted(
        (row[:10] for row in coming), key=lambda day: (day[6:], day[3:5], day[:2])
    )
    world.consent(me, held)
    coming = table(coordinator.browser.get(f"/kurum/kisi/{me}"), "gelecek")
    assert all("e-onay" not in row for row in coming)
    world.clock.advance(days=20)
    coordinator.browser.sign_in("user", coordinator.user)
    ladder.sweep(world.engine)
    sent = table(coordinator.browser.get(f"/kurum/kisi/{me}"), "gonderilen")
    assert "Gönderilmeyi bekliyor" in sent[-1]
    tell_holders(world.engine)
    world.write("UPDATE notice SET state = 'bounced'")
    sent = table(coordinator.browser.get(f"/kurum/kisi/{me}"), "gonderilen")
    mine = next(row for row in sent if "Sahibine: yenileme" in row)
    assert "22.03.2026" in mine
    assert "bitişe 60 gün kala" in mine
    assert "Adrese ulaşmadı" in mine


def test_a_person_is_reminded_once_a_day_by_a_button(
    world: World, coordinator: Coordinator, me: int
) -> None:
    held = world.card(me, ENDS)
    name = named(held.certificate_id)
    address = f"/kurum/sertifika/{name}/hatirlat"
    page = coordinator.browser.get(f"/kurum/kisi/{me}")
    assert page.links[f"Şimdi hatırlat : {name}"] == address
    page = coordinator.browser.get(address)
    assert "günde en çok bir kez" in page.text
    assert "Gerekçe" not in page.text
    done = coordinator.browser.post(address, seen=page.value("seen"))
    assert f"{name}: hatırlatma sıraya alındı" in done.text
    assert "elle hatırlatma" in table(done, "gonderilen")[0]
    assert "Şimdi hatırlat" in table(done, "elle")[0]
    assert "Kurum yetkilisi" in table(done, "elle")[0]
    assert f"Şimdi hatırlat : {name}" not in done.links
    assert "Kişiye bugün zaten hatırlatıldı" in done.text
    again = coordinator.browser.get(address)
    assert "Kişiye bugün zaten hatırlatıldı" in again.text
    assert "Şimdi hatırlat" not in again.buttons
    late = coordinator.browser.post(address, 409, seen=page.value("seen"))
    assert "Şimdi hatırlat" not in late.buttons


def test_reminders_are_stopped_with_a_reason_and_go_on_again(
    world: World, coordinator: Coordinator, me: int
) -> None:
    held = world.card(me, ENDS)
    name = named(held.certificate_id)
    stop = f"/kurum/sertifika/{name}/hatirlatmayi-durdur"
    links = coordinator.browser.get(f"/kurum/kisi/{me}").links
    assert links[f"Hatırlatmaları durdur : {name}"] == stop
    page = coordinator.browser.get(stop)
    assert "Başvuru sahibine giden yazıda" not in page.text
    missing = coordinator.browser.post(stop, 422, seen=page.value("seen"))
    assert "Bir neden seçiniz." in missing.text
    silent = coordinator.browser.post(
        stop, 422, seen=page.value("seen"), cause="other", reason=" "
    )  # fmt: skip
    assert "Hata:" in silent.title
    done = coordinator.browser.post(
        stop, seen=page.value("seen"), cause="not_needed", reason="1 Mayıs"
    )  # fmt: skip
    assert f"{name}: hatırlatmalar durduruldu." in done.text
    assert "Durduruldu: 02.03.2026" in table(done, "sertifikalar")[0]
    assert "Gönderilecek bir hatırlatma yok." in done.text
    assert "Görevi gereği yeni sertifikaya gerek yok: 1 Mayıs" in table(done, "elle")[0]
    assert world.read(Certificate, held.certificate_id).reminders_stopped_on == date(2026, 3, 2)
    assert f"Hatırlatmaları durdur : {name}" not in done.links
    page = coordinator.browser.get(done.links[f"Hatırlatmaları sürdür : {name}"])
    done = coordinator.browser.post(
        f"/kurum/sertifika/{name}/hatirlatmayi-surdur", seen=page.value("seen"), reason=""
    )
    assert f"{name}: hatırlatmalar sürüyor." in done.text
    assert "Hatırlatmaları sürdür" in table(done, "elle")[0]
    assert table(done, "gelecek")


def test_the_request_for_the_end_stands_among_what_was_done(
    world: World, coordinator: Coordinator, me: int
) -> None:
    held = world.card(me, ENDS)
    by = coordinator_of(coordinator.user)
    world.engine.fire(held.certificate_id, "ask_end", by, reason="left_office")
    page = coordinator.browser.get(f"/kurum/kisi/{me}")
    assert "Sertifika sahibi kurumdan ayrıldı" in table(page, "elle")[0]
    assert "iptali zaten istendi" in page.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (Ladder.RENEWAL, "bitişe 7 gün kala"),
        (Ladder.E_ONAY, "bitişe 7 gün kala"),
        (Ladder.COORDINATOR, "yenileme dönemi başladıktan 7 gün sonra"),
        (Ladder.ABOVE, "yenileme dönemi başladıktan 7 gün sonra"),
        (Ladder.BY_HAND, ""),
    ],
)
def test_a_step_is_said_in_words(app: Flask, name: Ladder, said: str) -> None:
    with app.test_request_context():
        assert step_words(name, 7) == said
