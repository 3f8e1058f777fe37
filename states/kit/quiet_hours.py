"""The hours in which nobody is rung: the office's own, by the clock of Istanbul."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when; the end belongs to the day again, and midnight may lie between."""

    since: time
    until: time

    def hold(self, at: time) -> bool:
        """Say whether a time of the day lies within."""
        if self.since < self.until:
            return self.since <= at < self.until
        return at >= self.since or at < self.until


def read_hours(value: object) -> QuietHours:
    """Return the hours that a text such as 21:00-08:00 names; ValueError."""
    if isinstance(value, QuietHours):
        return value
    found = _HOURS.fullmatch(str(value))
    if found is None or found[1] + found[2] == found[3] + found[4]:
        raise ValueError("write two times of the day in Istanbul, such as 21:00-08:00")
    hours = [int(part) for part in found.groups()]
    return QuietHours(time(hours[0], hours[1]), time(hours[2], hours[3]))
