"""Reading a day that a person typed."""

from __future__ import annotations

import re
from datetime import date

from states.kit.invalid import Invalid
from states.kit.text import normal

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside are no days of this house: ``31.12.9999`` is how other programs write "no end"."""

_TURKISH = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})", re.ASCII)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)


def parse_day(text: str) -> date:
    """Return the day of ``22.11.2026``, ``22/11/2026`` or ``2026-11-22``, or raise Invalid."""
    typed = normal(text)
    found = _TURKISH.fullmatch(typed) or _ISO.fullmatch(typed)
    if found is None:
        raise Invalid("date.form")
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError as error:
        raise Invalid("date.absent", text=typed) from error
    if not FIRST <= day <= LAST:
        raise Invalid("date.far", text=typed)
    return day
