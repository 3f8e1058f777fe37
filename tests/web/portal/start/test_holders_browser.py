"""The start pages of holders near and far from the end, as a browser shows them to anybody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from states.cases.application import Application
from states.people.tckn import check_digits
from tests.kit.handlers.world import operator
from tests.web.portal.test_browser import SHOTS, shot
from tests.web.test_browser import overflow, sign_in, violations
from tests.web.test_looks import SEEN, focused
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.kit.handlers.world import World

pytestmark = pytest.mark.no_cover

CARDS = {
    400: ("Şimdi yapmanız gereken bir şey yok.", "There is nothing to do now."),
    100: ("Yenileme başvurunuzu şimdiden yapabilirsiniz.", "You may apply for renewal already."),
    40: ("Sertifikanızı yenileyiniz.", "Renew your certificate."),
    20: ("Sertifikanızı bugün yenileyiniz.", "Renew your certificate today."),
    1: ("Sertifikanızı bugün yenileyiniz.", "Renew your certificate today."),
    0: (
        "Bugün sertifikanızın son günü: hemen başvurunuz.",
        "Today is the last day of your certificate: apply now.",
    ),
    -1: (
        "Yeni sertifika için başvuru ofisine geliniz.",
        "Come to the desk for a new certificate.",
    ),
}
"""What each holder reads first, by the days that are left."""

RENEWED = (
    "Yeni kartınızı saklayınız; 11.04.2026 günü etkinleştiriniz.",
    "Keep your new card; activate it on 11 Apr 2026.",
)


def somebody(world: World, number: int) -> tuple[int, str]:
    """Enter a person without anything; return the number of their row and the name of a button."""
    nine = f"{981_000_000 + number}"
    surname = f"Kişi{chr(65 + number)}"
    return world.person(
        nine + check_digits(nine), "Deneme", surname
    ), f"DENEME KİŞİ{chr(65 + number)}"


def holders(world: World) -> dict[str, tuple[str, str]]:
    """Enter a holder for each card; return what each reads first, by the name of a button."""
    today = day_in_istanbul(world.clock.now())
    found = {}
    for number, (days, card) in enumerate(CARDS.items()):
        person, name = somebody(world, number)
        ends_on = today + timedelta(days=max(days, 0))
        held = world.certificate(person, ends_on, f"{number + 1:x}a")
        if days < 0:
            world.write(
                "UPDATE certificate SET state = 'expired', ends_on = :day,"
                " ends_at = ends_at - interval '1 day' WHERE id = :id",
                day=today + timedelta(days=days), id=held,
            )  # fmt: skip
        found[name] = card
    person, name = somebody(world, len(CARDS))
    renewed(world, person)
    return {**found, name: RENEWED}


def renewed(world: World, person: int) -> None:
    """Have a certificate and the card that comes after it, which is yet to begin."""
    held = world.card(person, date(2026, 4, 10))
    world.consent(person, held)
    case = world.file(person, "renewal", held.certificate_id)
    world.choose(case, person, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    world.engine.fire(case, "deliver", operator(), world.handed_over())


def test_each_holder_sees_their_card_in_both_languages_on_any_screen(
    world: World, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    folder = pytestconfig.rootpath / SHOTS
    first = page.locator("section.route h2").first
    for number, (name, (turkish, english)) in enumerate(holders(world).items()):
        page.context.add_cookies([{"name": "dil", "value": "tr", "url": site}])
        page.set_viewport_size({"width": 1280, "height": 900})
        sign_in(page, site, name)
        expect(first).to_have_text(turkish)
        assert violations(page) == [], name
        shot(page, folder, f"yol-{number}")
        page.context.add_cookies([{"name": "dil", "value": "en", "url": site}])
        page.reload()
        expect(first).to_have_text(english)
        assert overflow(page) <= 0, name
        shot(page, folder, f"yol-{number}-en-320")


def test_with_an_e_onay_a_renewal_is_three_presses_of_a_keyboard(
    world: World, page: Page, site: str, pytestconfig: pytest.Config
) -> None:
    folder = pytestconfig.rootpath / SHOTS
    person, name = somebody(world, 1)
    held = world.card(person, day_in_istanbul(world.clock.now()) + timedelta(days=40))
    world.consent(person, held)
    page.emulate_media(forced_colors="active")
    sign_in(page, site, name)
    assert focused(page, "section.route .btn-primary") == SEEN
    shot(page, folder, "yol-zorunlu-renkler")
    page.emulate_media(media="print", forced_colors="none")
    printed(page, folder)
    page.emulate_media(media="screen")
    for pressed in (
        page.get_by_role("link", name="Yenileme başvurusu yap"),
        page.get_by_role("button", name="Formu göster"),
        page.get_by_role("button", name="Başvuruyu aç"),
    ):
        pressed.focus()
        page.keyboard.press("Enter")
    expect(page.get_by_text("Başvurunuz alındı.").first).to_be_visible()
    (case,) = world.all(Application)
    assert (case.state, case.method) == ("queued", "e_onay")


def printed(page: Page, folder: Path) -> None:
    """Look at the card as it is printed: its sentences stand there, what is pressed does not."""
    card = page.locator("section.route")
    expect(card.get_by_role("heading", name="Sertifikanızı yenileyiniz.")).to_be_visible()
    expect(card.locator(".btn-primary")).to_be_hidden()
    shot(page, folder, "yol-baski")
