"""The stock in a real browser: axe finds nothing, it fits a phone, a box goes by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.kit.handlers.stock import fill_stock
from tests.kit.handlers.world import operator as operator_of
from tests.web.office.bulk.test_bulk_browser import faults
from tests.web.test_browser import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

pytestmark = pytest.mark.no_cover


def test_a_box_is_received_and_a_spoilt_card_set_aside_by_keyboard(
    page: Page, site: str, world: World, staff: Staff
) -> None:
    assert staff.operator
    fill_stock(world, "K1", "100", 3)
    with world.engine.database.connect() as connection:
        chip = connection.scalar(text("SELECT id FROM chip_card WHERE number = '100'"))
    world.engine.fire(chip, "spoil", operator_of(), reason="damaged")
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    sign_in(page, site, "Işık Üretim")
    page.goto(f"{site}/ofis/stok")
    page.get_by_text("Stok azaldı: 2 boş kart kaldı").wait_for()
    assert faults(page) == []
    page.get_by_label("100", exact=True).press("Space")
    page.get_by_role("button", name="Seçilenler: İmhaya ayır").press("Enter")
    page.get_by_text("1 kart için yapıldı").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="Kutu teslim al").press("Enter")
    assert faults(page) == []
    page.get_by_label("Kutunun adı ya da numarası").fill("K2")
    page.get_by_label("Kartların üreticisi").fill("ÖRNEK")
    page.get_by_label("İlk kartın numarası").fill("200")
    page.get_by_role("button", name="Teslim al").press("Enter")
    page.get_by_role("alert").wait_for()
    assert faults(page) == []
    page.get_by_label("Son kartın numarası").fill("219")
    page.get_by_role("button", name="Teslim al").press("Enter")
    page.get_by_text("Kutu teslim alındı: 20 kart").wait_for()
    assert faults(page) == []
    page.get_by_role("link", name="Geri gönder").press("Enter")
    assert faults(page) == []
    assert [one for one in errors if "422" not in one] == []
