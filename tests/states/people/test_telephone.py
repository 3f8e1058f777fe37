"""Telephone numbers: however they are written, kept in one writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.kit.invalid import Invalid
from states.people.telephone import first_number, mobile_number, read_number, same_number


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0312 555 12 34", "+90 312 555 12 34"),
        ("0312.555.12.34", "+90 312 555 12 34"),
        ("(0312) 555-12-34", "+90 312 555 12 34"),
        ("312/555 12 34", "+90 312 555 12 34"),
        ("0312\N{EN DASH}555\N{FIGURE DASH}1234", "+90 312 555 12 34"),
        (" 5321112233 ", "+90 532 111 22 33"),
        ("905321112233", "+90 532 111 22 33"),
        ("0090 532 111 22 33", "+90 532 111 22 33"),
        ("444 0 123", "+90 4440123"),
        ("+49 30 1234567", "+49 30 1234567"),
        ("+90 000 000 0001", "+90 0000000001"),
    ],
)
def test_a_number_is_kept_in_its_international_writing(written: str, kept: str) -> None:
    assert read_number(written) == kept
    assert read_number(kept) == kept
    assert same_number(written, kept)


@pytest.mark.parametrize(
    "written",
    [
        "", "+", "12", "155", "1234567890123456", "0532 111 22 334", "+999 123 456 78", "yok",
        "0312 555 12 34 dahili 12", "0312 555 12 34 ext. 7", "0532 111 22 33;ext=7",
        "0532 111 22 33, 0312 555 12 34", "0800 FLOWERS", "tel:+905321112233",
        "0532\r\n1112233x", "٠٥٣٢١١١٢٢٣٣", "+" * 8, "0" * 41,
    ],
)  # fmt: skip
def test_what_can_not_be_dialled_is_refused(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_number(written)
    assert refused.value.code == "phone.form"


@given(st.text(max_size=60) | st.text(alphabet="+0123456789 ()./-\n", min_size=7, max_size=20))
def test_any_text_is_a_number_or_refused_and_a_number_is_read_again(text: str) -> None:
    try:
        kept = read_number(text)
    except Invalid:
        return
    assert kept.startswith("+")
    assert same_number(kept, text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("0532 111 22 33 / 0312 555 12 34", "+90 532 111 22 33"),
        ("Tel: 0312.555.12.34 (iş)", "+90 312 555 12 34"),
        ("0312 555 12 34 ext. 7", "+90 312 555 12 34"),
        ("0532 111 22 334", None),
        ("10000000146", None),
        ("yok", None),
    ],
)
def test_the_first_number_within_a_text_is_found(text: str, first: str | None) -> None:
    assert first_number(text) == first


def test_what_is_no_number_is_only_like_itself() -> None:
    assert same_number("12", "12")
    assert same_number(None, "")
    assert not same_number("12", "13")
    assert not same_number("0312 555 12 34", "0312 555 12 35")
    assert not same_number("0312 555 12 34", None)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("+90 532 111 22 33", "+905321112233"),
        ("+1 650 253 0000", "+16502530000"),
        ("+90 312 555 12 34", None),
        ("+90 0000000001", None),
        ("+90 4440123", None),
        ("yok", None),
    ],
)
def test_a_message_goes_to_a_number_that_takes_one(kept: str, told: str | None) -> None:
    assert mobile_number(kept) == told
