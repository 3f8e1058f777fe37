"""The drawing of a workflow: an accessible SVG with the present state and the way taken."""

from __future__ import annotations

import textwrap
from html import escape
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from workflow.model.machine import NEW
from workflow.present.layout import layout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflow.model.definition import Definition, State, Text
    from workflow.present.layout import Layout

COLUMN, ROW = 180, 112
"""The distance in pixels between boxes of one row, and between rows."""

WIDTH, HEIGHT = 158, 50
"""The size of a box in pixels."""

NO_NOTES: Mapping[str, str] = MappingProxyType({})

_LINE = 20
_HERE = ' aria-current="step"'
_INK, _FAINT, _TAKEN = "#1b2733", "#6b7785", "#0b5394"

_WORDS = {
    "tr": ("{title} süreci", "Şu andaki durum: {}.", "Geçilen yol: {}.", "Başlangıç", "şu anda"),
    "en": ("The workflow {title}", "Present state: {}.", "Way taken: {}.", "Start", "now"),
}


def diagram(
    definition: Definition,
    *,
    present: str | None = None,
    taken: Sequence[tuple[str, str]] = (),
    notes: Mapping[str, str] = NO_NOTES,
    language: str = "tr",
) -> str:
    """Return the workflow as an SVG element, the same text for the same arguments.

    ``present`` is the state a case stands in; ``taken`` the (source, target) pairs it has gone,
    in order, ``new`` being the first source. The present state has a thick double frame and the
    word "şu anda"; states passed have a tick and lines gone are thick, the others thin. ``notes``
    are short words under the boxes of some states (how long a case stood there). Only presentation
    attributes are used, so that a strict content policy lets it show.
    """
    return _Drawer(definition, present, tuple(taken), notes, language).svg()


def mermaid(definition: Definition, language: str = "tr") -> str:
    """Return the workflow as a Mermaid state diagram, for documents that draw it themselves."""
    lines = ["stateDiagram-v2"]
    lines.extend(
        f'    state "{_mermaid(_in(state.title, language))}" as {state.name}'
        for state in definition.states.values()
    )
    for move in definition.transitions.values():
        label = _mermaid(_in(move.title, language))
        for source in move.source:
            start = "[*]" if source == NEW else source
            lines.append(f"    {start} --> {move.target}: {label}")
    ends = [state.name for state in definition.states.values() if state.final]
    lines.extend(f"    {name} --> [*]" for name in ends)
    return "\n".join(lines) + "\n"


def _mermaid(text: str) -> str:
    return "".join(f"#{ord(c)};" if c in '"#;:<>' else c for c in text)


def _in(text: Text, language: str) -> str:
    return text.en if language == "en" else text.tr


