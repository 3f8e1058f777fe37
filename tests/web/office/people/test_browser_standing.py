"""A person's standing, an institution's end and the holder's address, walked in a real browser."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.portal.test_pages import number
from tests.web.test_browser import overflow, sign_in, violations

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

pytestmark = pytest.mark.no_cover

SHOTS = "var/screenshots"


def shot(page: Page, folder: Path, name: str) -> None:
    """Keep a picture of the page for the one who looks."""
    page.wait_for_load_state()
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


def test_an_officer_states_a_death_and_a_closing(
    world: World, staff: Staff, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    me = world.person()
    world.card(me, date(2026, 9, 1))
    world.certificate(me, date(2026, 9, 1))
    sign_in(page, site, "Zeynep Görevli")
    page.goto(f"{site}/kisi/{me}")
    page.get_by_role("link", name="Durumu değiştir").click()
    page.get_by_label("Kişinin durumu").select_option("Öldü")
    page.get_by_label("Gösterilen belge").select_option("Kurum yazısı")
    page.get_by_role("button", name="Durumu kaydet").click()
    expect(page.get_by_role("alert").first).to_contain_text("Tarihi gün.ay.yıl olarak yazınız")
    shot(page, pytestconfig.rootpath / SHOTS, "kisi-durumu-hata")
    assert violations(page) == []
    page.get_by_label("Ne zamandan beri").fill("01.03.2026")
    page.get_by_label("Gösterilen belge").select_option("Ölüm belgesi")
    page.get_by_label("Belgenin numarası").fill("Ö-1")
    page.get_by_label("Kopyasının saklandığı yer").fill("arşiv 7")
    page.get_by_label("Gerekçe").fill("Nüfus bildirdi")
    page.get_by_role("button", name="Durumu kaydet").click()
    expect(page.get_by_text("Kişinin durumu kaydedildi.")).to_be_visible()
    shot(page, pytestconfig.rootpath / SHOTS, "kisi-durumu")
    assert (violations(page), overflow(page)) == ([], 0)
    page.goto(f"{site}/kurum-bilgisi/TEST-16-01-1/kapanis")
    shot(page, pytestconfig.rootpath / SHOTS, "kurum-durumu")
    assert (violations(page), overflow(page)) == ([], 0)
    assert staff.officer


def test_the_holder_changes_where_his_card_goes(
    world: World, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 9, 1))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="AYŞE ÖRNEKOĞLU").click()
    page.goto(f"{site}/basvurularim/{number(case)}")
    page.get_by_role("link", name="Adresi değiştir").click()
    shot(page, pytestconfig.rootpath / SHOTS, "adres-degistir")
    assert violations(page) == []
    page.get_by_label("Kartın teslim edileceği adres").fill("TEST Caddesi 7, İnegöl")
    page.get_by_role("button", name="Adresi değiştir").click()
    expect(page.get_by_text("Teslimat adresiniz değiştirildi.")).to_be_visible()
    assert (violations(page), overflow(page)) == ([], 0)
