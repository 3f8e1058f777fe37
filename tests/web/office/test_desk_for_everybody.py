"""The desk for everybody: each page by axe and zoomed, by keyboard, without script or motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.desk import claims as desk
from handlers.desk.batches import work_off_batches
from handlers.upkeep import figures
from states.cases.application import Application
from states.cases.batch import Batch
from states.kit.reference import reference
from states.logs.desk import DeskEntry
from tests.handlers.papers.test_scans import pdf
from tests.handlers.people.test_registration import asked
from tests.kit.handlers.world import ISMAIL
from tests.kit.handlers.world import officer as officer_of
from tests.kit.web.desk import seats, seen, templates
from tests.kit.web.staff import path, under_review, waiting_for_paper
from tests.web.office.people.test_name_changes import propose

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.handlers.world import World
    from tests.kit.web.desk import Seat, Seats
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor

    Many = Callable[..., list[int]]

pytestmark = pytest.mark.no_cover

__all__ = ["seats", "seen"]

LOOKED_AT_ELSEWHERE = {
    "office/stock.html", "office/stock_box.html", "office/stock_item.html",
    "office/stock_move.html",
}  # fmt: skip
"""Templates that tests/web/office/stock/test_stock_browser.py looks at."""

ZEYNEP, ILKER = "Zeynep Görevli", "İlker Görevli"

MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
}).length"""
"""How many parts of the page move when their look changes."""


def look_at(seat: Seat, *paths: str) -> None:
    """Open pages and look at each."""
    for one in paths:
        seat.go(one)
        seat.look()


def look_at_papers(seat: Seat, case: int) -> None:
    """Open a document and a scan for a purpose, and look at each."""
    seat.go(path(case, "evrak"))
    seat.look()
    seat.page.get_by_role("button", name="Metni aç").first.click()
    seat.look()
    seat.go(path(case, "taramalar"))
    file = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": pdf(2)}
    seat.page.get_by_label("Tarama (PDF, JPEG, PNG ya da TIFF)").set_input_files(file)  # type: ignore[arg-type] # a payload
    seat.press("Yükle")
    seat.look()
    seat.button("Sayfaları aç").first.click()
    seat.look()


def look_at_late_claims(world: World, seat: Seat, case: int, staff: Staff) -> None:
    """Be late for a case that another holds, and for one that went on; look at what is said."""
    seat.go(path(case))
    desk.claim(world.engine, case, officer_of(staff.second))
    seat.press("Üzerime al")
    assert seat.heading == "Başvuruyu devral"
    seat.look()
    gone = waiting_for_paper(world, ISMAIL, "Işıklı")
    seat.go(path(gone))
    world.engine.fire(gone, "cancel_by_office", officer_of(staff.second), reason="asked_for")
    seat.press("Üzerime al")
    assert seat.heading == "Başvuru üzerinize alınmadı"
    seat.look()


def given_back(world: World, case: int, staff: Staff) -> None:
    """Return a case to the applicant in the second officer's name."""
    actor = officer_of(staff.second)
    world.engine.fire(case, "return_to_applicant", actor, reason="missing_document: suret yok")


def look_at_late_moves(world: World, seat: Seat, case: int, staff: Staff) -> None:
    """Try a move that is another's, be late for one, and look at what the applicant was sent."""
    look_at(seat, path(case, "islem", "approve_paper"))
    assert seat.heading == "İşlem yapılamaz: Evrakı onayla"
    seat.go(path(case, "islem", "return_to_applicant"))
    seat.look()
    given_back(world, case, staff)
    seat.page.get_by_label("Gerekli bir belge eksik").check()
    seat.press("Onayla")
    assert seat.heading == "Bu başvuru siz bakarken ilerledi"
    seat.look()
    world.run_effects()
    seat.go(path(case, "gecmis"))
    seat.look()
    seat.page.get_by_role("link", name="Yeniden gönder").first.click()
    seat.look()


def look_at_the_bulk(seat: Seat) -> None:
    """Go to a rehearsal, and look at each page on the way."""
    seat.go("/basvurular?durum=held")
    seat.look()
    seat.page.get_by_text("Toplu işlem", exact=True).click()
    seat.page.get_by_label("Bu sayfadaki 3 başvurunun tümü").check()
    seat.page.get_by_label("Yapılacak işlem").select_option(label="Reddet")
    seat.press("Provaya geç")
    seat.look()
    seat.page.get_by_label("Neden").select_option(index=1)
    seat.press("Provaya geç")
    seat.look()
    seat.menu("Toplu işler")
    seat.look()


def test_every_template_of_the_desk_is_looked_at(
    world: World, many: Many, staff: Staff, seats: Seats, officer: Visitor
) -> None:
    case = under_review(world, staff.officer)
    many(3)
    name = propose(officer, world.person("10000000382"), surname="Evlendi")
    request = reference("registration", asked(world))
    figures.count(world.engine)
    zeynep = seats(ZEYNEP)
    waiting = path(waiting_for_paper(world, "10000000214", "Özgür")).removeprefix("/is/")
    look_at(
        zeynep, "/is-listem", "/is-yuku", "/is-yuku/yokluk", path(case, "ver"), "/evrak-kabul",
        "/ulasilamayan-adresler", "/ad-degisiklikleri", name,
        "/kayit-istekleri", f"/kayit-istekleri/{request}", "/kisi/yeni",
        f"/evrak-kabul/{waiting}", "/genel-bakis",
        "/ofis/uretim", "/ofis/uretim/vardiya", path(case), path(case, "imza"),
        path(case, "adres"), "/kisi/1", "/kisi/1/basvuru", "/kisi/1/durum",
        "/kurum-bilgisi/TEST-16", "/kurum-bilgisi/TEST-16-01-1/kapanis",
    )  # fmt: skip
    zeynep.page.locator("#genel-arama").fill("örnek")
    zeynep.press("Ara")
    zeynep.look()
    look_at_papers(zeynep, case)
    look_at_the_bulk(zeynep)
    look_at_late_claims(world, zeynep, case, staff)
    look_at(seats(ILKER), path(case, "islem", "approve_paper"))
    look_at_late_moves(world, zeynep, case, staff)
    operator = seats("Işık Üretim")
    look_at(operator, "/uretim")
    assert templates("office") - zeynep.seen.looked_at == LOOKED_AT_ELSEWHERE


