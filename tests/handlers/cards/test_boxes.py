"""What is typed of a box: a range, a pasted list, and each way to get it wrong."""

from __future__ import annotations

import pytest

from handlers.cards.boxes import (
    NewBox,
    StockLevel,
    numbers_between,
    numbers_listed,
    read_level,
    receive,
)
from handlers.kit.sentences import sentence_of
from states.cases.card_box import CardBox
from states.kit.invalid import Invalid
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.stock import fill_stock, receive_box
from tests.kit.handlers.world import World, operator


def refusal(call: object, *given: str) -> tuple[str, dict[str, object], str]:
    """Return code, parameters and sentence with which numbers are refused."""
    with pytest.raises(Invalid) as caught:
        call(*given)  # type: ignore[operator]  # one of the two readers
    return caught.value.code, dict(caught.value.params), sentence_of(caught.value)


def test_a_range_keeps_its_zeros_and_its_ends() -> None:
    assert numbers_between(" 0098", "0101 ") == ["0098", "0099", "0100", "0101"]
    assert numbers_between("7", "7") == ["7"]
    assert len(numbers_between("1000", "1999")) == 1000


def test_a_list_is_read_as_it_is_pasted() -> None:
    assert numbers_listed("103\n101; 102,\t100\r\n") == ["103", "101", "102", "100"]
    assert len(numbers_listed(" ".join(str(n) for n in range(1000)))) == 1000


@pytest.mark.parametrize(
    ("first", "last", "code", "words"),
    [
        ("10A", "120", "stock.no_number", "“10A” bir kart numarası değil"),
        ("100", "", "stock.no_number", "“” bir kart numarası değil"),
        ("٣", "4", "stock.no_number", "yalnız rakamlardan"),
        ("1" * 31, "2" * 31, "stock.no_number", "en çok 30 hane"),
        ("99", "100", "stock.lengths", "99 ile 100 aynı uzunlukta değil"),
        ("120", "119", "stock.backwards", "Son numara 119, ilk numara 120"),
        ("0000", "1000", "stock.quantity", "1 ile 1000 arasında kart olabilir; burada 1001"),
        ("000000", "099999", "stock.quantity", "burada 100000"),
    ],
)
def test_a_range_that_is_none_is_refused_in_a_sentence(
    first: str, last: str, code: str, words: str
) -> None:
    found, _, told = refusal(numbers_between, first, last)
    assert (found, words in told) == (code, True), told


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", "stock.quantity", "burada 0 var"),
        ("  \n ", "stock.quantity", "burada 0 var"),
        ("100 101 100", "stock.twice", "100 listede birden çok kez geçiyor; yinelenen 1 numara"),
        ("100,abc", "stock.no_number", "“abc” bir kart numarası değil"),
        (" ".join(str(n) for n in range(1001)), "stock.quantity", "burada 1001 var"),
    ],
)
def test_a_list_that_is_none_is_refused_in_a_sentence(text: str, code: str, words: str) -> None:
    found, _, told = refusal(numbers_listed, text)
    assert (found, words in told) == (code, True), told


def test_a_box_is_taken_in_once_and_says_what_is_missing(world: World) -> None:
    box = receive(world.engine, operator(), NewBox(" K1 ", "ÖRNEK", ["100", "101"]))
    kept = world.read(CardBox, box)
    assert (kept.name, kept.maker, kept.numbers, kept.state) == (
        "K1", "ÖRNEK", ["100", "101"], "received",
    )  # fmt: skip
    for wrong, code in (
        (NewBox(" ", "ÖRNEK", ["200"]), "stock.no_name"),
        (NewBox("K" * 61, "ÖRNEK", ["200"]), "stock.no_name"),
        (NewBox("K2", "", ["200"]), "stock.no_maker"),
        (NewBox("K2", "ÖRNEK", []), "stock.quantity"),
        (NewBox("K1", "ÖRNEK", ["200"]), "stock.known_box"),
    ):
        with pytest.raises(Invalid) as caught:
            receive(world.engine, operator(), wrong)
        assert caught.value.code == code
    with denied("stock.overlap", numbers=["101"], cards=1):
        receive(world.engine, operator(), NewBox("K2", "ÖRNEK", ["101", "102"]))
    assert [one.name for one in world.all(CardBox)] == ["K1"]


def test_the_level_counts_blanks_of_counted_boxes_only(world: World) -> None:
    def level() -> StockLevel:
        with world.engine.database.connect() as connection:
            return read_level(connection)

    receive_box(world, "K1", "100", 3)
    assert level() == StockLevel(kept=False, blanks=0)
    assert not level().is_low(100)
    fill_stock(world, "K2", "200", 2)
    assert level() == StockLevel(kept=True, blanks=2)
    assert (level().is_low(3), level().is_low(2)) == (True, False)
