"""Days as people type them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.kit.dates import FIRST, LAST, parse_day
from states.kit.invalid import Invalid

if TYPE_CHECKING:
    from datetime import date


@given(st.dates(FIRST, LAST))
def test_a_day_is_read_in_each_of_its_forms(day: date) -> None:
    assert parse_day(f"{day:%d.%m.%Y}") == day
    assert parse_day(f" {day.day}/{day.month}/{day:%Y} ") == day
    assert parse_day(day.isoformat()) == day


@pytest.mark.parametrize(
    "typed", ["31.02.2026", "2026-02-30", "29.02.2025", "0.1.2026", "1.13.2026"]
)
def test_a_day_that_is_not_in_the_calendar_is_named(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_day(typed)
    assert (caught.value.code, caught.value.params) == ("date.absent", {"text": typed})


@pytest.mark.parametrize("typed", ["", "yarın", "2026", "11/22/26", "2026.11.22", "١.١.٢٠٢٦"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_day(typed)
    assert (caught.value.code, caught.value.params) == ("date.form", {})


@pytest.mark.parametrize("typed", ["31.12.9999", "1.1.2200", "31.12.1899", "0001-01-01"])
def test_a_day_that_no_calendar_of_the_house_needs_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_day(typed)
    assert refused.value.code == "date.far"
