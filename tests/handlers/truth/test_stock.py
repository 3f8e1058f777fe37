"""What an owner of the database changes in the stock is found by a proof."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.kit.handlers.stock import fill_stock, receive_box
from tests.kit.handlers.world import World, operator
from workflow.journal.conformance import conform

if TYPE_CHECKING:
    from tests.kit.postgres import Database


@pytest.fixture
def filled(world: World) -> World:
    """Give an office with a box of three cards, of which one is made and one is spoilt."""
    person = world.person()
    held = world.card(person, date(2026, 4, 10))
    world.consent(person, held)
    case = world.file(person, "renewal", held.certificate_id)
    world.choose(case, person, "e_onay")
    fill_stock(world, "K1", "100", 3)
    receive_box(world, "K2", "200", 2)
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make")
    with world.engine.database.connect() as connection:
        spoilt = connection.scalar(text("SELECT id FROM chip_card WHERE number = '101'"))
    world.engine.fire(spoilt, "spoil", operator(), reason="damaged")
    return world


def found(world: World) -> set[str]:
    """Return what a proof says of the rows of the stock."""
    differences = conform(world.engine.database, world.engine.library).differences
    samples = [str(sample).partition(": ")[2] for one in differences for sample in one.samples]
    return {sample for sample in samples if sample.startswith(("card_box", "chip_card"))}


def test_a_stock_as_it_was_kept_is_in_order(filled: World) -> None:
    assert found(filled) == set()


_BOX = "card_box name, maker, first_number, quantity, numbers"
_NUMBER = "chip_card number, box_id, position"
_HOLDER = "chip_card card_id, person_id"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE card_box SET name = 'K9' WHERE name = 'K2'", {_BOX}),
        ("UPDATE card_box SET maker = 'BAŞKA' WHERE name = 'K2'", {_BOX}),
        ("UPDATE card_box SET first_number = '201' WHERE name = 'K2'", {_BOX}),
        ("UPDATE card_box SET numbers = '{200}', quantity = 1 WHERE name = 'K2'", {_BOX}),
        ("UPDATE chip_card SET number = '999' WHERE number = '102'", {_NUMBER, "card_box"}),
        ("UPDATE chip_card SET position = 9 WHERE number = '102'", {_NUMBER}),
        (("UPDATE chip_card SET card_id = NULL, person_id = NULL, state = 'spoilt'"
         " WHERE number = '100'"), {_HOLDER}),
        (("UPDATE chip_card SET person_id = (SELECT max(id) FROM person) + 0"
         " WHERE number = '102'"), {_HOLDER}),
        (("UPDATE card SET status = 'destroyed' WHERE id ="
         " (SELECT card_id FROM chip_card WHERE number = '100')"), {"chip_card"}),
    ],
)  # fmt: skip
def test_each_change_of_a_row_is_found(filled: World, change: str, says: set[str]) -> None:
    filled.write(change)
    told = found(filled)
    assert {one for one in says if any(line.startswith(one) for line in told)} == says, told


def test_a_card_that_is_taken_away_is_missed_in_its_box(filled: World, database: Database) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("DELETE FROM chip_card WHERE number = '102'"))
    assert any(line.startswith("card_box") and line.endswith("cards") for line in found(filled))
