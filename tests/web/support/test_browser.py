"""The pages of questions in a real browser, looked at by axe, in both languages and at 320 px."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from states.cases.application import Application
from tests.kit.web.program import served
from tests.web.institution.conftest import coordinator_at
from tests.web.portal.test_browser import SHOTS, shot
from tests.web.support.test_questions import name_unit
from tests.web.test_browser import overflow, violations

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover


Look = Callable[[str], None]


@pytest.fixture
def look(page: Page, pytestconfig: pytest.Config) -> Look:
    """Take a picture of a page, wide and narrow, and have it judged."""
    shots = pytestconfig.rootpath / SHOTS

    def judge(name: str) -> None:
        page.set_viewport_size({"width": 1200, "height": 800})
        shot(page, shots, name)
        assert violations(page) == [], name
        assert overflow(page) <= 0, name
        shot(page, shots, f"{name}-320")
        page.set_viewport_size({"width": 1200, "height": 800})

    return judge


def ask(page: Page, site: str, about: str, look: Look) -> None:
    """Ask from the page of an application, at the second try."""
    page.goto(f"{site}/basvurularim/{about}")
    page.get_by_role("link", name="Soru sorun").first.click()
    page.get_by_role("button", name="Gönder").click()
    page.get_by_role("alert").wait_for()
    look("soru-hata")
    page.get_by_label("Sorunuz").fill("Kartım ne zaman gelir?\n\nTeşekkürler.")
    page.get_by_role("button", name="Gönder").click()
    page.get_by_text("Sorunuz iletildi").wait_for()
    look("soru-soruldu")
    page.get_by_role("link", name="Sorularım").first.click()
    look("sorularim")


def answer(page: Page, look: Look) -> None:
    """Answer the question on top of the list, in English."""
    page.get_by_role("link", name="Support questions").click()
    look("destek-sorulari-en")
    page.locator("table a").first.click()
    look("destek-sorusu-en")
    page.get_by_label("Your answer").fill("Tomorrow.")
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("Your answer is kept").wait_for()
    look("destek-cevaplandi-en")


def test_a_question_is_asked_and_answered(page: Page, app: Flask, world: World, look: Look) -> None:
    about = world.read(Application, world.file(world.person(), "first")).reference
    coordinator_at(app, world, "TEST-16-01")
    name_unit(world)
    with served(app) as site:
        page.goto(f"{site}/giris")
        page.get_by_role("button", name="AYŞE").click()
        ask(page, site, about, look)
        page.get_by_role("link", name="English").click()
        page.get_by_role("heading", name="My questions").wait_for()
        look("sorularim-en")
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{site}/giris")
        page.get_by_role("button", name="Şule").click()
        answer(page, look)
