"""The time: the only place that asks the computer what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ISTANBUL = ZoneInfo("Europe/Istanbul")


class Clock(Protocol):
    """Tells the present moment; everything that needs the time is given one of these."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        ...  # pragma: no cover - a protocol has no body


class SystemClock:
    """The computer's own clock, in UTC."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved: for tests, the demo and rehearsals."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment the clock was set to."""
        return self.moment

    def advance(self, **span: float) -> None:
        """Move the clock by ``timedelta(**span)``, for example ``advance(days=1)``."""
        self.moment += timedelta(**span)

    def set(self, moment: datetime) -> None:
        """Set the clock to an aware datetime."""
        self.moment = moment


def day_in_istanbul(moment: datetime) -> date:
    """Return the calendar day of an aware moment in Istanbul, where the law's days are counted."""
    return moment.astimezone(ISTANBUL).date()


def start_of_day(day: date) -> datetime:
    """Return the first instant of a calendar day in Istanbul, as aware UTC."""
    return datetime.combine(day, time.min, ISTANBUL).astimezone(UTC)
