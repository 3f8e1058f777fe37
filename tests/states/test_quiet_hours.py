"""Quiet hours: two times of the day, with midnight between them or not."""

from __future__ import annotations

from datetime import time

import pytest

from states.kit.quiet_hours import read_hours


@pytest.mark.parametrize(
    ("hours", "within", "without"),
    [
        ("21:00-08:00", ["21:00", "23:59", "00:00", "07:59"], ["08:00", "20:59"]),
        ("12:30-13:15", ["12:30", "13:14"], ["12:29", "13:15", "00:00"]),
    ],
)
def test_the_end_belongs_to_the_day(hours: str, within: list[str], without: list[str]) -> None:
    quiet = read_hours(hours)
    assert [quiet.hold(time.fromisoformat(at)) for at in within] == [True] * len(within)
    assert [quiet.hold(time.fromisoformat(at)) for at in without] == [False] * len(without)
    assert read_hours(quiet) == quiet


@pytest.mark.parametrize("text", ["", "21-08", "21:00-21:00", "24:00-08:00", "21:60-08:00", "x"])
def test_what_is_no_pair_of_times_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="21:00-08:00"):
        read_hours(text)
