"""The case page and what is done on it in a real browser: axe finds nothing, it fits 320 px."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.web.staff import path, under_review, waiting_for_paper
from tests.web.test_browser import look, overflow, sign_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

pytestmark = pytest.mark.no_cover


def test_the_pages_of_a_case_fit_a_phone_and_please_axe(
    world: World,
    staff: Staff,
    page: Page,
    site: str,
) -> None:
    case = under_review(world, staff.officer)
    sign_in(page, site, "Zeynep Görevli")
    pages = ("", "evrak", "gecmis", "adres", "islem/return_to_applicant", "islem/cancel_by_office")
    assert look(page, site, *(path(case, one).rstrip("/") for one in pages)) == []


def test_a_letter_is_looked_at_sent_and_sent_again_without_a_script(
    world: World,
    staff: Staff,
    page: Page,
    site: str,
) -> None:
    case = waiting_for_paper(world)
    page.context.route("**/*.js", lambda route: route.abort())
    sign_in(page, site, "Zeynep Görevli")
    page.goto(f"{site}{path(case, 'islem', 'return_to_applicant')}")
    page.get_by_label("Gönderilen belge okunmuyor").check()
    page.get_by_role("button", name="Önizle").click()
    shown = page.locator("pre").inner_text()
    assert "Gönderilen belge okunmuyor" in shown
    assert (violations(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Onayla").click()
    world.run_effects()
    page.get_by_role("link", name="Geçmiş").click()
    page.get_by_text("Metni göster").click()
    assert page.locator("pre").inner_text() == shown
    page.get_by_role("link", name="Yeniden gönder").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Bildirimi yeniden gönder"
    assert staff.officer
