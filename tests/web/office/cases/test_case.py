"""The case page: who and what, why it does not go on, until when, and how long it stood where."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.kit.reference import reference
from tests.kit.handlers.world import applicant, operator
from tests.kit.web.staff import Staff, path, under_review, waiting_for_paper
from web.kit.cases import SHOWN
from web.office.cases.drawing import span
from web.office.cases.page import timer_words
from workflow.engine.case_sets import TIMER
from workflow.model.actor import system

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor


def held(world: World) -> int:
    """Bring a renewal by e-onay to where it waits for its production day."""
    me = world.person()
    card = world.card(me, date(2026, 8, 10))
    world.consent(me, card)
    case = world.file(me, "renewal", card.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"
    return case


def rows(page: Page) -> list[str]:
    return page.all("tr")


def test_the_summary_says_what_it_costs_by_the_day_it_was_filed_and_nothing_of_a_certificate(
    world: World, officer: Visitor
) -> None:
    case = held(world)
    assert "Ücret kurumu öder: ₺850,00" in officer.get(path(case)).text
    world.write("UPDATE application SET created_at = '2018-01-01' WHERE id = :case", case=case)
    assert "Ücret kurumu öder: tutarı ofis bildirir" in officer.get(path(case)).text
    certificate = world.read(Application, case).old_certificate_id
    assert certificate is not None
    assert "Ücret" not in officer.get(f"/is/{reference('certificate', certificate)}").text


def test_the_summary_says_who_what_where_to_and_by_which_method(
    world: World, officer: Visitor
) -> None:
    page = officer.get(path(waiting_for_paper(world)))
    facts = dict(zip(page.all("dt"), page.all("dd"), strict=True))
    # The name is a link, which the reader of pages sets apart from what follows.
    assert facts["Kişi"] == "AYŞE ÖRNEKOĞLU , 100******46"
    assert facts["Başvuru türü"] == "İlk başvuru"
    assert facts["Onaylama yöntemi"] == "Yüz yüze"
    assert facts["Kurum"]
    assert facts["Teslimat adresi"] == "TEST Sokağı 1, Bursa Adresi düzelt"
    assert "Sertifika" not in page.all("h2")


def test_an_officer_reads_what_the_person_is_told_today(world: World, officer: Visitor) -> None:
    me = world.person()
    held = world.card(me, date(2026, 3, 12))
    certificate = reference("certificate", held.certificate_id)
    page = officer.get(f"/is/{certificate}")
    assert "Kişiye bugün söylenen" in page.all("h2")
    assert "Kurumunuzun istediği son gün (12.02.2026) geçti" in page.text
    assert "e-onay : kartın beklenen günü 09.03.2026" in page.text
    assert "Yenileme başvurusu yap" not in page.links
    case = world.file(me, "renewal", held.certificate_id)
    page = officer.get(f"/is/{reference('application', case)}")
    assert "Başvurunuz sizi bekliyor: B" in page.text
    assert "kartın beklenen günü" not in page.text


def test_certificates_before_and_after_stand_side_by_side(
    world: World, officer: Visitor, staff: Staff
) -> None:
    case = held(world)
    before = officer.get(path(case))
    assert rows(before)[0] == "Önceki"
    assert "Durum Geçerli" in rows(before)
    world.clock.advance(days=110)
    world.engine.fire(case, "release", TIMER)
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    officer.sign_in("user", staff.officer)
    after = rows(officer.get(path(case)))
    row = world.read(Application, case)
    assert row.old_certificate_id
    assert row.certificate_id
    old, new = row.old_certificate_id, row.certificate_id
    assert after[0] == "Önceki Yeni"
    assert after[1] == (f"Kayıt {reference('certificate', old)} {reference('certificate', new)}")
    assert after[2] == "Durum Geçerli Askıda"
    assert after[6].startswith("Geçerlilik başı ")
    assert after[7] == "Son geçerlilik 10 Ağustos 2026 10 Ağustos 2029"


def test_each_refused_move_is_told_with_the_reason_of_its_rule(
    world: World, officer: Visitor, staff: Staff
) -> None:
    page = officer.get(path(under_review(world, staff.officer)))
    assert "Neden ilerletemiyorum?" in page.all("h2")
    assert (
        "Evrakı onayla Bu kayıtta “Evrakı kaydet” işlemini siz yaptınız; “Evrakı onayla” "
        "işlemini başka biri yapmalıdır." in page.all("li")
    )


def test_what_the_system_waits_for_is_told_too(world: World, officer: Visitor) -> None:
    page = officer.get(path(held(world)))
    assert "Üretime bırak (Sistem) Üretim 10.06.2026 tarihinde başlayabilir." in page.all("li")


def test_another_persons_move_has_no_reason_beside_it(world: World, officer: Visitor) -> None:
    page = officer.get(path(waiting_for_paper(world)))
    assert "Başka yöntem seç (Başvuru sahibi)" in page.all("li")


def test_the_deadline_names_the_timer_that_it_comes_from(world: World, officer: Visitor) -> None:
    page = officer.get(path(waiting_for_paper(world)))
    assert "Son tarih 1 Mayıs 2026 60 günlük süre: Başvuru ofisinde bekleniyor" in page.text


def test_the_deadline_is_the_end_of_the_old_certificate_when_that_comes_first(
    world: World, officer: Visitor
) -> None:
    me = world.person()
    old = world.certificate(me, date(2026, 3, 20))
    case = world.file(me, "renewal", old)
    page = officer.get(path(case))
    assert "Son tarih 20 Mart 2026 Eski sertifikanın son günü" in page.text
    certificate = officer.get(f"/is/{reference('certificate', old)}")
    assert "Son tarih 20 Mart 2026 Sertifikanın son geçerlilik günü" in certificate.text


def test_a_closed_case_has_no_deadline(world: World, officer: Visitor) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.engine.fire(case, "cancel", applicant(me))
    page = officer.get(path(case))
    assert "Son tarih" not in page.text
    assert "Bu kayıt kapandı" in page.text


def test_timers_are_said_in_days_months_and_hours(world: World) -> None:
    states = world.engine.library.workflow("application").states
    assert timer_words(states["draft"]) == "30 günlük süre: Taslak"
    assert timer_words(states["held"]) == "Sürecin süresi: Üretim tarihi bekleniyor"


def test_the_table_under_the_drawing_says_how_long_the_case_stood_where(
    world: World, officer: Visitor, staff: Staff
) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.clock.advance(hours=3, minutes=5)
    world.choose(case, me, "in_person")
    world.clock.advance(days=2)
    world.engine.fire(case, "change_method", applicant(me))
    world.clock.advance(minutes=55)
    officer.sign_in("user", staff.officer)
    page = officer.get(path(case))
    assert [row for row in rows(page) if "03.2026" in row] == [
        "Taslak şu anda burada 02.03.2026 12:00:00 2 4 saat",
        "Onaylama yöntemi seçildi 02.03.2026 15:05:00 1 0 saniye",
        "Başvuru ofisinde bekleniyor 02.03.2026 15:05:00 1 2 gün",
    ]
    assert ">4 saat</text>" in page.response.text
    assert ">2 gün</text>" in page.response.text
    assert ">0 saniye</text>" not in page.response.text


def test_in_a_final_state_no_time_passes(world: World, officer: Visitor, staff: Staff) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.engine.fire(case, "cancel", applicant(me))
    world.clock.advance(days=1)
    officer.sign_in("user", staff.officer)
    page = officer.get(path(case))
    assert "Vazgeçildi şu anda burada 02.03.2026 12:00:00 1 Son durum" in rows(page)
    assert "1 gün" not in page.response.text


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "0 saniye"),
        (timedelta(seconds=59, microseconds=999_999), "59 saniye"),
        (timedelta(minutes=1), "1 dakika"),
        (timedelta(hours=1, seconds=59), "1 saat"),
        (timedelta(hours=23, minutes=59), "23 saat 59 dakika"),
        (timedelta(days=1, minutes=59), "1 gün"),
        (timedelta(days=3, hours=4, minutes=59), "3 gün 4 saat"),
        (timedelta(seconds=-1), "0 saniye"),
    ],
)
def test_a_length_of_time_is_said_by_its_two_largest_parts(length: timedelta, words: str) -> None:
    assert span(length) == words


def test_signing_in_and_rights_are_no_cases_of_the_desk(world: World, officer: Visitor) -> None:
    values = {
        "act": "open", "user_id": None, "person_id": world.person(), "role": "administrator",
        "name": "İlk Yönetici", "subject": "sub-ilk", "institution_id": None,
    }  # fmt: skip
    case = world.engine.open("grant", "propose", system("terminal"), values, reason="Kurulum")
    for page in ("", "/gecmis", "/islem/withdraw"):
        officer.get(f"/is/{reference('grant', case)}{page}", 404)
    assert "grant" not in SHOWN
    assert set(SHOWN) < set(world.engine.library.current)
