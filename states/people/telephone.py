"""Telephone numbers: read as people write them, kept in one writing, told to an SMS provider.

A number is judged by libphonenumber's plan of numbers (ITU-T E.164 and each country's own). Kept is
what has the length that its country's numbers have: ranges are given out faster than a plan is
updated. A message is sent only to what the plan knows as a mobile number.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import Leniency, NumberParseException, PhoneNumberFormat, PhoneNumberType

from states.kit.invalid import Invalid
from states.kit.text import normal

HOME = "TR"
"""The country of a number that names none (ISO 3166-1)."""

_HOME_CODE = phonenumbers.country_code_for_region(HOME)
_HOME_LENGTHS = frozenset({7, 10})
"""Digits of a number that reaches a person in Turkey; the longer ones are of machines."""

_WRITING = re.compile(r"\+?[0-9 ()./-]{7,40}", re.ASCII)
_DASHES = str.maketrans({"\N{EN DASH}": "-", "\N{FIGURE DASH}": "-"})
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def read_number(text: str) -> str:
    """Return a number in the international writing of E.123, such as +90 312 555 12 34; Invalid.

    A number without a country is Turkish. An extension, a second number or a word is refused, since
    none of them can be dialled.
    """
    writing = _as_typed(text)
    number = _parsed(writing) if _WRITING.fullmatch(writing) else None
    if number is None:
        raise Invalid("phone.form")
    return _written(number)


def first_number(text: str) -> str | None:
    """Return the first number within a text as `read_number` writes it, None where there is none.

    An extension is left out.
    """
    words = _as_typed(text)
    for found in phonenumbers.PhoneNumberMatcher(words, HOME, leniency=Leniency.POSSIBLE):
        found.number.extension = None
        if _is_possible(found.number):
            return _written(found.number)
    return None


def same_number(one: str | None, other: str | None) -> bool:
    """Say whether two writings are one number; what is no number is only like itself."""
    return one == other or _key(one or "") == _key(other or "")


def mobile_number(text: str) -> str | None:
    """Return a number that takes messages in the writing of E.164 (+905321112233), else None."""
    number = _parsed(text)
    if number is None or not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) not in _MOBILE:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _as_typed(text: str) -> str:
    return normal(text).translate(_DASHES)


def _key(text: str) -> str:
    number = _parsed(_as_typed(text))
    return text if number is None else _written(number)


def _written(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    """Return what a text says as a number of a possible length, None where it says none."""
    try:
        number = phonenumbers.parse(text, HOME)
    except NumberParseException:
        return None
    return number if _is_possible(number) else None


def _is_possible(number: phonenumbers.PhoneNumber) -> bool:
    digits = phonenumbers.national_significant_number(number)
    if number.country_code == _HOME_CODE and len(digits) not in _HOME_LENGTHS:
        return False
    return phonenumbers.is_possible_number(number)
