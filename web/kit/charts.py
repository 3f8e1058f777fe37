"""The drawing of charts: SVG made on the server, by presentation attributes only.

A chart shows what a table beside it says; to a screen reader it is a picture with a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING

from markupsafe import Markup

from web.kit.formats import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH = 720
"""The width of a chart in its own units; the page scales it."""

_INK, _LINE, _BAR = "#1b2a30", "#cdd8dc", "#0b4f5c"
_SHADES = ("#0b4f5c", "#4f8f9c", "#d9b44a", "#a3162a")
"""The parts of a bar, from young to old; the table says the same without colour."""

_LEFT, _TOP, _PLOT, _FOOT = 56, 14, 150, 26
_ROW, _THICK, _NAMES = 30, 18, 230
_LABELS = 6
"""How many days are written under a chart."""


@dataclass(frozen=True, slots=True)
class Column:
    """One day of a chart over time."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart of parts; the parts stand in the order of the legend."""

    label: str
    parts: tuple[int, ...]


def columns(columns_: Sequence[Column], sentence: str) -> Markup:
    """Draw one column for each day, with the greatest value and some days written."""
    top = max((column.value for column in columns_), default=0) or 1
    return _svg(_TOP + _PLOT + _FOOT, sentence, [*_frame(top), *_columns(columns_, top)])


def _frame(top: int) -> Iterator[str]:
    for value, y in ((top, _TOP), (0, _TOP + _PLOT)):
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{WIDTH}" y2="{y}" stroke="{_LINE}"/>'
        yield _text(_LEFT - 8, y + 4, number(value), anchor="end")


def _columns(columns_: Sequence[Column], top: int) -> Iterator[str]:
    step = (WIDTH - _LEFT) / max(len(columns_), 1)
    every = max(1, -(-len(columns_) // _LABELS))
    for place, column in enumerate(columns_):
        x = _LEFT + place * step
        height = max(column.value / top * _PLOT, 1.5 if column.value else 0)
        yield (
            f'<rect x="{x + step * 0.1:.1f}" y="{_TOP + _PLOT - height:.1f}"'
            f' width="{step * 0.8:.1f}" height="{height:.1f}" fill="{_BAR}"/>'
        )
        if place % every == 0:
            yield _text(x, _TOP + _PLOT + 18, column.label)


def bars(lines: Sequence[Bar], legend: Sequence[str], sentence: str) -> Markup:
    """Draw one bar for each line, cut into its parts, its sum behind it, and a legend above."""
    widest = max((sum(line.parts) for line in lines), default=0) or 1
    inside = list(_legend(legend))
    for place, line in enumerate(lines):
        inside += _bar(line, _ROW * (place + 1), (WIDTH - _NAMES - 70) / widest)
    return _svg(_ROW * (len(lines) + 1), sentence, inside)


def _legend(legend: Sequence[str]) -> Iterator[str]:
    for place, (name, shade) in enumerate(zip(legend, _SHADES, strict=False)):
        x = _NAMES + place * 120
        yield f'<rect x="{x}" y="6" width="14" height="14" fill="{shade}"/>'
        yield _text(x + 20, 18, name)


def _bar(line: Bar, y: int, scale: float) -> Iterator[str]:
    yield _text(_NAMES - 10, y + 15, line.label, anchor="end")
    ends = list(accumulate(line.parts, initial=0))
    for shade, begin, end in zip(_SHADES, ends, ends[1:], strict=False):
        if end > begin:
            yield (
                f'<rect x="{_NAMES + begin * scale:.1f}" y="{y}" height="{_THICK}"'
                f' width="{max((end - begin) * scale, 1):.1f}" fill="{shade}"/>'
            )
    yield _text(_NAMES + ends[-1] * scale + 8, y + 15, number(ends[-1]))


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="13"'
        f' fill="{_INK}">{escape(words)}</text>'
    )


def _svg(height: int, sentence: str, inside: Iterable[str]) -> Markup:
    drawn = "".join(inside)
    return Markup(  # noqa: S704 - numbers of ours, and words that are escaped above
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="100%"'
        f' role="img" aria-label="{escape(sentence)}" font-family="inherit">{drawn}</svg>'
    )
