"""The identity number: what passes, what does not, and that an error never repeats it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.kit.invalid import Invalid
from states.people.tckn import check_digits, mask_all, masked, parse

NINE = st.integers(min_value=100_000_000, max_value=999_999_999).map(str)


def refusal(text: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        parse(text)
    return caught.value


def test_the_known_test_number_passes_with_blanks_around_it() -> None:
    assert parse(" 10000000146\n") == "10000000146"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12345678901", "tckn.checksum"),
        ("10000000147", "tckn.checksum"),
        ("10000000156", "tckn.checksum"),
        ("11111111110", "tckn.repeated"),
        ("22222222220", "tckn.repeated"),
        ("01234567890", "tckn.leading_zero"),
        ("1000000014", "tckn.form"),
        ("100000001461", "tckn.form"),
        ("1000000014a", "tckn.form"),
        ("100 0000146", "tckn.form"),
        ("", "tckn.form"),
        ("١٠٠٠٠٠٠٠١٤٦", "tckn.form"),
    ],
)
def test_a_number_that_can_not_be_one_is_refused_with_its_own_code(text: str, code: str) -> None:
    refused = refusal(text)
    assert (refused.code, refused.params) == (code, {})


@given(NINE.filter(lambda nine: len(set(nine)) > 1))
def test_nine_digits_and_their_check_digits_make_a_number(nine: str) -> None:
    number = nine + check_digits(nine)
    assert parse(number) == number


@given(NINE, st.integers(0, 10), st.integers(1, 9))
def test_one_changed_digit_is_always_noticed(nine: str, place: int, change: int) -> None:
    number = nine + check_digits(nine)
    other = (int(number[place]) + change) % 10
    refused = refusal(f"{number[:place]}{other}{number[place + 1 :]}")
    assert refused.code in {"tckn.checksum", "tckn.leading_zero", "tckn.repeated"}


@given(st.text(max_size=14))
def test_no_text_makes_the_parser_fail_otherwise(text: str) -> None:
    known = parse("10000000146")
    assert refusal(f"{text}{known}x").code == "tckn.form"


def test_an_error_does_not_repeat_the_number() -> None:
    refused = refusal("12345678901")
    assert "12345678901" not in f"{refused} {refused.params} {refused!r}"


def test_the_mask_shows_three_digits_and_two() -> None:
    assert masked("12345678945") == "123******45"


@given(st.integers(100_000_000, 999_999_999), st.text(alphabet="aıİ .,", max_size=5))
def test_a_tckn_in_a_text_is_always_masked(nine: int, around: str) -> None:
    number = f"{nine}{check_digits(str(nine))}"
    if len(set(number[:10])) == 1:
        return
    written = mask_all(f"{around}{number}{around}")
    assert written == f"{around}{number[:3]}******{number[-2:]}{around}"


@pytest.mark.parametrize("number", ["12345678901", "100000001461", "1000000014", "5070"])
def test_other_numbers_stay_as_they_are(number: str) -> None:
    assert mask_all(f"no {number}.") == f"no {number}."


@pytest.mark.parametrize(
    "typed",
    [
        "100 000 001 46", "100.000.001-46", "1 0 0 0 0 0 0 0 1 4 6", "10000 000146",
        "１００００００0146", "١٠٠٠٠٠٠٠١٤٦", "100\u00a0000\n00146", "TC:10000000146x",
    ],
)  # fmt: skip
def test_a_number_is_masked_however_its_digits_are_grouped(typed: str) -> None:
    written = mask_all(f"5 {typed}, 7.")
    assert "100******46" in written
    assert written.startswith("5 ")
    assert written.endswith(", 7.")
    assert "0146" not in written.replace(" ", "")


@pytest.mark.parametrize("text", ["0532 123 45 67 8", "2026-11-30 071", "100  00000146"])
def test_days_phones_and_gaps_are_no_number(text: str) -> None:
    assert mask_all(text) == text
