"""The real nes-imza, as a person starts it, against the running site."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from states.cases.certificate import Certificate
from states.cases.consent import Consent
from tests.kit.pins import shows
from tests.kit.web.program import address, code_for_consent, digits, served

if TYPE_CHECKING:
    from flask import Flask

    from signing.tokens.slots import TokenStore
    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder

START = "from signing.app.cli import main; raise SystemExit(main())"


def nes_imza(
    site: str, store: TokenStore, holder: Holder, code: str, pin: str, *options: str
) -> subprocess.CompletedProcess[str]:
    """Run the program with the holder's card and a PIN."""
    return subprocess.run(
        [
            sys.executable, "-c", START, code, "--url", site, "--token", holder.held.card_serial,
            "--store", str(store.directory), "--pin-stdin", *options,
        ],
        input=f"{pin}\n", capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_program_signs_what_the_page_shows(
    world: World, app: Flask, holder: Holder, token_store: TokenStore
) -> None:
    page = code_for_consent(holder.browser)
    with served(app) as site:
        ran = nes_imza(site, token_store, holder, digits(page), holder.held.pin)
    assert ran.returncode == 0, ran.stderr
    (consent,) = world.all(Consent)
    assert consent.state == "in_force"
    for said in (
        f"İsteyen: {site}", "Amaç: e-onay metninin imzalanması", "AYŞE ÖRNEKOĞLU (100******46)",
        "e-onayınız yürürlüğe girdi.", f"İşlem numarası: {consent.reference}",
    ):  # fmt: skip
        assert said in ran.stdout
    fingerprint = next(line for line in ran.stdout.splitlines() if line.startswith("Metnin özeti"))
    assert fingerprint.partition(": ")[2] in page.text
    assert not shows(ran.stdout + ran.stderr, holder.held.pin)
    assert "yürürlükte" in holder.browser.get(address(page)).text


def test_the_program_says_why_a_code_serves_no_more(
    world: World, app: Flask, holder: Holder, token_store: TokenStore
) -> None:
    page = code_for_consent(holder.browser)
    world.clock.advance(seconds=301)
    with served(app) as site:
        ran = nes_imza(site, token_store, holder, digits(page), holder.held.pin)
    assert ran.returncode == 1
    assert "Kodun süresi doldu; sayfadan yeni kod alınız." in ran.stderr


def test_the_program_gives_the_card_its_holders_pin_and_the_page_says_so(
    world: World, app: Flask, holder: Holder, token_store: TokenStore
) -> None:
    number = world.read(Certificate, holder.held.certificate_id).reference
    browser = holder.browser
    text = browser.get(browser.get(f"/sertifikalarim/{number}").links["PIN oluştur"])
    page = browser.post(address(text), okudum="y")
    with served(app) as site:
        ran = nes_imza(site, token_store, holder, digits(page), "864209\n864209", "--new-pin")
    assert ran.returncode == 0, ran.stderr
    for said in (
        "Amaç: Kart PIN'inin belirlenmesi", f"Kart: {holder.held.card_serial}",
        "KART PIN'İ BELİRLEME BEYANI", "Kartınızın PIN'i belirlendi.", f"İşlem numarası: {number}",
    ):  # fmt: skip
        assert said in ran.stdout
    assert not shows(ran.stdout + ran.stderr, "864209")
    # SoftHSM in this process has not seen what the program wrote.
    token_store.reread(holder.held.card_serial)
    with token_store.session(holder.held.card_serial, "864209"):
        assert "PIN belirlendi 02.03.2026" in browser.get(address(page)).text
