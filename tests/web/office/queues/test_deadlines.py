"""Whatever waits for the office has a day by which somebody sees to it, and its list says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from handlers.kit.roles import HOUSE
from states.cases.application import ENDING_STATES, OFFICE_STATES
from states.cases.chip_card import ChipCard
from tests.kit.handlers.stock import fill_stock, receive_box
from tests.kit.handlers.world import operator as operator_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor
    from workflow.model.definition import Definition, State

    Many = Callable[..., list[int]]

FIFTH = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


WAITS_FOR_NOBODY = frozenset({
    "box.open", "card.in_stock", "card.reserved", "card.made", "card.enveloped",
    "card.handed_over", "card.returned", "parcel.booked", "parcel.handed_over",
})  # fmt: skip
"""A box and a card lie in the stock; else they go along with an application, which has the day."""


def waits_for_office(definition: Definition) -> Iterator[State]:
    """Yield the states in which it is the turn of somebody of the house."""
    return (one for one in definition.states.values() if not one.final and one.next in HOUSE)


def test_no_state_waits_for_the_office_without_a_day(world: World) -> None:
    found = {
        f"{name}.{state.name}"
        for name, definition in world.engine.library.current.items()
        for state in waits_for_office(definition)
        if not state.due
    }
    assert found == WAITS_FOR_NOBODY


def test_the_lists_know_the_day_or_the_case_moves_by_itself_to_where_they_do(
    world: World,
) -> None:
    definition = world.engine.library.workflow("application")
    known = {*OFFICE_STATES, *ENDING_STATES, "queued"}
    left = {
        state.name
        for state in waits_for_office(definition)
        if state.name not in known
        if known.isdisjoint(definition.transitions[name].target for name in state.then)
    }
    assert left == set()


@pytest.mark.parametrize("state", OFFICE_STATES)
def test_the_list_of_a_state_says_the_day(
    world: World, many: Many, officer: Visitor, operator: Visitor, state: str
) -> None:
    many(1, state)
    world.write("UPDATE application SET due_at = :due", due=FIFTH)
    next_role = world.engine.library.workflow("application").states[state].next
    page = (operator if next_role == "operator" else officer).get(f"/sira/{state}")
    assert "05.03.2026" in page.text


def test_a_box_and_a_card_of_the_stock_say_theirs(world: World, operator: Visitor) -> None:
    receive_box(world, "K1", "100", 2)  # three days
    fill_stock(world, "K2", "200", 1)
    (card,) = world.all(ChipCard)
    world.engine.fire(card.id, "spoil", operator_of(), reason="damaged")  # ten
    page = operator.get("/ofis/stok")
    assert [page.text.count(day) for day in ("05.03.2026", "12.03.2026")] == [1, 1]
