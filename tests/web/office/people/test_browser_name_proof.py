"""The proof of another name, walked in a real browser: scanned, seen page by page, approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from handlers.people import changes, name_proof
from states.kit.reference import reference
from states.people.person import Person
from tests.handlers.papers.test_scans import pdf
from tests.handlers.people.test_changes import CARD, known, wish
from tests.kit.handlers.world import officer
from tests.web.office.people.test_browser_standing import SHOTS, shot
from tests.web.test_browser import overflow, sign_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("staff")]


def test_the_second_officer_sees_each_page_of_the_proof_before_the_name_changes(
    world: World, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    me = world.person()
    asked = wish(world, known(world, me), CARD, surname="Evlendi")
    case = changes.change_person(world.engine, me, officer(2), asked).proposal
    assert case is not None
    sign_in(page, site, "Zeynep Görevli")
    page.set_viewport_size({"width": 1280, "height": 600})
    address = f"{site}/ad-degisikligi/{reference('contact_change', case)}"
    page.goto(address)
    expect(page.get_by_text("Belgenin taraması yok.")).to_be_visible()
    shot(page, pytestconfig.rootpath / SHOTS, "ad-belgesi-yok")
    assert (violations(page), overflow(page)) == ([], 0)
    name_proof.keep(world.engine, officer(2), case, pdf(2))
    page.goto(address)
    for picture in page.locator(".pages img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
    shot(page, pytestconfig.rootpath / SHOTS, "ad-belgesi")
    assert (violations(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Onayla ve değiştir").click()
    expect(page.get_by_text("Onayla ve değiştir: yapıldı.")).to_be_visible()
    assert world.read(Person, me).surname == "EVLENDİ"
