"""The coordinator's pages in a real browser, looked at by axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.web.program import served
from tests.web.institution.conftest import OTHER, ROW, Coordinator, listed
from tests.web.portal.test_browser import SHOTS, shot
from tests.web.test_browser import violations

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.no_cover


def test_the_pages_of_a_coordinator_are_open_to_everybody(
    page: Page, coordinator: Coordinator, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    coordinator.upload(listed(ROW, {**OTHER, "ends_on": "10.08.2026"}), renewals=True)
    file = tmp_path / "liste.csv"
    file.write_bytes(listed(ROW, {**ROW, "tckn": "12345678901"}))
    shots = pytestconfig.rootpath / SHOTS

    def look(name: str) -> None:
        shot(page, shots, name)
        assert violations(page) == [], name

    with served(coordinator.browser.app) as site:
        page.goto(f"{site}/giris")
        page.get_by_role("button", name="Şule").click()
        look("kurum-listesi")
        page.get_by_role("link", name="iptalini iste").first.click()
        look("kurum-iptal-iste")
        page.get_by_role("link", name="Kurum listesi").first.click()
        page.get_by_role("link", name="Personel listesi yükle").click()
        look("kurum-yukle")
        page.get_by_label("Personel listesi (CSV ya da XLSX)").set_input_files(file)
        page.get_by_label("yenileme başvurusu aç").check()
        page.get_by_role("button", name="Yükle").click()
        page.get_by_role("heading", name="Kabul edilmeyen satırlar").wait_for()
        look("kurum-sonuc")
