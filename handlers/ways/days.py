"""The days that dated policy puts before the end of a certificate: computed here and nowhere else.

Months are calendar months, counted back from the last day and clamped to the end of the month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from workflow.model.clock import day_in_istanbul
from workflow.model.duration import Duration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    Window = Mapping[str, object]


@lru_cache(maxsize=4096)
def opening_day(ends_on: date, produce_from: object) -> date:
    """Return the first day of production for a certificate whose last day is ``ends_on``."""
    if not isinstance(produce_from, Duration):
        message = f"produce_from is {type(produce_from).__name__}, not a duration"
        raise TypeError(message)
    return ends_on - produce_from


@dataclass(frozen=True, slots=True)
class EndDays:
    """What policy puts before one end: each of these days is a first or a last one."""

    first_reminder: date
    apply_from: date
    apply_by: date
    produce_from: date


def before_end(ends_on: date, window: Window) -> EndDays:
    """Return the days before the end of a certificate whose last day is ``ends_on``."""
    return EndDays(
        first_reminder(ends_on, window), apply_from(ends_on, window),
        apply_by(ends_on, window), produce_from(ends_on, window),
    )  # fmt: skip


def apply_from(ends_on: date, window: Window) -> date:
    """Return the day from which on the renewal of a certificate is asked for."""
    return opening_day(ends_on, window["apply_from"])


def apply_by(ends_on: date, window: Window) -> date:
    """Return the last day on which the institution wants the renewal to be applied for."""
    return opening_day(ends_on, window["institution_deadline"])


def produce_from(ends_on: date, window: Window) -> date:
    """Return the first day on which the renewal of a certificate may be made."""
    return opening_day(ends_on, window["produce_from"])


def first_reminder(ends_on: date, window: Window) -> date:
    """Return the day of the first reminder, before which an end is too far away to speak of."""
    ahead = window["remind"]
    days = max(ahead) if isinstance(ahead, tuple) else 0
    return max(ends_on - Duration(days=days), ends_on.min)


def last_whole_day(moment: datetime | None, today: date) -> date | None:
    """Return the last day of which a limit leaves the whole; today where less than one is left.

    A limit is told as a day: who is told "31 March" has until the end of it.
    """
    if moment is None:
        return None
    return max(day_in_istanbul(moment + timedelta(seconds=1)) - timedelta(days=1), today)
