"""Durations: what a unit counts, how months clamp, and where the calendar ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from workflow.model.duration import LONGEST, UNITS, Duration

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "unit", "months", "days", "seconds"),
    [
        (1, "second", 0, 0, 1),
        (90, "seconds", 0, 0, 90),
        (1, "minute", 0, 0, 60),
        (2, "hours", 0, 0, 7_200),
        (1, "day", 0, 1, 0),
        (2, "weeks", 0, 14, 0),
        (1, "month", 1, 0, 0),
        (3, "years", 36, 0, 0),
        (0, "days", 0, 0, 0),
    ],
)
def test_each_unit_counts_in_its_part(
    amount: int, unit: str, months: int, days: int, seconds: int
) -> None:
    assert Duration.of(amount, unit) == Duration(months, days, seconds)


@pytest.mark.parametrize("unit", ["", "s", "decade", "Day", "dayss"])
def test_there_is_no_other_unit(unit: str) -> None:
    with pytest.raises(KeyError):
        Duration.of(1, unit)
    assert set(UNITS) == {"second", "minute", "hour", "day", "week", "month", "year"}


@pytest.mark.parametrize(
    ("day", "months", "later", "earlier"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28), date(2025, 12, 31)),
        (date(2024, 1, 31), 1, date(2024, 2, 29), date(2023, 12, 31)),
        (date(2026, 4, 30), 2, date(2026, 6, 30), date(2026, 2, 28)),
        (date(2024, 4, 30), 2, date(2024, 6, 30), date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28), date(2023, 2, 28)),
        (date(2026, 5, 15), 2, date(2026, 7, 15), date(2026, 3, 15)),
    ],
)
def test_months_clamp_to_the_end_of_the_month(
    day: date, months: int, later: date, earlier: date
) -> None:
    assert day + Duration(months) == later
    assert day - Duration(months) == earlier


def test_months_are_counted_before_days() -> None:
    assert date(2026, 1, 31) + Duration(1, 1) == date(2026, 3, 1)
    assert date(2026, 3, 31) - Duration(1, 1) == date(2026, 2, 27)


@pytest.mark.parametrize(
    ("moment", "span", "later"),
    [
        # Of a moment before three in the morning in Istanbul, UTC is still in the day before.
        (datetime(2026, 1, 30, 22, 0, tzinfo=UTC), Duration(1), (2026, 2, 27, 22)),
        (datetime(2026, 1, 31, 22, 0, tzinfo=UTC), Duration(1), (2026, 2, 28, 22)),
        # The clocks of Istanbul went an hour ahead on 29.03.2015; a day is one of the wall clock.
        (datetime(2015, 3, 28, 10, 0, tzinfo=UTC), Duration(0, 1), (2015, 3, 29, 9)),
        (datetime(2015, 11, 7, 9, 0, tzinfo=UTC), Duration(0, 1), (2015, 11, 8, 10)),
        (NOON, Duration(0, 0, 3_600), (2026, 3, 2, 10)),
    ],
)
def test_the_days_of_a_moment_are_those_of_the_wall_clock_of_istanbul(
    moment: datetime, span: Duration, later: tuple[int, int, int, int]
) -> None:
    moved = moment + span
    assert moved == datetime(*later, tzinfo=UTC)
    assert moved.tzinfo is UTC


def test_seconds_keep_the_fractions_of_a_moment() -> None:
    exact = NOON + timedelta(microseconds=7)
    assert exact + Duration(0, 0, 1) == NOON + timedelta(seconds=1, microseconds=7)


@pytest.mark.parametrize("span", [Duration(12 * 8_000), Duration(0, LONGEST * 7), Duration(10**9)])
def test_beyond_the_calendar_the_last_day_stays(span: Duration) -> None:
    assert date(2026, 3, 2) + span == date.max
    assert date(2026, 3, 2) - span == date.min
    assert NOON + span == datetime.max.replace(tzinfo=UTC)
    assert NOON - span == datetime.min.replace(tzinfo=UTC)
    assert (NOON + span).tzinfo is UTC


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Duration(), "0 days"),
        (Duration(1), "1 month"),
        (Duration(24), "24 months"),
        (Duration(0, 1), "1 day"),
        (Duration(2, 3), "2 months 3 days"),
        (Duration(0, 0, 1), "1 second"),
        (Duration(0, 0, 59), "59 seconds"),
        (Duration(0, 0, 60), "1 minute"),
        (Duration(0, 0, 3_600), "1 hour"),
        (Duration(0, 0, 3_661), "1 hour 1 minute 1 second"),
        (Duration(0, 1, 7_320), "1 day 2 hours 2 minutes"),
        (Duration(0, 0, 90_000), "25 hours"),
    ],
)
def test_a_span_is_written_in_its_largest_parts(span: Duration, text: str) -> None:
    assert str(span) == text


def test_spans_are_compared_as_postgresql_does() -> None:
    assert Duration(1).length == Duration(0, 30).length == 30 * 86_400
    assert Duration(12).length == 360 * 86_400
    assert Duration(0, 1).length == Duration(0, 0, 86_400).length
    assert Duration(1, 2, 3).length == 32 * 86_400 + 3
    assert Duration(0, 30) != Duration(1)
