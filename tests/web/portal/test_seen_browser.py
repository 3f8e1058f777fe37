"""A typed certificate in a real browser: its renewal waits for it until its card signs in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from states.cases.application import Application
from states.cases.certificate import Certificate
from tests.kit.handlers.typed import typed
from tests.kit.web.program import Program, signed
from tests.web.portal.test_browser import SHOTS, shot
from tests.web.test_browser import overflow, sign_in, violations
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Page

    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World


pytestmark = pytest.mark.no_cover

END = date(2026, 4, 12)


@pytest.fixture
def held(world: World) -> Held:
    """Give Ayşe's old card, of which a list has typed an end two days too early."""
    return typed(world, world.person(), END)


@pytest.fixture
def case(world: World, held: Held) -> int:
    """Give her renewal of it, which waits for the certificate to be seen."""
    me = world.read(Certificate, held.certificate_id).person_id
    world.consent(me, world.card(me, date(2028, 6, 30)))
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.clock.advance(minutes=11)
    sweep(world.engine)
    world.run_effects()
    assert world.state(case) == "certificate_unseen"
    return case


@pytest.fixture
def folder(pytestconfig: pytest.Config) -> Path:
    """Give where the pictures go."""
    return pytestconfig.rootpath / SHOTS


def seen_well(page: Page, folder: Path, name: str) -> None:
    """Keep a picture; nothing may stand in anybody's way, on a phone either."""
    shot(page, folder, name)
    assert violations(page) == []
    assert overflow(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_typed_certificate_is_confirmed_by_signing_in_with_its_card(
    world: World, app: Flask, page: Page, site: str, held: Held, case: int, folder: Path
) -> None:
    number = world.read(Certificate, held.certificate_id).reference
    sign_in(page, site, "AYŞE ÖRNEKOĞLU")
    page.goto(f"{site}/basvurularim/{world.read(Application, case).reference}")
    expect(page.get_by_text("Eski kartınızla portala giriş yapınız.")).to_be_visible()
    seen_well(page, folder, "sertifika-bekleniyor")
    page.goto(f"{site}/sertifikalarim/{number}")
    expect(page.get_by_text("Yalnız beyan edildi, henüz görülmedi")).to_be_visible()
    expect(page.get_by_role("link", name="İptal et")).to_have_count(0)
    seen_well(page, folder, "sertifika-beyan")
    page.goto(f"{site}/sertifikalarim/{number}/iptal-et")
    expect(page.get_by_text("yalnız sertifikayı veren kuruluştan istenir")).to_be_visible()
    seen_well(page, folder, "sertifika-iptal-edilemez")

    page.context.clear_cookies()
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="Kartla gir").click()
    program = Program(app.test_client())
    claim = program.claim(page.locator("#kod-rakamlari").inner_text())
    program.send(claim.secret, signed(world, held, claim))
    page.wait_for_url(f"{site}/basvurularim")
    page.goto(f"{site}/sertifikalarim/{number}")
    expect(page.get_by_text("Kartıyla atılan bir imzada görüldü")).to_be_visible()
    expect(page.get_by_text("12.04.2026").first).to_be_visible()
    seen_well(page, folder, "sertifika-goruldu")
    assert world.state(case) == "queued"


@pytest.mark.usefixtures("staff")
def test_the_officers_ways_to_confirm_a_certificate_are_open_to_everybody(
    world: World, page: Page, site: str, held: Held, folder: Path
) -> None:
    number = world.read(Certificate, held.certificate_id).reference
    sign_in(page, site, "İlker Görevli")
    page.goto(f"{site}/is/{number}")
    expect(page.get_by_text("Yalnız beyan edildi, henüz görülmedi")).to_be_visible()
    seen_well(page, folder, "sertifika-gorevli")
    for way in ("confirm_seen", "confirm_by_file", "learn_revoked"):
        page.goto(f"{site}/is/{number}/islem/{way}")
        page.get_by_role("button", name="Onayla").click()
        expect(page.get_by_role("alert")).to_contain_text("Eksik veya hatalı alanlar var")
        seen_well(page, folder, f"sertifika-{way}")
