"""The main pages in a real browser: axe finds nothing, they fit a small screen, scripts work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.kit.web.staff import path, under_review, waiting_for_paper

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

pytestmark = pytest.mark.no_cover


def sign_in(page: Page, site: str, name: str) -> None:
    """Sign in by the button of a persona."""
    page.goto(f"{site}/giris")
    page.get_by_role("button", name=name).click()


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA and its best practices, once the page is there."""
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than a phone of 320."""
    page.set_viewport_size({"width": 320, "height": 640})
    return int(page.evaluate("document.documentElement.scrollWidth")) - 320


def look(page: Page, site: str, *paths: str) -> list[str]:
    """Open pages and return everything that is wrong with them."""
    wrong: list[str] = []
    for one in paths:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{site}{one}")
        wrong += [f"{one}: {fault}" for fault in violations(page)]
        wrong += [f"{one} is too wide by {overflow(page)}"] if overflow(page) > 0 else []
    return wrong


def test_the_officers_pages_are_accessible(
    page: Page, site: str, world: World, staff: Staff
) -> None:
    waiting = waiting_for_paper(world, "10000000078")
    case = under_review(world, staff.officer)
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    sign_in(page, site, "İlker Görevli")
    assert look(
        page, site, "/giris", "/is-listem", "/is-listem?sure=later", "/alinabilecekler",
        "/basvurular?tur=first&sirala=ad", "/sira/paper_received", path(case),
        path(case, "evrak"), path(case, "imza"), path(case, "gecmis"),
        path(case, "islem", "approve_paper"), path(waiting, "islem", "register_paper"), "/hesap",
    ) == []  # fmt: skip
    page.locator("#genel-arama").fill("örnek")
    page.get_by_role("button", name="Ara", exact=True).click()
    page.get_by_role("heading", name="Arama: örnek").wait_for()
    assert violations(page) == []
    assert overflow(page) <= 0
    assert faults == []


def test_the_operators_and_the_auditors_pages_are_accessible(
    page: Page, site: str, world: World, staff: Staff
) -> None:
    under_review(world, staff.officer)
    sign_in(page, site, "Işık Üretim")
    assert look(page, site, "/uretim", "/sira/queued") == []
    sign_in(page, site, "Çağrı Denetçi")
    page.get_by_role("link", name="Bütünlük").click()
    page.get_by_role("button", name="Günlüğü şimdi doğrula").click()
    page.get_by_text("Sırada bekliyor").wait_for()
    assert violations(page) == []
    pages = ("/denetim/gunluk", "/denetim/gunluk?tur=ret", "/denetim/gunluk?ilk=x")
    assert look(page, site, *pages) == []


@pytest.mark.usefixtures("staff")
def test_the_error_pages_are_accessible(page: Page, site: str) -> None:
    assert look(page, site, "/yok", "/giris/oidc") == []


@pytest.mark.usefixtures("staff")
def test_a_keyboard_reaches_the_content_first_and_signs_in(page: Page, site: str) -> None:
    page.goto(f"{site}/giris")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "İçeriğe geç"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash") in {"icerik", "#icerik"}
    page.get_by_role("button", name="Zeynep Görevli").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/is-listem")


@pytest.mark.usefixtures("staff")
def test_the_page_warns_before_the_session_ends_and_can_prolong_it(page: Page, site: str) -> None:
    page.clock.install()
    sign_in(page, site, "Zeynep Görevli")
    warning = page.locator("#oturum-uyarisi")
    assert warning.is_hidden()
    page.clock.fast_forward("25:01")
    assert warning.is_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Oturumu sürdür").click()
    warning.wait_for(state="hidden")
