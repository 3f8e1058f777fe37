"""A bulk move in a real browser: axe finds nothing, it fits a phone, the page follows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.desk.batches import work_off_batches
from tests.web.test_browser import overflow, sign_in, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

    Many = Callable[..., list[int]]

pytestmark = pytest.mark.no_cover


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands, wide and narrow."""
    page.set_viewport_size({"width": 1280, "height": 900})
    wrong = violations(page)
    wide = overflow(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    return wrong + ([f"too wide by {wide}"] if wide > 0 else [])


def rehearsed(page: Page, site: str) -> None:
    """Go from the list to the rehearsal by keyboard."""
    page.goto(f"{site}/basvurular?durum=held")
    page.get_by_text("Toplu işlem", exact=True).click()
    assert faults(page) == []
    page.get_by_label("Filtreye uyan 5 başvurunun tümü").check()
    assert page.locator("input[name=basvuru]:checked").count() == 5
    page.locator("input[name=basvuru]").first.uncheck()
    assert page.get_by_label("Listede işaretlediklerim").is_checked()
    page.get_by_label("Filtreye uyan 5 başvurunun tümü").check()
    page.get_by_label("Yapılacak işlem").select_option("reject")
    page.get_by_role("button", name="Provaya geç").press("Enter")
    assert faults(page) == []
    page.get_by_label("Neden").select_option("duplicate")
    page.get_by_role("button", name="Provaya geç").press("Enter")
    page.get_by_text("5 başvuruda yapılabilir").wait_for()


def test_a_bulk_move_is_made_by_keyboard_and_watched(
    page: Page,
    site: str,
    world: World,
    staff: Staff,
    many: Many,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workflow.running.batch_worker.CHUNK", 2)
    monkeypatch.setattr("workflow.running.batch_worker.TURN", 1)
    assert staff.second
    many(5)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    sign_in(page, site, "İlker Görevli")
    rehearsed(page, site)
    assert faults(page) == []
    page.get_by_role("button", name="Başlat").press("Enter")
    page.get_by_role("progressbar").wait_for()
    assert faults(page) == []
    work_off_batches(world.engine)
    page.locator("#toplu-sayi", has_text="2").wait_for()
    while work_off_batches(world.engine):
        continue
    page.get_by_text("5 yapıldı, 0 reddedildi, 0 hata oldu.").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="Toplu işler").first.click()
    assert faults(page) == []
    assert errors == []
