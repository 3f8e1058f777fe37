"""Bora signs in with his card: a real browser, the real nes-imza in a terminal, a card."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from states.cases.sign_in import SignIn
from tests.kit.handlers.world import AYSE
from tests.kit.web.program import Program, signed
from tests.web.auth.test_card import account
from tests.web.portal.conftest import ENDS_ON
from tests.web.portal.test_browser import SHOTS, shot
from tests.web.test_browser import violations

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

    from handlers.cards.seed import Held
    from signing.tokens.slots import TokenStore
    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover

START = "from signing.app.cli import main; raise SystemExit(main())"


@pytest.fixture
def bora(world: World) -> int:
    """Give Bora, who holds a card in force."""
    return world.person(AYSE, "Bora", "Örnekoğlu")


@pytest.fixture
def held(world: World, bora: int) -> Held:
    """Give his card."""
    return world.card(bora, ENDS_ON)


@pytest.fixture
def folder(pytestconfig: pytest.Config) -> Path:
    """Give where the pictures go."""
    return pytestconfig.rootpath / SHOTS


def ask(page: Page, site: str) -> str:
    """Choose the card and return the digits."""
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="Kartla gir").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kartla giriş")
    return page.locator("#kod-rakamlari").inner_text()


def terminal(site: str, store: TokenStore, held: Held, code: str) -> str:
    """Sign in a terminal and return what it said."""
    ran = subprocess.run(
        [
            sys.executable, "-c", START, code, "--url", site, "--token", held.card_serial,
            "--store", str(store.directory), "--pin-stdin",
        ],
        input=f"{held.pin}\n", capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_bora_signs_in_with_his_card(
    world: World, page: Page, site: str, held: Held, token_store: TokenStore, folder: Path
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{site}/giris")
    shot(page, folder, "giris")
    assert violations(page) == []
    code = ask(page, site)
    expect(page.locator("#kalan")).to_have_text(re.compile(r"^(300|29\d)$"))
    fingerprint = page.locator("strong.mono").inner_text()
    page.get_by_text("Deneme: komut satırından").click()
    assert held.card_serial in page.locator("pre.command").inner_text()
    shot(page, folder, "kartla-giris")
    assert violations(page) == []
    said = terminal(site, token_store, held, code)
    assert f"İsteyen: {site}" in said
    assert f"Giriş yapılacak adres: {site}" in said
    assert "Kişi: Kartın sahibi; kim olduğu imzadan anlaşılır" in said
    assert f"Metnin özeti: {fingerprint}" in said
    assert "İmzanız alındı; tarayıcınızdaki sayfaya dönünüz." in said
    page.wait_for_url(f"{site}/basvurularim")
    expect(page.get_by_role("link", name="BORA ÖRNEKOĞLU")).to_be_visible()
    assert [row.state for row in world.all(SignIn)] == ["used"]
    assert complaints == []


def test_the_choice_of_a_role_and_the_refusal_are_open_to_everybody(
    world: World, page: Page, app: Flask, site: str, bora: int, held: Held, folder: Path
) -> None:
    account(world, bora)
    program = Program(app.test_client())

    def prove() -> None:
        claim = program.claim(ask(page, site))
        program.send(claim.secret, signed(world, held, claim))

    prove()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kim olarak giriş yapıyorsunuz?")
    shot(page, folder, "kartla-giris-rol")
    assert violations(page) == []
    world.write("UPDATE person SET tckn_hash = :other", other=b"x" * 32)
    prove()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bu kartla giriş yapılamıyor")
    shot(page, folder, "kartla-giris-yabanci")
    assert violations(page) == []


def test_the_page_fits_a_telephone(page: Page, site: str, held: Held, folder: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    ask(page, site)
    assert held.pin
    width = page.evaluate("document.documentElement.scrollWidth")
    shot(page, folder, "kartla-giris-320")
    assert width <= 320
