"""What a scanner kept in a file, and what is drawn of a list once it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.cards.scanning import close_list, scan_out
from handlers.kit.sentences import sentence_of
from handlers.papers import letters
from handlers.parcels import finding
from handlers.parcels.manifest import find_manifest
from handlers.parcels.scan_file import codes_in
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.kit.invalid import Invalid
from tests.kit.handlers.courier.parcel_desk import begin_list, fill_house, number
from tests.kit.handlers.courier.parcels import booked, where_people_scan
from tests.kit.handlers.paper import words_on_paper
from tests.kit.handlers.stock import fill_stock
from tests.kit.handlers.world import operator

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


@pytest.fixture(autouse=True)
def _scanned_by_people(world: World) -> None:
    where_people_scan(world)


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"AB-1\nAB-2\r\n\nAB-1\n", ["AB-1", "AB-2"]),
        (b'\xef\xbb\xbf"AB-1";30.11.2026;10:00\nAB-2\t1\nAB-3,x', ["AB-1", "AB-2", "AB-3"]),
    ],
)
def test_the_file_of_a_scanner_has_a_code_on_each_line(content: bytes, codes: list[str]) -> None:
    assert codes_in(content) == codes


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "scan_file.empty"),
        (b"\n ; \n", "scan_file.empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "scan_file.type"),
        (b"A\0B", "scan_file.type"),
        (b"A" * (256 * 1024 + 1), "scan_file.type"),
        ("\n".join(f"AB-{one}" for one in range(501)).encode(), "scan_file.rows"),
    ],
)
def test_a_file_that_is_none_is_told_in_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        codes_in(content)
    assert caught.value.code == code
    assert sentence_of(caught.value).endswith(".")


@pytest.mark.parametrize("stocked", [True, False])
def test_the_number_of_a_card_is_the_one_that_is_printed_on_it(
    world: World, *, stocked: bool
) -> None:
    if stocked:
        fill_stock(world, "K1", "7900000000000001", 1)
    case = booked(where_people_scan(world))
    [certificate] = [one for one in world.all(Certificate) if one.application_id == case]
    label = world.read(Card, certificate.card_id).serial
    with world.engine.database.connect() as connection:
        printed = finding.card_number(connection, case)
    assert printed == ("7900000000000001" if stocked else label)


def test_a_closed_list_has_its_manifest_once_and_in_the_order_of_the_scans(world: World) -> None:
    fill_house(world, 3)
    listing = begin_list(world)
    for place in (3, 1):
        scan_out(world.engine, listing.id, number(place), operator())
    with world.engine.database.connect() as connection:
        assert find_manifest(connection, listing.id) is None
    close_list(world.engine, listing.id, operator())
    closed = world.clock.now()
    world.clock.advance(minutes=5)
    assert world.run_effects("manifest.draw") == ["manifest.draw"]
    with world.engine.database.connect() as connection:
        manifest = find_manifest(connection, listing.id)
    assert manifest is not None
    assert (manifest.code, manifest.person_id, manifest.created_at) == ("KL.01", None, closed)
    words = words_on_paper(manifest.content)
    assert f"Liste numarası {listing.reference}" in words
    assert f"Kapanış {letters.local_time(closed)}" in words
    assert words.index(number(3)) < words.index(number(1))
    assert number(2) not in words
    world._done.clear()  # noqa: SLF001 - as a worker that died after it
    world.run_effects("manifest.draw")
    assert len(world.all(type(manifest), kind="courier_manifest")) == 1


def test_what_waits_in_the_house_is_told_oldest_first(world: World) -> None:
    fill_house(world, 3)
    listing = begin_list(world)
    for place in (3, 1):
        scan_out(world.engine, listing.id, number(place), operator())
    with world.engine.database.connect() as connection:
        listed = finding.parcels_on(connection, listing.id)
        assert [one.tracking_number for one in listed] == [number(3), number(1)]
        assert finding.count_in_house(connection) == 1
        [waiting] = finding.parcels_in_house(connection)
    assert (waiting.tracking_number, waiting.name, waiting.printed.town, waiting.sent_at) == (
        number(2), "İĞNECİ KİŞİ", "Iğdır", None,
    )  # fmt: skip