def go_by_keys(seat: Seat, *words: str, tag: str = "") -> None:
    """Go by Tab to each of these words in turn, and press Enter at the last."""
    for one in words:
        seat.tab_to(one, tag=tag)
    # Unlike a key of the keyboard, one pressed in an element waits for the page that it asks for.
    seat.page.locator(":focus").press("Enter")


def test_the_keyboard_alone_filters_opens_claims_and_moves(
    world: World, staff: Staff, seats: Seats
) -> None:
    waiting_for_paper(world, ISMAIL, "Işıklı")
    case = under_review(world, staff.second)
    zeynep = seats(reduced_motion="reduce")  # the page scrolls at once to what has the focus
    zeynep.go("/giris")
    go_by_keys(zeynep, ZEYNEP)
    zeynep.page.wait_for_url("**/is-listem")
    zeynep.tab_to("İçeriğe geç", most=1)
    go_by_keys(zeynep, "Tüm başvurular")
    zeynep.page.wait_for_url("**/basvurular")
    go_by_keys(zeynep, "İçeriğe geç")
    zeynep.tab_to("İş listem", most=1)  # the first of the main part: the menu is skipped
    zeynep.tab_to("Durum")
    zeynep.page.keyboard.type("Evrak inc")
    go_by_keys(zeynep, "Uygula")
    zeynep.page.wait_for_url("**durum=paper_received**")
    go_by_keys(zeynep, path(case).removeprefix("/is/"), tag="A")
    zeynep.page.wait_for_url(f"**{path(case)}")
    go_by_keys(zeynep, "Üzerime al")
    zeynep.page.get_by_text("Üzerinizde", exact=True).wait_for()
    go_by_keys(zeynep, "Başvuru sahibine iade et")
    zeynep.page.wait_for_url("**/return_to_applicant")
    zeynep.tab_to("Gerekli bir belge eksik")
    zeynep.page.keyboard.press("ArrowDown")
    go_by_keys(zeynep, "Onayla")
    zeynep.page.get_by_text("yapıldı. Yeni durum").wait_for()
    assert world.state(case) == "returned_to_applicant"
    assert [row.what for row in world.all(DeskEntry, case_id=case)] == ["claimed"]


def test_the_desk_works_without_javascript(
    world: World, many: Many, staff: Staff, seats: Seats
) -> None:
    case = under_review(world, staff.second)
    many(4)
    zeynep = seats(ZEYNEP, java_script_enabled=False)
    zeynep.page.get_by_role("button", name="Üzerime al").first.click()
    assert world.read(Application, case).holder_id == staff.officer
    zeynep.go(path(case, "gecmis"))
    zeynep.page.get_by_role("textbox", name="Not").fill("Betiksiz yazıldı.")
    zeynep.press("Notu ekle")
    assert "Betiksiz yazıldı." in zeynep.text
    zeynep.menu("Tüm başvurular")
    zeynep.page.get_by_label("Durum", exact=True).select_option(label="Üretim tarihi bekleniyor")
    zeynep.press("Uygula")
    zeynep.page.get_by_text("Toplu işlem", exact=True).click()
    zeynep.page.get_by_label("Bu sayfadaki 4 başvurunun tümü").check()
    zeynep.page.get_by_label("Yapılacak işlem").select_option(label="Reddet")
    zeynep.press("Provaya geç")
    zeynep.page.get_by_label("Neden").select_option(index=1)
    zeynep.press("Provaya geç")
    zeynep.press("Başlat")
    work_off_batches(world.engine)
    zeynep.page.reload()
    assert "4 yapıldı, 0 reddedildi, 0 hata oldu." in zeynep.text
    assert [batch.moved for batch in world.all(Batch)] == [4]


def test_nothing_moves_for_whom_motion_is_too_much(staff: Staff, seats: Seats) -> None:
    quiet, usual = seats(ZEYNEP, reduced_motion="reduce"), seats(ILKER)
    assert staff.second
    assert quiet.page.evaluate(MOVING) == 0
    assert usual.page.evaluate(MOVING) > 0


def test_the_list_and_a_case_are_read_on_a_phone_and_at_200_percent(
    world: World, staff: Staff, seats: Seats
) -> None:
    case = under_review(world, staff.second)
    phone = seats(ZEYNEP, viewport={"width": 320, "height": 640})
    phone.picture("office-worklist-320")
    phone.go(path(case))
    phone.picture("office-case-320")
    phone.press("Üzerime al")
    zoomed = seats(ZEYNEP, viewport={"width": 640, "height": 450}, device_scale_factor=2)
    assert zoomed.page.evaluate("[innerWidth, devicePixelRatio]") == [640, 2]
    assert zoomed.page.locator("h2", has_text="Sonra").is_visible()
    zoomed.picture("office-worklist-200")
    zoomed.look()