class _Drawer:
    """Draws one picture."""

    def __init__(
        self,
        definition: Definition,
        present: str | None,
        taken: tuple[tuple[str, str], ...],
        notes: Mapping[str, str],
        language: str,
    ) -> None:
        self._definition = definition
        self._present = present
        self._taken = taken
        self._passed = {state for pair in taken for state in pair}
        self._notes = notes
        self._language = language
        self._words = _WORDS["en" if language == "en" else "tr"]
        self._layout: Layout = layout(definition)

    def svg(self) -> str:
        width = round(self._layout.columns * COLUMN) + 20
        height = self._layout.rows * ROW + 10
        name = f"workflow-{self._definition.name}"
        ways = sorted(self._layout.ways, key=lambda edge: edge in self._taken)
        parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
                f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
                f'aria-labelledby="{name}-title {name}-desc" '
                'font-family="system-ui, sans-serif" font-size="13">'
            ),
            f'<title id="{name}-title">{escape(self._title())}</title>',
            f'<desc id="{name}-desc">{escape(self._described())}</desc>',
            _markers(name),
            *(self._edge(name, edge) for edge in ways),
            self._start(),
            *(self._box(state) for state in self._definition.states.values()),
            *(self._note(state.name) for state in self._definition.states.values()),
            "</svg>",
        ]
        return "\n".join(parts)

    def _title(self) -> str:
        return self._words[0].format(title=_in(self._definition.title, self._language))

    def _described(self) -> str:
        parts = []
        if self._present:
            parts.append(self._words[1].format(self._called(self._present)))
        if self._taken:
            way = [self._taken[0][0], *(target for _, target in self._taken)]
            parts.append(self._words[2].format(" → ".join(self._called(name) for name in way)))
        return " ".join(parts) or ", ".join(self._called(name) for name in self._definition.states)

    def _called(self, name: str) -> str:
        state = self._definition.states.get(name)
        return _in(state.title, self._language) if state else self._words[3]

    def _centre(self, name: str) -> tuple[float, float]:
        return _pixels(self._layout.places[name])

    def _start(self) -> str:
        x, y = self._centre(NEW)
        return (
            f'<g><circle cx="{x:.0f}" cy="{y + 12:.0f}" r="9" fill="{_INK}"/>'
            f'<text x="{x + 16:.0f}" y="{y + 17:.0f}" fill="{_INK}">{self._words[3]}</text></g>'
        )

    def _box(self, state: State) -> str:
        x, y = self._centre(state.name)
        here, passed = state.name == self._present, state.name in self._passed
        stroke = _TAKEN if here or passed else _FAINT
        weight = 4 if here else 2.5 if passed else 1.2
        corner = 24 if state.final else 6
        fill = "#dbe9f6" if here else "#ffffff"
        left, top = x - WIDTH / 2, y - HEIGHT / 2
        parts = [
            f'<g data-state="{state.name}"{_HERE if here else ""}>',
            (
                f'<rect x="{left:.0f}" y="{top:.0f}" width="{WIDTH}" height="{HEIGHT}" '
                f'rx="{corner}" fill="{fill}" stroke="{stroke}" stroke-width="{weight}"/>'
            ),
        ]
        if here:
            parts.append(
                f'<rect x="{left - 5:.0f}" y="{top - 5:.0f}" width="{WIDTH + 10}" '
                f'height="{HEIGHT + 10}" rx="{corner + 4}" fill="none" stroke="{_TAKEN}"/>'
                f'<text x="{left:.0f}" y="{top - 9:.0f}" font-weight="bold" '
                'paint-order="stroke" stroke="#ffffff" stroke-width="5" '
                f'fill="{_TAKEN}">▼ {self._words[4]}</text>'
            )
        parts.append(self._label(state, x, y, tick=passed and not here))
        return "".join((*parts, "</g>"))

    def _note(self, name: str) -> str:
        if name not in self._notes:
            return ""
        x, y = self._centre(name)
        return (
            f'<text x="{x:.0f}" y="{y + HEIGHT / 2 + 17:.0f}" text-anchor="middle" '
            f'font-size="12" fill="{_INK}" paint-order="stroke" stroke="#ffffff" '
            f'stroke-width="4">{escape(self._notes[name])}</text>'
        )

    def _label(self, state: State, x: float, y: float, *, tick: bool) -> str:
        text = ("✓ " if tick else "") + _in(state.title, self._language)
        lines = textwrap.wrap(text, _LINE)
        first = y + 5 - (len(lines) - 1) * 8
        return "".join(
            f'<text x="{x:.0f}" y="{first + 16 * number:.0f}" text-anchor="middle" '
            f'fill="{_INK}">{escape(line)}</text>'
            for number, line in enumerate(lines)
        )

    def _edge(self, name: str, edge: tuple[str, str]) -> str:
        taken = edge in self._taken
        stroke, weight = (_TAKEN, "4") if taken else (_FAINT, "1")
        marker = f"{name}-{'taken' if taken else 'open'}"
        return (
            f'<path data-edge="{edge[0]} {edge[1]}" d="{_curve(self._layout.ways[edge])}" '
            f'fill="none" stroke="{stroke}" stroke-width="{weight}" '
            f'marker-end="url(#{marker})"/>'
        )


def _markers(name: str) -> str:
    shape = (
        '<marker id="{}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="{}" '
        'markerHeight="{}" markerUnits="userSpaceOnUse" orient="auto">'
        '<path d="M0 0L10 5L0 10z" fill="{}"/></marker>'
    )
    faint = shape.format(f"{name}-open", 9, 9, _FAINT)
    return f"<defs>{faint}{shape.format(f'{name}-taken', 13, 13, _TAKEN)}</defs>"


def _pixels(point: tuple[float, int]) -> tuple[float, float]:
    return 10 + (point[0] + 0.5) * COLUMN, 10 + (point[1] + 0.5) * ROW


def _curve(way: tuple[tuple[float, int], ...]) -> str:
    """Return a smooth path along a way, from the edge of the first box to that of the last."""
    points = [_pixels(point) for point in way]
    (first_x, first_y), (last_x, last_y) = points[0], points[-1]
    half = HEIGHT / 2
    if first_y == last_y:
        side = 1 if last_x > first_x else -1
        begin, end = first_x + side * WIDTH / 4, last_x - side * WIDTH / 4
        high = first_y - half
        top = high - 34
        bend = f"{begin:.0f} {top:.0f} {end:.0f} {top:.0f} {end:.0f} {high:.0f}"
        return f"M{begin:.0f} {high:.0f}C{bend}"
    down = 1 if last_y > first_y else -1
    shift = 14 * down
    points[0] = (first_x + shift, first_y + down * half)
    points[-1] = (last_x + shift, last_y - down * half)
    text = f"M{points[0][0]:.0f} {points[0][1]:.0f}"
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (y + to_y) / 2
        text += f"C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}"
    return text
