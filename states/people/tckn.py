"""The rule of the Turkish identity number (TCKN): eleven digits that check themselves."""

from __future__ import annotations

import re

from states.kit.invalid import Invalid
from states.kit.text import normal

LENGTH = 11
_ELEVEN = re.compile(r"(?<!\d)\d(?:[\s.,/\-\u2010-\u2015]?\d){10}(?!\d)")
"""Eleven digits of any script, written together or with single blanks and strokes between them."""

_DIGITS = frozenset("0123456789")


def parse(text: str) -> str:
    """Return the TCKN as eleven ASCII digits, blanks around it removed, or raise Invalid.

    d10 = (7·(d1+d3+d5+d7+d9) − (d2+d4+d6+d8)) mod 10 and d11 = (d1+…+d10) mod 10, the first is
    not 0; a number of ten equal digits passes the sums and is refused, for it is nobody's.
    Passing is not existing. The error never carries the number.
    """
    number = normal(text)
    if len(number) != LENGTH or not _DIGITS.issuperset(number):
        raise Invalid("tckn.form")
    if number[0] == "0":
        raise Invalid("tckn.leading_zero")
    if len(set(number[:10])) == 1:
        raise Invalid("tckn.repeated")
    if number[9:] != check_digits(number[:9]):
        raise Invalid("tckn.checksum")
    return number


def check_digits(first_nine: str) -> str:
    """Return the last two digits that belong to the first nine."""
    digits = [int(digit) for digit in first_nine]
    tenth = (7 * sum(digits[0::2]) - sum(digits[1::2])) % 10
    eleventh = (sum(digits) + tenth) % 10
    return f"{tenth}{eleventh}"


def masked(number: str) -> str:
    """Return the form for screens, logs and exports: ``123******45``."""
    return f"{number[:3]}******{number[-2:]}"


def mask_all(text: str) -> str:
    """Mask every TCKN in a text, however its digits are grouped; other numbers stay."""
    parts, done, position = [], 0, 0
    while found := _ELEVEN.search(text, position):
        position = found.start() + 1  # the next number may begin within what is none
        number = _number(found[0])
        if number is not None:
            parts += [text[done : found.start()], masked(number)]
            done = position = found.end()
    return "".join((*parts, text[done:]))


def _number(found: str) -> str | None:
    try:
        return parse("".join(str(int(sign)) for sign in found if sign.isdecimal()))
    except Invalid:
        return None
