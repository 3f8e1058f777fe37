"""Filling the texts of messages: fields, written as days or moments, in a sandbox.

What a text may say is told by `handlers.papers.letters.grammar`.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from handlers.papers.letters import local_time, long_date, short_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2 import Template

TURKISH, ENGLISH = "tr", "en"

ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def fill(text: str, language: str, values: Mapping[str, object]) -> str:
    """Return a text with its fields filled in; a field that is empty shows nothing."""
    return _template(text, language).render(values)


def english_date(day: date) -> str:
    """Return a day as people write it in English: ``22 November 2026``."""
    return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"


def _of(kind: type[date], write: Callable[..., str]) -> Callable[[object], str]:
    """Return a filter that writes values of its kind, and any other one as it is."""

    def written(value: object) -> str:
        if isinstance(value, kind):
            return write(value)
        return "" if value is None else str(value)

    return written


def _environment(language: str) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # text/plain, never HTML
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,
    )
    made.filters = {
        "long_date": _of(date, english_date if language == ENGLISH else long_date),
        "short_date": _of(date, short_date),
        "local_time": _of(datetime, local_time),
    }
    return made


ENVIRONMENTS: Mapping[str, ImmutableSandboxedEnvironment] = {
    language: _environment(language) for language in (TURKISH, ENGLISH)
}
"""What fills a text, by its language."""

FILTERS = frozenset(ENVIRONMENTS[TURKISH].filters)
"""How a field can be written."""


@lru_cache(maxsize=1024)
def _template(text: str, language: str) -> Template:
    return ENVIRONMENTS[language].from_string(text)
