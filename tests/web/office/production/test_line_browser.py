"""The line in a real browser: 200 cards by five clicks, by keyboard alone, live, on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.desk.batches import work_off_batches
from tests.kit.web.desk import seats, seen
from tests.web.office.production.test_line import LINE
from web.demo.wave.held import fill
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.desk import Seat, Seats
    from tests.kit.web.staff import Staff
    from web.gate.composition import Composition

    Many = Callable[..., list[int]]

pytestmark = pytest.mark.no_cover

__all__ = ["seats", "seen"]

CARDS = 200
MOST_CLICKS = 5

COUNT_CLICKS = """() => {
  const count = () => Number(sessionStorage.getItem("clicks") || 0);
  addEventListener("click", () => sessionStorage.setItem("clicks", count() + 1), true);
}"""
"""Counts what is clicked, on whichever page of the visit."""


def in_production(world: World) -> int:
    """Return how many cards have been ordered."""
    with world.engine.database.connect() as connection:
        query = "SELECT count(*) FROM application WHERE state = 'in_production'"
        return int(connection.exec_driver_sql(query).scalar_one())


def test_two_hundred_cards_are_started_by_five_clicks_at_most(
    world: World, composition: Composition, database: Database, staff: Staff, seats: Seats
) -> None:
    assert staff.operator
    fill(composition, database.url, CARDS)
    assert sweep(world.engine).moved == CARDS
    seat = seats()
    seat.page.add_init_script(f"({COUNT_CLICKS})()")
    seat.sign_in("Işık Üretim")
    seat.menu("Üretim hattı")
    seat.press("En acilleri provaya al")
    seat.page.get_by_text(f"{CARDS} başvuruda yapılabilir, 0 başvuruda yapılamaz.").wait_for()
    assert in_production(world) == 0
    seat.press("Başlat")
    seat.page.get_by_role("progressbar").wait_for()
    clicks = int(seat.page.evaluate("sessionStorage.getItem('clicks')"))
    while work_off_batches(world.engine):
        continue
    assert in_production(world) == CARDS
    assert 0 < clicks <= MOST_CLICKS


def pressed(seat: Seat, *words: str) -> None:
    """Go by Tab to each of these words in turn, and press Enter at the last."""
    for one in words:
        seat.tab_to(one)
    seat.page.locator(":focus").press("Enter")


def test_the_keyboard_alone_starts_a_tray_and_every_look_finds_nothing(
    world: World, composition: Composition, database: Database, staff: Staff, seats: Seats
) -> None:
    assert staff.operator
    fill(composition, database.url, 3)
    sweep(world.engine)
    seat = seats("Işık Üretim", reduced_motion="reduce")
    seat.go(LINE)
    seat.look("office-production")
    seat.tab_to("Kart sayısı")
    seat.page.keyboard.press("ControlOrMeta+A")
    seat.page.keyboard.type("2")
    pressed(seat, "En acilleri provaya al")
    seat.page.get_by_text("2 başvuruda yapılabilir").wait_for()
    pressed(seat, "Başlat")
    seat.page.get_by_role("progressbar").wait_for()
    while work_off_batches(world.engine):
        continue
    assert in_production(world) == 2


def test_the_page_follows_by_itself_and_leaves_the_focus_where_it_is(
    world: World, many: Many, staff: Staff, seats: Seats
) -> None:
    assert staff.operator
    many(2, "queued")
    seat = seats("Işık Üretim")
    seat.go(LINE)
    listing = seat.page.get_by_role("link", name="Sıradaki başvuruları listele")
    listing.focus()
    many(3, "queued")
    seat.page.locator("#canli-ozet dd", has_text="5").first.wait_for()
    assert seat.page.evaluate("document.activeElement.textContent") == (
        "Sıradaki başvuruları listele"
    )
    world.write("UPDATE application SET state = 'couriered'")
    seat.page.get_by_text("Sırada başvuru yok.").wait_for()
    assert seat.page.evaluate("document.activeElement.id") == "canli-ayrinti"


def test_the_line_works_without_javascript(many: Many, staff: Staff, seats: Seats) -> None:
    assert staff.operator
    many(1, "queued")
    seat = seats("Işık Üretim", java_script_enabled=False)
    seat.go(LINE)
    refresh = seat.page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]")
    assert refresh.first.get_attribute("content") == f"15; url={LINE}/izle"
    seat.press("En acilleri provaya al")
    assert "başvuruda yapılamaz" in seat.text
