"""An e-onay given as a person does it: a browser, the window of nes-imza, a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from signing.app.settings import SettingsKeeper
from signing.app.window.certificate import CertificateScreen
from signing.app.window.code import CodeScreen, OriginScreen
from signing.app.window.document import DocumentScreen
from signing.app.window.outcome import DoneScreen
from signing.app.window.pin import PinScreen
from signing.app.window.stage import Tools
from signing.app.window.wizard import Wizard
from signing.app.window.worker import Worker
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from tests.kit.web.program import served
from tests.signing.window.conftest import application
from tests.signing.window.person import Elapsed, Person
from tests.web.portal.conftest import ENDS_ON
from tests.web.portal.test_browser import SHOTS, open_code_page, shot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page
    from PySide6.QtWidgets import QApplication

    from signing.tokens.slots import TokenStore
    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover

__all__ = ["application"]


@pytest.fixture
def person(
    application: QApplication,
    token_store: TokenStore,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> Iterator[Person]:
    """Give somebody who has started nes-imza for the first time."""
    assert application is not None
    elapsed = Elapsed()
    keeper = SettingsKeeper(tmp_path / "config" / "settings.json")
    tools = Tools(keeper, Worker(), lambda _: token_store, elapsed)
    someone = Person(Wizard(tools), elapsed, pytestconfig.rootpath / SHOTS)
    someone.wizard.frame.show()
    yield someone
    someone.wizard.frame.close()


def claim(person: Person, site: str, digits: str) -> None:
    """Enter the code, and say that the server is the one that is meant."""
    code = person.wait(CodeScreen)
    code.server.setEditText(site)
    person.enter(code.code, digits)
    person.shot("gosteri-2-kod")
    person.press("İleri")
    person.wait(OriginScreen)
    assert site in person.text
    person.shot("gosteri-3-sunucu")
    person.press("Adres doğru, devam et")


def read(person: Person, fingerprint: str) -> None:
    """Read what is going to be signed."""
    person.wait(DocumentScreen)
    assert "e-onay metninin imzalanması" in person.text
    assert fingerprint in person.text
    person.shot("gosteri-4-metin")
    person.press("İleri")


def sign(person: Person, card: str, pin: str) -> None:
    """Choose the certificate and enter the PIN on the screen's keys."""
    rows = person.wait(CertificateScreen).list
    # The store of the whole run holds cards of the same person from other tests too.
    (own,) = [place for place in range(rows.count()) if card in rows.item(place).text()]
    rows.setCurrentRow(own)
    person.shot("gosteri-5-sertifika")
    person.press("İleri")
    person.wait(PinScreen)
    for digit in pin:
        person.press(digit)
    person.shot("gosteri-6-pin")
    person.press("İmzala")


def test_a_person_gives_e_onay_with_the_window(
    world: World, app: Flask, page: Page, person: Person, pytestconfig: pytest.Config
) -> None:
    held = world.card(world.person(), ENDS_ON)
    folder = pytestconfig.rootpath / SHOTS
    with served(app) as site:
        open_code_page(page, site)
        shot(page, folder, "gosteri-1-sayfa")
        claim(person, site, page.locator("#kod-rakamlari").inner_text())
        read(person, page.locator("strong.mono").inner_text())
        sign(person, held.card_serial, held.pin)
        person.wait(DoneScreen)
        (consent,) = world.all(Consent)
        assert "e-onayınız yürürlüğe girdi." in person.text
        assert f"İşlem numarası: {consent.reference}" in person.text
        person.shot("gosteri-7-sonuc")
        expect(page.get_by_text("Bundan sonra ne olur?")).to_be_visible()
        shot(page, folder, "gosteri-8-sayfa")
    assert consent.state == "in_force"
    assert person.wizard.settings.knows(site)


def test_a_person_signs_the_pdf_of_an_application_with_the_window(
    world: World, app: Flask, page: Page, person: Person, pytestconfig: pytest.Config
) -> None:
    held = world.card(world.person(), ENDS_ON)
    (certificate,) = world.all(Certificate)
    case_id = world.file(certificate.person_id, "renewal", certificate.id)
    world.choose(case_id, certificate.person_id, "e_imza")
    folder = pytestconfig.rootpath / SHOTS
    with served(app) as site:
        page.goto(f"{site}/giris")
        page.get_by_role("button", name="AYŞE ÖRNEKOĞLU").click()
        (case,) = world.all(Application)
        page.goto(f"{site}/basvurularim/{case.reference}/imza")
        page.get_by_label("Metnin tamamını okudum").check()
        page.get_by_role("button", name="Doğrulama kodu al").click()
        claim(person, site, page.locator("#kod-rakamlari").inner_text())
        person.wait(DocumentScreen)
        assert page.locator("strong.mono").inner_text() in person.text
        assert "Sayfa 1 / " in person.text
        assert "AYŞE ÖRNEKOĞLU" in person.text
        person.shot("gosteri-form")
        person.press("İleri")
        sign(person, held.card_serial, held.pin)
        person.wait(DoneScreen)
        assert "Başvuru formunuz imzalandı." in person.text
        shot(page, folder, "gosteri-form-sayfa")
    assert world.read(Application, case_id).state != "e_imza"
