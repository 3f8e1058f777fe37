"""The administrator's pages in a real browser: axe finds nothing, they fit a small screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.admin.conftest import newest
from tests.web.test_browser import look, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.web.admin.conftest import Administrator

pytestmark = pytest.mark.no_cover


def test_the_administrators_pages_are_accessible(
    page: Page,
    site: str,
    world: World,
    first: Administrator,
    other: Administrator,
    staff: Staff,
) -> None:
    first.propose(staff.officer, "close")
    reference = newest(world).reference
    world.write("UPDATE office_user SET person_id = NULL WHERE id = :id", id=staff.second)
    sign_in(page, site, "Sevgi Yönetici")
    assert look(
        page, site, "/yonetim/hesaplar", f"/yonetim/hesap/{staff.officer}",
        f"/yonetim/hesap/{other.number}", f"/yonetim/hesap/{staff.second}/role",
        f"/yonetim/hesap/{staff.second}", f"/yonetim/hesap/{staff.second}/tie",
        "/yonetim/hesap/yeni", "/yonetim/oneriler", f"/yonetim/oneri/{reference}", "/hesap",
        "/hesap/yeniden-giris",
    ) == []  # fmt: skip
    page.goto(f"{site}/yonetim/oneri/{reference}")
    page.get_by_role("button", name="Onayla ve uygula").click()
    page.get_by_text("Onayla ve uygula: yapıldı.").wait_for()
