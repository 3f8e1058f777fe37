"""The start page of a holder whose certificate ends soon, as a browser shows it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.portal.test_browser import SHOTS, shot
from tests.web.test_browser import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover


def test_a_renewal_begins_on_the_card(
    world: World, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    folder = pytestconfig.rootpath / SHOTS
    me = world.person()
    held = world.card(me, date(2026, 4, 11))
    world.consent(me, held)
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="AYŞE ÖRNEKOĞLU").click()
    expect(page.get_by_role("heading", name="Sertifikanızı yenileyiniz.")).to_be_visible()
    page.get_by_text("Onaylama yöntemleri ve kartın günü").click()
    shot(page, folder, "yonlendirme")
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320
    shot(page, folder, "yonlendirme-320")
    page.get_by_role("link", name="Yenileme başvurusu yap").click()
    page.get_by_role("button", name="Formu göster").click()
    page.get_by_role("button", name="Başvuruyu aç").click()
    expect(page.get_by_text("Başvurunuz alındı.").first).to_be_visible()
