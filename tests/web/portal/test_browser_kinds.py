"""What a person without a certificate sees in a real browser: the one way that is left to him."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from states.cases.application import Application
from tests.kit.handlers.world import ISMAIL
from tests.web.portal.test_browser import SHOTS, shot
from tests.web.test_browser import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover


def test_who_has_no_certificate_is_led_to_the_desk(
    world: World, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    folder = pytestconfig.rootpath / SHOTS
    world.person(ISMAIL, "İsmail", "Iraksak")
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="İSMAİL IRAKSAK").click()
    page.goto(f"{site}/basvurularim/yeni")
    page.get_by_role("button", name="Devam et").click()
    expect(page.get_by_text("Geçerli bir sertifikanız yok.")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(1)
    shot(page, folder, "yuz-yuze-yontem")
    assert violations(page) == []

    page.get_by_label("Yüz yüze").check()
    page.get_by_role("button", name="Formu göster").click()
    page.locator("main").get_by_role("button").last.click()
    expect(page.get_by_text("Kimlik belgenizle başvuru ofisine geliniz").first).to_be_visible()
    shot(page, folder, "yuz-yuze-basvuru")
    assert violations(page) == []
    (case,) = world.all(Application)
    assert (case.state, case.method) == ("in_person", "in_person")

    page.goto(f"{site}/basvurularim/{case.reference}/form")
    expect(page.get_by_text("form orada yazdırılır")).to_be_visible()
    shot(page, folder, "yuz-yuze-form")
    assert violations(page) == []
