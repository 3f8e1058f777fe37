"""The production room: stations by when they were heard of, blanks, cards without an envelope."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.web.office.production.test_line import LINE, fact
from tests.web.office.queues.test_overview import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

    Many = Callable[..., list[int]]

_BOX = """
INSERT INTO card_box (name, maker, first_number, quantity, numbers, definition, state, version,
    head, entered_at, created_at)
VALUES ('K1', 'TEST', '1', 1, ARRAY['1'], :definition, 'open', 1, '', :now, :now)
"""
_BLANKS = """
INSERT INTO chip_card (number, box_id, position, definition, state, version, head, entered_at,
    created_at)
SELECT state || n, (SELECT max(id) FROM card_box), 10 * :from + n, :definition, state, 1, '', :now,
    :now
FROM generate_series(1, :count) n, (SELECT CAST(:state AS text) AS state) s
"""


def stocked(world: World, **states: int) -> None:
    """Enter a box with so many cards in each state."""
    library, now = world.engine.library, world.clock.now()
    world.write(_BOX, definition=library.workflow("box").sha256, now=now)
    sha256 = library.workflow("card").sha256
    for place, (state, count) in enumerate(states.items()):
        world.write(
            _BLANKS, definition=sha256, now=now, state=state, count=count, **{"from": place}
        )


def station(world: World, name: str, seen: timedelta | None, **more: object) -> None:
    """Enter a station that was heard of so long ago."""
    now = world.clock.now()
    world.write(
        "INSERT INTO station (name, secret_hash, added_at, last_seen_at, ended_at)"
        " VALUES (:name, sha256(convert_to(:name, 'UTF8')), :now, :seen, :ended)",
        name=name, now=now, seen=None if seen is None else now - seen,
        ended=more.get("ended"),
    )  # fmt: skip


def test_without_stations_and_stock_there_is_no_room(operator: Visitor) -> None:
    assert "Üretim odası" not in operator.get(LINE).text


def test_stations_are_told_with_when_they_were_heard_of(world: World, operator: Visitor) -> None:
    station(world, "oda-1", timedelta(minutes=10))
    station(world, "oda-2", timedelta(minutes=11))
    station(world, "oda-3", None)
    station(world, "oda-4", None, ended=world.clock.now())
    rows = {row[0]: row[1:] for row in rows_of(operator.get(LINE)) if row[0].startswith("oda")}
    assert rows == {
        "oda-1": ["02.03.2026 11:50:00", "0"],
        "oda-2": ["02.03.2026 11:49:00 Ses yok", "0"],
        "oda-3": ["Hiç görülmedi Ses yok", "0"],
    }


def test_blanks_and_spoilt_cards_are_counted(world: World, operator: Visitor) -> None:
    stocked(world, in_stock=4, spoilt=2, to_be_destroyed=1)
    assert fact(operator, "Stokta kalan boş kart") == "4"
    assert fact(operator, "Bozuk, imha bekleyen") == "3"
    assert fact(operator, "Yapıldı, zarfa konmadı") == "0"


def test_too_few_blanks_for_what_may_be_started_are_warned_of(
    world: World, many: Many, operator: Visitor
) -> None:
    warning = "Stoktaki boş kart, sırada başlatılabilecek başvurulara yetmez."
    stocked(world, in_stock=2)
    many(2, "queued")
    assert warning not in operator.get(LINE).text
    many(1, "queued")
    assert warning in operator.get(LINE).text


def test_a_tray_larger_than_the_stock_is_told_before_it_is_started(
    world: World, many: Many, operator: Visitor
) -> None:
    stocked(world, in_stock=2)
    many(3, "queued")
    operator.get(LINE)
    page = operator.post(f"{LINE}/tepsi", cards="3")
    assert "Stokta 2 boş kart var, tepside 3 başvuru" in page.text
    operator.get(LINE)
    assert "boş kart var" not in operator.post(f"{LINE}/tepsi", cards="2").text
