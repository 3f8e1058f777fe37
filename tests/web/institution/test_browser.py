"""The coordinator's pages in a real browser, looked at by axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.radar.sweep import sweep
from tests.kit.web.program import served
from tests.web.institution.conftest import OTHER, ROW, Coordinator, listed
from tests.web.portal.test_browser import SHOTS, shot
from tests.web.test_browser import overflow, violations

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover


def test_the_radar_is_open_to_everybody_in_both_languages(
    page: Page, world: World, coordinator: Coordinator, pytestconfig: pytest.Config
) -> None:
    soon, later = {**ROW, "ends_on": "01.04.2026"}, {**OTHER, "ends_on": "10.08.2026"}
    coordinator.upload(listed(soon, {**later, "institution_code": "TEST-16-01-2"}))
    sweep(world.engine)
    shots = pytestconfig.rootpath / SHOTS
    with served(coordinator.browser.app) as site:
        page.goto(f"{site}/giris")
        page.get_by_role("button", name="Şule").click()
        page.get_by_role("link", name="Radar").first.click()
        page.get_by_text("Tablo olarak").click()
        shot(page, shots, "kurum-radar")
        assert violations(page) == []
        page.get_by_role("link", name="English").click()
        page.get_by_text("Months ahead").first.wait_for()
        shot(page, shots, "kurum-radar-en")
        assert violations(page) == []
        assert overflow(page) <= 0
        shot(page, shots, "kurum-radar-320")
        page.set_viewport_size({"width": 1200, "height": 800})
        page.get_by_label("TEST Zeytinlik İlkokulu, Past the last day to apply: 1").focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="AYŞE").wait_for()
        shot(page, shots, "kurum-listesi-en")
        assert violations(page) == []


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
        page.get_by_role("link", name="Personel listesi yükle").click()
        look("kurum-yukle")
        page.get_by_label("Personel listesi (CSV ya da XLSX)").set_input_files(file)
        page.get_by_label("yenileme başvurusu aç").check()
        page.get_by_role("button", name="Yükle").click()
        page.get_by_role("heading", name="Kabul edilmeyen satırlar").wait_for()
        look("kurum-sonuc")


def test_the_page_of_a_person_is_open_to_everybody_in_both_languages(
    page: Page, world: World, coordinator: Coordinator, pytestconfig: pytest.Config
) -> None:
    himself = world.person("99000050160", "Kerem", "Yetkili")
    world.write("UPDATE office_user SET person_id = :me", me=himself)
    coordinator.upload(listed(ROW))
    shots = pytestconfig.rootpath / SHOTS
    with served(coordinator.browser.app) as site:
        page.goto(f"{site}/giris")
        page.get_by_role("button", name="Şule").click()
        page.get_by_role("link", name="ÖRNEKOĞLU").click()
        shot(page, shots, "kurum-kisi")
        assert violations(page) == []
        page.get_by_role("link", name="English").click()
        page.get_by_role("heading", name="Steps to come").wait_for()
        shot(page, shots, "kurum-kisi-en")
        assert violations(page) == []
        page.set_viewport_size({"width": 320, "height": 640})
        assert overflow(page) <= 0
        shot(page, shots, "kurum-kisi-320")
        page.set_viewport_size({"width": 1200, "height": 800})
        page.get_by_role("link", name="Stop the reminders").click()
        shot(page, shots, "kurum-hatirlatma-durdur-en")
        assert violations(page) == []


def test_reminding_many_is_open_to_everybody_in_both_languages(
    page: Page, world: World, coordinator: Coordinator, pytestconfig: pytest.Config
) -> None:
    himself = world.person("99000050160", "Kerem", "Yetkili")
    world.write("UPDATE office_user SET person_id = :me", me=himself)
    coordinator.upload(listed(ROW, {**OTHER, "ends_on": "10.08.2026"}))
    shots = pytestconfig.rootpath / SHOTS
    with served(coordinator.browser.app) as site:
        page.goto(f"{site}/giris")
        page.get_by_role("button", name="Şule").click()
        page.get_by_label("AYŞE ÖRNEKOĞLU").check()
        shot(page, shots, "kurum-listesi-hatirlat")
        assert violations(page) == []
        page.get_by_role("button", name="İşaretlediklerime hatırlat").click()
        page.get_by_text("Hatırlatılacak: 1.").wait_for()
        shot(page, shots, "kurum-toplu-prova")
        assert violations(page) == []
        page.get_by_role("link", name="English").click()
        page.get_by_text("To be reminded: 1.").wait_for()
        page.get_by_role("button", name="Remind now").click()
        shot(page, shots, "kurum-toplu-en")
        assert violations(page) == []
        page.set_viewport_size({"width": 320, "height": 640})
        assert overflow(page) <= 0
        page.get_by_role("link", name="Bulk reminders").click()
        assert violations(page) == []
        assert overflow(page) <= 0
        page.get_by_role("link", name="Institution").first.click()
        shot(page, shots, "kurum-listesi-hatirlat-320")
        assert overflow(page) <= 0
