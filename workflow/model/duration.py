"""Spans of calendar time such as ``2 months``, which Python and SQL must read alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar, cast

from dateutil.relativedelta import relativedelta

from workflow.model.clock import ISTANBUL

UNITS: dict[str, tuple[str, int]] = {
    "second": ("seconds", 1),
    "minute": ("seconds", 60),
    "hour": ("seconds", 3600),
    "day": ("days", 1),
    "week": ("days", 7),
    "month": ("months", 1),
    "year": ("months", 12),
}
"""The units of the language: which part of a duration each counts in, and how many of it."""

LONGEST = 1_000_000
"""The greatest amount of a unit: more is a slip of the pen and leaves the calendar."""

_Moment = TypeVar("_Moment", bound=date)


@dataclass(frozen=True, slots=True)
class Duration:
    """A span in calendar months, days and seconds; add it to or take it from a date or datetime.

    Months clamp to the end of the month (30.04 − 2 months = 28.02 or 29.02), and the days of a
    datetime are counted on the wall clock of Istanbul. Beyond the calendar the result stays at
    its last day.
    """

    months: int = 0
    days: int = 0
    seconds: int = 0

    @classmethod
    def of(cls, amount: int, unit: str) -> Duration:
        """Return ``amount`` of a unit, singular or plural; KeyError for an unknown unit."""
        part, factor = UNITS[unit.removesuffix("s")]
        return cls(**{part: amount * factor})

    def __radd__(self, moment: _Moment) -> _Moment:
        return self._moved(moment, 1)

    def __rsub__(self, moment: _Moment) -> _Moment:
        return self._moved(moment, -1)

    def __str__(self) -> str:
        parts = [
            (self.months, "month"),
            (self.days, "day"),
            *_clock_parts(self.seconds),
        ]
        words = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n]
        return " ".join(words) or "0 days"

    @property
    def length(self) -> int:
        """The seconds by which durations are compared: 30 days to a month, as PostgreSQL does."""
        return (self.months * 30 + self.days) * 86_400 + self.seconds

    def _moved(self, moment: _Moment, sign: int) -> _Moment:
        months, days, seconds = (sign * part for part in (self.months, self.days, self.seconds))
        span = relativedelta(months=months, days=days, seconds=seconds)
        try:
            return cast("_Moment", _moved(moment, span))
        except (OverflowError, ValueError):
            end = type(moment).max if sign > 0 else type(moment).min
            return cast("_Moment", end.replace(tzinfo=UTC) if isinstance(end, datetime) else end)


def _moved(moment: date, span: relativedelta) -> date:
    if isinstance(moment, datetime):
        wall = moment.astimezone(ISTANBUL).replace(tzinfo=None)
        return (wall + span).replace(tzinfo=ISTANBUL).astimezone(UTC)
    return moment + span


def _clock_parts(seconds: int) -> list[tuple[int, str]]:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return [(hours, "hour"), (minutes, "minute"), (rest, "second")]
