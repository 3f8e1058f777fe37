"""How pages look where colours, paper and screens are other than usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.web.staff import waiting_for_paper
from tests.web.test_browser import look, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff

pytestmark = pytest.mark.no_cover

OUTLINE = """selector => {
  const style = getComputedStyle(document.querySelector(selector));
  return [style.outlineStyle, style.outlineWidth, style.boxShadow];
}"""

SEEN = ["solid", "3px", "none"]
"""How the focus is shown: a line of three pixels that forced colours keep."""


def focused(page: Page, selector: str) -> list[str]:
    """Put the focus on something as a keyboard does; return how it is shown."""
    page.keyboard.press("Tab")
    page.locator(selector).first.focus()
    found: list[str] = page.evaluate(OUTLINE, selector)
    return found


def cut_off(page: Page) -> list[str]:
    """Return the tables of a page that are wider than what is seen of them."""
    found: list[str] = page.locator(".table-wrap").evaluate_all(
        "wraps => wraps.filter(wrap => wrap.scrollWidth > wrap.clientWidth"
        " || wrap.getBoundingClientRect().right > innerWidth).map(wrap => wrap.innerText)"
    )
    return found


def test_the_focus_of_every_control_is_seen_also_in_forced_colours(page: Page, site: str) -> None:
    for forced in ("none", "active"):
        page.emulate_media(forced_colors=forced)
        page.goto(f"{site}/dogrula")
        for control in ("main button", "main input[name=kod]", "header a"):
            assert focused(page, control) == SEEN, (forced, control)


def test_in_forced_colours_only_the_page_one_is_on_is_marked(
    page: Page, site: str, staff: Staff
) -> None:
    page.emulate_media(forced_colors="active")
    sign_in(page, site, "İlker Görevli")
    borders = page.locator(".site-nav a").evaluate_all(
        "links => links.map(link => [link.hasAttribute('aria-current'),"
        " getComputedStyle(link).borderBottomColor])"
    )
    marked = {colour for here, colour in borders if here}
    others = {colour for here, colour in borders if not here}
    assert len(marked) == len(others) == 1
    assert marked != others
    assert staff.officer


def test_a_list_is_printed_with_every_column_and_without_what_is_pressed(
    page: Page, site: str, world: World, staff: Staff
) -> None:
    for tckn in ("10000000078", "10000000146"):
        waiting_for_paper(world, tckn)
    sign_in(page, site, "İlker Görevli")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 720, "height": 1000})  # A4 with its margins
    for path in ("/basvurular", "/is-listem"):
        page.goto(site + path)
        assert cut_off(page) == []
        for gone in (".site-header", ".site-footer", "main .btn", ".filters", ".pager"):
            assert [one for one in page.locator(gone).all() if one.is_visible()] == []
    assert staff.officer


def test_the_page_of_the_program_fits_every_screen(page: Page, site: str) -> None:
    assert look(page, site, "/", "/nes-imza") == []
