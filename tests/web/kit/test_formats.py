"""How moments, days, numbers and masked numbers are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from web.kit import formats
from web.kit.wording import method_title

# Half past ten in the evening in UTC is half past one of the next day in Istanbul.
LATE = datetime(2026, 11, 21, 22, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.moment(LATE), "22.11.2026 01:30"),
        (formats.second(LATE), "22.11.2026 01:30:09"),
        (formats.second_of(LATE.isoformat()), "22.11.2026 01:30:09"),
        (formats.utc(LATE), "2026-11-21T22:30:09Z"),
        (formats.day(LATE), "22.11.2026"),
        (formats.day(date(2026, 2, 1)), "01.02.2026"),
        (formats.long_day(LATE), "22 Kasım 2026"),
        (formats.long_day(date(2026, 8, 3)), "3 Ağustos 2026"),
        (formats.moment(datetime(9999, 12, 31, 23, tzinfo=UTC)), "31.12.9999 23:00"),
        (formats.second(datetime(9999, 12, 31, 23, tzinfo=UTC)), "31.12.9999 23:00:00"),
        (formats.day(datetime(9999, 12, 31, 23, tzinfo=UTC)), "31.12.9999"),
        (formats.day(date.max), "31.12.9999"),
        (formats.long_day(date.min), "1 Ocak 0001"),
        (formats.moment(None), "–"),
        (formats.day(None), "–"),
        (formats.long_day(None), "–"),
        (formats.number(48211), "48.211"),
        (formats.number(1234.56), "1.234,56"),
    ],
)
def test_values_are_written_the_turkish_way(written: str, expected: str) -> None:
    assert written == expected


def test_a_filter_loses_only_the_name_taken_out() -> None:
    assert formats.without({"a": ["1"], "b": ["2"]}, "a") == {"b": ["2"]}


def test_a_value_without_words_is_told_as_it_is() -> None:
    assert method_title(None) == "Seçilmedi"
    assert method_title("yeni_yol") == "yeni_yol"
