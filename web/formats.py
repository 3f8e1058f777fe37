"""Owns how moments, days, numbers and masked identity numbers are written for people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from workflow.clock import ISTANBUL

if TYPE_CHECKING:
    from flask import Flask

LOCALE = "tr"
NOTHING = "–"


def moment(value: datetime | None) -> str:
    """Write a moment in Istanbul to the minute: ``22.11.2026 17:05``."""
    return _moment(value, "dd.MM.yyyy HH:mm")


def second(value: datetime | None) -> str:
    """Write a moment in Istanbul to the second: ``22.11.2026 17:05:09``."""
    return _moment(value, "dd.MM.yyyy HH:mm:ss")


def _moment(value: datetime | None, pattern: str) -> str:
    if value is None:
        return NOTHING
    return format_datetime(value.astimezone(ISTANBUL), pattern, tzinfo=ISTANBUL, locale=LOCALE)


def utc(value: datetime) -> str:
    """Write a moment in UTC to the second, as machines and exports want it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: date | datetime | None) -> str:
    """Write a calendar day: ``22.11.2026``; a moment becomes its day in Istanbul."""
    return NOTHING if value is None else format_date(_day(value), "dd.MM.yyyy", locale=LOCALE)


def long_day(value: date | datetime | None) -> str:
    """Write a calendar day with the name of the month: ``22 Kasım 2026``."""
    return NOTHING if value is None else format_date(_day(value), "d MMMM yyyy", locale=LOCALE)


def _day(value: date | datetime) -> date:
    return value.astimezone(ISTANBUL).date() if isinstance(value, datetime) else value


def number(value: float) -> str:
    """Write a number the Turkish way: ``1.234,56``."""
    return str(format_decimal(value, locale=LOCALE))


def percent(share: float) -> str:
    """Write a share the Turkish way: ``%42``."""
    return str(format_percent(share, locale=LOCALE))


def masked(identity: str | None) -> str:
    """Write a TCKN so that it can be recognised but not read: ``123******45``."""
    return NOTHING if not identity else f"{identity[:3]}******{identity[-2:]}"


FILTERS = {
    "moment": moment,
    "second": second,
    "utc": utc,
    "day": day,
    "long_day": long_day,
    "number": number,
    "percent": percent,
    "masked": masked,
}


def add_filters(app: Flask) -> None:
    """Give the formats to the templates."""
    app.jinja_env.filters.update(FILTERS)
