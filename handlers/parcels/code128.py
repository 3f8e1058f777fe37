"""Code 128 (ISO/IEC 15417) of a tracking number, as widths of bars and as a drawing.

Letters stand in code set B, runs of digits in code set C, which takes two of them in one sign.
"""

from __future__ import annotations

import re
from itertools import accumulate

QUIET = 10
"""Modules without a bar that a reader needs on either side (4.2)."""

HEIGHT = 40
"""Height of the drawing in modules; a page stretches it to what its place has."""

_PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
)
"""Bar, space, bar, … of each sign by its value (table 1); the last one is the stop."""

_WIDTHS = tuple(_PATTERNS.split())

_TO_C, _TO_B, _START_B, _START_C, _STOP = 99, 100, 104, 105, 106
_CHECKED_BY = 103
_FIRST = " "

_PIECE = re.compile(r"^(?:[0-9]{2}){2,}|(?:[0-9]{2}){3,}|(?:[0-9]{2}){2,}$|.", re.ASCII)
"""What goes into one run: digits where changing the code set pays (annex E), or one sign."""


def values(text: str) -> list[int]:
    """Return the signs of a text: start, data, check and stop.

    Raises ValueError for an empty text and for what is no printable ASCII.
    """
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("Code 128 of the house writes printable ASCII")
    found: list[int] = []
    in_digits = False
    for piece in _PIECE.findall(text):
        digits = len(piece) > 1
        if not found:
            found.append(_START_C if digits else _START_B)
        elif digits is not in_digits:
            found.append(_TO_C if digits else _TO_B)
        in_digits = digits
        found += _pairs(piece) if digits else [ord(piece) - ord(_FIRST)]
    weighted = found[0] + sum(place * value for place, value in enumerate(found[1:], start=1))
    return [*found, weighted % _CHECKED_BY, _STOP]


def _pairs(digits: str) -> list[int]:
    return [int(digits[place : place + 2]) for place in range(0, len(digits), 2)]


def widths(text: str) -> list[int]:
    """Return how many modules each bar and each space takes, beginning and ending with a bar."""
    return [int(width) for value in values(text) for width in _WIDTHS[value]]


def modules(text: str) -> int:
    """Return how many modules the drawing is wide, with its quiet zones."""
    return sum(widths(text)) + 2 * QUIET


def draw_code128(text: str) -> str:
    """Return the bars as SVG: one module is one unit, with the quiet zones."""
    measured = widths(text)
    starts = [QUIET, *(QUIET + end for end in accumulate(measured))]
    bars = "".join(
        f"M{start} 0h{width}v{HEIGHT}h-{width}z"
        for start, width in zip(starts[::2], measured[::2], strict=True)
    )
    total = starts[-1] + QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {HEIGHT}" width="{total}" '
        f'height="{HEIGHT}"><path d="{bars}"/></svg>'
    )
