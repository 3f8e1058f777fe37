"""How moments, days, numbers and masked identity numbers are written for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from states.people.tckn import mask_all
from web.gate.language import language
from workflow.model.clock import ISTANBUL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask import Flask

NOTHING = "–"

DAY = {"tr": "dd.MM.yyyy", "en": "d MMM yyyy"}
"""How a day is written; the English one names the month, which no reader takes for the day."""

GROUP = 3
"""Digits of a verification code that are read aloud together."""


def moment(value: datetime | None) -> str:
    """Write a moment in Istanbul to the minute: ``22.11.2026 17:05``, ``22 Nov 2026 17:05``."""
    return _moment(value, "HH:mm")


def second(value: datetime | None) -> str:
    """Write a moment in Istanbul to the second: ``22.11.2026 17:05:09``."""
    return _moment(value, "HH:mm:ss")


def second_of(value: str) -> str:
    """Write a moment that is kept as ISO 8601 with its offset, in Istanbul to the second."""
    return second(datetime.fromisoformat(value))


def _moment(value: datetime | None, clock: str) -> str:
    if value is None:
        return NOTHING
    pattern = f"{DAY[language()]} {clock}"
    return format_datetime(in_istanbul(value), pattern, tzinfo=ISTANBUL, locale=language())


def utc(value: datetime) -> str:
    """Write a moment in UTC to the second, as machines and exports want it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: date | datetime | None) -> str:
    """Write a calendar day: ``22.11.2026``, ``22 Nov 2026``; of a moment its day in Istanbul."""
    return NOTHING if value is None else _written(value, DAY[language()])


def long_day(value: date | datetime | None) -> str:
    """Write a calendar day with the name of the month: ``22 Kasım 2026``, ``22 November 2026``."""
    return NOTHING if value is None else _written(value, "d MMMM yyyy")


def _written(value: date | datetime, pattern: str) -> str:
    return format_date(_day(value), pattern, locale=language())


def _day(value: date | datetime) -> date:
    return in_istanbul(value).date() if isinstance(value, datetime) else value


def in_istanbul(value: datetime) -> datetime:
    """Return a moment in Istanbul; at either end of time it stays what it is there.

    ``infinity`` of other systems reaches us as a day in 9999, whose evening has no Istanbul.
    """
    try:
        return value.astimezone(ISTANBUL)
    except OverflowError:
        return value.replace(tzinfo=ISTANBUL)


def number(value: float) -> str:
    """Write a number: ``1.234,56`` in Turkish, ``1,234.56`` in English."""
    return str(format_decimal(value, locale=language()))


def without(query: Mapping[str, list[str]], name: str) -> dict[str, list[str]]:
    """Return the filter of a list with one name taken out, for the chip that removes it."""
    return {key: values for key, values in query.items() if key != name}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: its id, its label and what is wrong."""

    target: str
    label: str
    text: str


def field_errors(form: Iterable[Any]) -> list[FieldError]:
    """Return the wrong fields of a form in their order, those of nested forms included."""
    found: list[FieldError] = []
    for field in form:
        parts = getattr(field, "entries", None) or getattr(field, "form", None)
        if parts is not None:
            found += field_errors(parts)
        elif field.errors:
            errors = " ".join(map(str, field.errors))
            found.append(FieldError(_target(field), str(field.label.text), errors))
    return found


def _target(field: Any) -> str:  # noqa: ANN401 - the library carries no types
    """Return where to jump: a group of choices is reached by its first one."""
    choice = getattr(field, "option_widget", None)
    return f"{field.id}-0" if hasattr(choice, "input_type") else str(field.id)


FILTERS = {
    "moment": moment,
    "second": second,
    "second_of": second_of,
    "utc": utc,
    "day": day,
    "long_day": long_day,
    "number": number,
    "mask_tckn": mask_all,
    "without": without,
    "field_errors": field_errors,
}


def add_filters(app: Flask) -> None:
    """Give the formats to the templates."""
    app.jinja_env.filters.update(FILTERS)


def grouped(digits: str) -> str:
    """Write the digits in groups that can be read aloud: ``123 456 789 012 345``."""
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))
