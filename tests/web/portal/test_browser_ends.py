"""What a holder sees in a real browser: a card to unlock, one called back, one made again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from states.cases.application import Application
from states.kit.reference import reference
from tests.kit.handlers.world import applicant, operator
from tests.web.portal.test_browser import SHOTS, shot
from tests.web.test_browser import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover


def test_a_card_that_can_be_unlocked_is_sent_to_unlocking(
    world: World, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    folder = pytestconfig.rootpath / SHOTS
    world.card(world.person(), date(2026, 9, 1))
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="AYŞE ÖRNEKOĞLU").click()
    page.goto(f"{site}/basvurularim/yeni")
    expect(page.get_by_label("PUK kilitlenmesi")).to_have_count(0)
    page.get_by_text("Neden seçemiyorum?").click()
    expect(page.get_by_text("Bu kartın kilidi yeni kart gerekmeden")).to_be_visible()
    shot(page, folder, "puk-acilabilir")
    assert violations(page) == []
    assert world.all(Application) == []


def test_a_lost_card_is_made_again_and_one_without_certificate_called_back(
    world: World, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    folder = pytestconfig.rootpath / SHOTS
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    world.engine.fire(case, "report_lost", operator(), reason="kurye bulamadı")
    page.goto(f"{site}/giris")
    page.get_by_role("button", name="AYŞE ÖRNEKOĞLU").click()
    page.goto(f"{site}/basvurularim/{reference('application', case)}")
    expect(page.get_by_text("Kartın aynı başvuruyla yeniden üretilmesini").first).to_be_visible()
    shot(page, folder, "kart-kayboldu")
    assert violations(page) == []

    world.engine.fire(case, "make_again", operator(), reason="by_courier")
    world.engine.fire(case, "resume_production", operator())
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    page.reload()
    expect(page.get_by_text("Kuryede").first).to_be_visible()
    shot(page, folder, "kart-yeniden-uretildi")
    assert violations(page) == []

    new = world.read(Application, case).certificate_id
    assert new is not None
    world.engine.fire(new, "revoke", applicant(me), reason="Sertifikaya gerek kalmadı")
    page.reload()
    expect(page.get_by_text("Kuryeden geri istendi").first).to_be_visible()
    shot(page, folder, "kart-geri-istendi")
    assert violations(page) == []
