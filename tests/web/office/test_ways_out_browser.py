"""Ways out in a real browser: a stopped production, a recalled parcel, a hold of the office."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from states.cases.certificate import Certificate
from states.kit.reference import reference
from tests.kit.handlers.world import operator as operator_of
from tests.kit.web.desk import seats, seen
from tests.kit.web.staff import path
from workflow.model.clock import ISTANBUL

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.desk import Seat, Seats
    from tests.kit.web.staff import Staff

pytestmark = pytest.mark.no_cover

__all__ = ["seats", "seen"]

ZEYNEP, OPERATOR = "Zeynep Görevli", "Işık Üretim"


def queued(world: World) -> int:
    """Bring a renewal by e-onay to the queue of production."""
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    return case


def stop(seat: Seat, case: int) -> None:
    """Stop a production with a reason, and look at the page before and after."""
    seat.go(path(case))
    seat.follow("Üretimi durdur")
    seat.press("Onayla")
    assert "Bir neden seçiniz." in seat.text
    seat.look()
    seat.page.get_by_label("Başvurudaki bir bilgi doğrulanacak").check()
    seat.press("Onayla")
    assert "Yeni durum: Üretim durdu." in seat.text
    seat.look("ways-stopped")


@pytest.mark.usefixtures("staff")
def test_a_production_is_stopped_and_a_parcel_recalled(world: World, seats: Seats) -> None:
    case = queued(world)
    zeynep, made = seats(ZEYNEP), seats(OPERATOR)
    stop(zeynep, case)
    made.go(path(case))
    made.follow("Yeniden üretim sırasına al")
    made.press("Onayla")
    made.press("Üretimi başlat")
    world.run_effects()
    zeynep.go(path(case))
    zeynep.follow("Kuryeden geri iste")
    zeynep.page.get_by_label("Gönderi yanlış adrese çıktı").check()
    zeynep.press("Önizle")
    assert "kuryeden geri istendi. Neden: Gönderi yanlış adrese çıktı" in zeynep.text
    zeynep.look()
    zeynep.press("Onayla")
    assert "Kuryeden geri istendi" in zeynep.text
    zeynep.look("ways-recalled")
    made.go("/uretim")
    assert "Kuryeden geri istendi" in made.text


def delivered(world: World, seat: Seat, case: int, by: int) -> Certificate:
    """Make the card, send it, and record on the page that its holder took it."""
    world.engine.fire(case, "start_production", operator_of(by))
    world.run_effects()
    seat.go(path(case))
    seat.follow("Teslim edildi olarak işle")
    seat.page.get_by_label("Kart, kimliği görülerek").check()
    seat.page.get_by_label("Gösterilen kimlik belgesi").select_option(label="Kimlik kartı")
    seat.page.get_by_label("Belgenin numarası").fill("A01B23456")
    seat.page.get_by_label("Kartı teslim eden").fill("Kurye 7")
    now = world.clock.now().astimezone(ISTANBUL)
    seat.page.get_by_label("Teslim anı").fill(f"{now:%Y-%m-%dT%H:%M}")
    seat.look()
    seat.press("Onayla")
    assert "Kimlik kartı ******456, Kurye 7, 02.03.2026 12:00" in seat.text
    seat.look("ways-delivered")
    return world.read(Certificate, world.read(Application, case).certificate_id)


def test_the_office_holds_a_certificate_and_gives_it_back(
    world: World, staff: Staff, seats: Seats
) -> None:
    case = queued(world)
    made, zeynep = seats(OPERATOR), seats(ZEYNEP)
    certificate = delivered(world, made, case, staff.operator)
    address = f"/is/{reference('certificate', certificate.id)}"
    zeynep.go(address)
    zeynep.follow("Ofis kararıyla askıya al")
    zeynep.page.get_by_label("Kimlik doğrulamasından kuşkulanılıyor").check()
    zeynep.page.get_by_label("İsteği yapan").select_option(label="Mahkeme")
    zeynep.page.get_by_label("Nasıl tanındı?").select_option(
        label="Kayıtlı telefonundan geri aranarak"
    )
    zeynep.press("Onayla")
    assert "Seçilen tanıma yolu, isteği yapana uymuyor" in zeynep.text
    zeynep.go(f"{address}/islem/hold")
    zeynep.page.get_by_label("Kimlik doğrulamasından kuşkulanılıyor").check()
    zeynep.page.get_by_label("İsteği yapan").select_option(label="Başvuru ofisi (kendi tespiti)")
    zeynep.page.get_by_label("Nasıl tanındı?").select_option(label="Ofisin kendi kayıtlarından")
    zeynep.look("ways-hold")
    zeynep.press("Onayla")
    assert "Askıya alan" in zeynep.text
    zeynep.look("ways-held")
    zeynep.follow("Ofisin askısını kaldır")
    zeynep.page.get_by_label("Gerekçe").fill("Kimlik doğrulandı.")
    zeynep.press("Onayla")
    assert "Sahibi" in zeynep.text
    assert world.read(Certificate, certificate.id).suspended_by == "holder"


@pytest.mark.usefixtures("staff")
def test_an_application_is_opened_at_the_desk_and_its_method_chosen(
    world: World, seats: Seats
) -> None:
    me = world.person()
    zeynep = seats(ZEYNEP)
    zeynep.go(f"/kisi/{me}")
    zeynep.follow("Masada başvuru aç")
    zeynep.press("Başvuruyu aç")
    assert "Başvuru türünü seçiniz." in zeynep.text
    zeynep.page.get_by_label("Başvuru türü").select_option(label="İlk başvuru")
    zeynep.look("ways-counter")
    zeynep.press("Başvuruyu aç")
    zeynep.follow("Masada yöntem seç")
    zeynep.page.get_by_label("Yüz yüze").check()
    zeynep.look()
    zeynep.press("Onayla")
    [case] = world.all(Application, person_id=me)
    assert case.state == "in_person"
    zeynep.go(f"/kisi/{me}/basvuru")
    zeynep.page.get_by_label("Başvuru türü").select_option(label="İlk başvuru")
    zeynep.press("Başvuruyu aç")
    assert "açık bir başvurusu var" in zeynep.text
    old = world.certificate(me, world.clock.now().date() + timedelta(days=400))
    zeynep.go(f"/kisi/{me}/basvuru")
    zeynep.page.get_by_label("Başvuru türü").select_option(label="Toplu yeniden üretim")
    zeynep.page.get_by_label("Hangi sertifika için").select_option(index=1)
    zeynep.press("Başvuruyu aç")
    assert "“Ofis kararıyla başvuru aç” işlemi" in zeynep.text
    zeynep.page.get_by_label("Ofisin nedeni").select_option(index=1)
    zeynep.look()
    zeynep.press("Başvuruyu aç")
    [free] = world.all(Application, person_id=me, kind="reissue")
    assert (free.state, free.old_certificate_id) == ("draft", old)
