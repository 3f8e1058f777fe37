"""The code page in a real browser: the countdown, the copy button, the result by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.kit.web.program import Program, signed
from tests.web.portal.conftest import ENDS_ON
from tests.web.test_browser import violations

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover

SHOTS = "var/screenshots"


@pytest.fixture
def held(world: World) -> Held:
    """Give Ayşe a card."""
    return world.card(world.person(), ENDS_ON)


def open_code_page(page: Page, site: str) -> None:
    """Sign in as Ayşe and go to the code page of her e-onay."""
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="AYŞE ÖRNEKOĞLU").click()
    page.get_by_role("link", name="e-onay ver").click()
    page.get_by_role("button", name="Metni oku").click()
    page.get_by_label("Metnin tamamını okudum").check()
    page.get_by_role("button", name="Doğrulama kodu al").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("e-onay metninin imzalanması")


def shot(page: Page, folder: Path, name: str) -> None:
    """Keep a picture of the page, once it is there, for the one who looks."""
    page.wait_for_load_state()
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


def test_the_result_comes_by_itself_while_the_page_counts_down(
    world: World, app: Flask, page: Page, site: str, held: Held, pytestconfig: pytest.Config
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    open_code_page(page, site)
    expect(page.locator("#geri-sayim")).to_be_visible()
    expect(page.locator("#kalan")).to_have_text(re.compile(r"^(300|29\d)$"))
    expect(page.locator("#kalan-duyuru")).to_have_text("Kalan süre: 5 dakika")
    shot(page, pytestconfig.rootpath / SHOTS, "kod-sayfasi")
    assert violations(page) == []

    program = Program(app.test_client())
    claim = program.claim(page.locator("#kod-rakamlari").inner_text())
    expect(page.get_by_text("Kod nes-imza tarafından alındı")).to_be_visible()
    program.send(claim.secret, signed(world, held, claim))
    expect(page.get_by_text("Bundan sonra ne olur?")).to_be_visible()
    expect(page.get_by_text("Geçerli (TOTAL-PASSED)")).to_be_visible()
    shot(page, pytestconfig.rootpath / SHOTS, "e-onay-sonucu")
    assert violations(page) == []
    assert complaints == []


def test_the_code_is_copied_without_its_blanks(page: Page, site: str, held: Held) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    open_code_page(page, site)
    shown = page.locator("#kod-rakamlari").inner_text()
    page.get_by_role("button", name="Kodu kopyala").click()
    expect(page.locator("#kopya-durumu")).to_have_text("Kod kopyalandı.")
    assert page.evaluate("navigator.clipboard.readText()") == shown.replace(" ", "")
    page.get_by_text("Deneme: komut satırından").click()
    assert held.card_serial in page.locator("pre.command").inner_text()


def test_the_page_says_by_itself_that_the_code_is_over(
    world: World, page: Page, site: str, held: Held
) -> None:
    open_code_page(page, site)
    world.clock.advance(seconds=300)
    expect(page.get_by_text("Kodun süresi doldu.")).to_be_visible()
    page.get_by_role("button", name="Yeni kod al").click()
    expect(page.locator("#kod-rakamlari")).to_be_visible()
    assert world.read(Certificate, held.certificate_id).state == "active"


def test_the_last_two_minutes_are_told_every_fifteen_seconds(
    world: World, page: Page, site: str, held: Held
) -> None:
    open_code_page(page, site)
    world.clock.advance(seconds=200)
    page.reload()
    expect(page.locator("#kalan-duyuru")).to_have_text("Kalan süre: 105 saniye")
    world.clock.advance(seconds=50)
    expect(page.locator("#kalan-duyuru")).to_have_text("Kalan süre: 60 saniye")
    assert held.pin


def test_the_pages_of_an_applicant_are_open_to_everybody(
    world: World, page: Page, site: str, held: Held, pytestconfig: pytest.Config
) -> None:
    (row,) = world.all(Certificate)
    world.choose(world.file(row.person_id, "renewal", row.id), row.person_id, "e_imza")
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="AYŞE ÖRNEKOĞLU").click()
    (case,) = world.all(Application)
    ways = {
        "basvurularim": "/basvurularim",
        "yeni-basvuru": "/basvurularim/yeni",
        "yontem": f"/basvurularim/yeni/yontem?tur=lost&sertifika={row.reference}",
        "yontem-hatasi": "/basvurularim/yeni/yontem?tur=lost&sertifika=",
        "basvuru": f"/basvurularim/{case.reference}",
        "form": f"/basvurularim/{case.reference}/form",
        "imza": f"/basvurularim/{case.reference}/imza",
        "vazgec": f"/basvurularim/{case.reference}/vazgec",
        "sertifika": f"/sertifikalarim/{row.reference}",
        "e-onay": "/e-onay",
    }
    for name, way in ways.items():
        page.goto(site + way)
        shot(page, pytestconfig.rootpath / SHOTS, name)
        assert violations(page) == [], name
    assert held.pin
