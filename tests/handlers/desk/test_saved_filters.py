"""Filters that are kept under a name: each for himself, few, and no name twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from handlers.desk import saved_filters
from handlers.desk.saved_filters import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    MOST,
    FilterPlace,
    NamedFilter,
    forget,
    save,
    saved,
)
from handlers.people.register import enter_user
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

MINE = FilterPlace(1, "benim")


@pytest.fixture(autouse=True)
def accounts(world: World) -> None:
    """Enter two accounts."""
    with world.engine.database.begin() as connection:
        for name in ("Bir", "İki"):
            enter_user(connection, name, ["officer"], world.clock.now())


def keep(world: World, name: str, place: FilterPlace = MINE, address: str = "tur=first") -> int:
    return save(world.engine.database, place, NamedFilter(name, address), world.clock.now())


def names(world: World, place: FilterPlace = MINE) -> list[str]:
    return [row.name for row in saved(world.engine.database, place)]


def refusal(world: World, name: str, address: str = "tur=first") -> str:
    with pytest.raises(RuleFailed) as caught:
        keep(world, name, address=address)
    return caught.value.verdict.code


def test_filters_are_listed_in_turkish_order(world: World) -> None:
    for name in ("Şubat", "ıslak", "Çok acil", "ilk", " Cuma  işi "):
        keep(world, name)
    assert names(world) == ["Cuma işi", "Çok acil", "ıslak", "ilk", "Şubat"]
    row = saved(world.engine.database, MINE)[0]
    assert row.address == "tur=first"


def test_a_name_is_taken_once_however_it_is_written(world: World) -> None:
    keep(world, "ilk iş")
    assert refusal(world, "İLK  İŞ") == "desk.filter_taken"
    assert names(world) == ["ilk iş"]


def test_another_person_and_another_list_have_names_of_their_own(world: World) -> None:
    for place in (MINE, FilterPlace(2, "benim"), FilterPlace(1, "bos")):
        keep(world, "acil", place)
        assert names(world, place) == ["acil"]


@pytest.mark.parametrize("name", ["", "  ", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_is_none_or_too_long_is_refused(world: World, name: str) -> None:
    assert refusal(world, name) == "desk.filter_name"


@pytest.mark.parametrize("address", ["", "x" * (LONGEST_ADDRESS + 1)])
def test_there_must_be_a_filter_to_keep(world: World, address: str) -> None:
    assert refusal(world, "boş", address) == "desk.filter_empty"


def test_no_more_are_kept_than_one_can_overlook(world: World) -> None:
    for number in range(MOST):
        keep(world, f"filtre {number}")
    assert refusal(world, "bir daha") == "desk.filters_full"
    assert len(names(world)) == MOST
    keep(world, "bir daha", FilterPlace(2, "benim"))


def test_two_forms_at_once_do_not_pass_the_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_filters, "MOST", 1)

    def attempt(name: str) -> bool:
        try:
            return bool(keep(world, name))
        except RuleFailed:
            return False

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(attempt, "abc")) == [False, False, True]


def test_one_deletes_ones_own_and_nobody_elses(world: World) -> None:
    number = keep(world, "acil")
    assert not forget(world.engine.database, 2, number)
    assert names(world) == ["acil"]
    assert forget(world.engine.database, 1, number)
    assert not forget(world.engine.database, 1, number)
    assert names(world) == []
