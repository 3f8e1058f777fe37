"""Owns reading a day that a person typed."""

from __future__ import annotations

import re
from datetime import date

from states.invalid import Invalid

_TURKISH = re.compile(r"(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})", re.ASCII)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)


def parse_day(text: str) -> date:
    """Return the day of ``22.11.2026``, ``22/11/2026`` or ``2026-11-22``, or raise Invalid."""
    found = _TURKISH.fullmatch(text.strip()) or _ISO.fullmatch(text.strip())
    if found is None:
        raise Invalid("date.form", "Tarihi gün.ay.yıl olarak yazınız; örnek: 22.11.2026.")
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError as error:
        raise Invalid(
            "date.absent",
            f"Takvimde {text.strip()} diye bir gün yok; tarihi denetleyiniz.",
            text=text.strip(),
        ) from error
