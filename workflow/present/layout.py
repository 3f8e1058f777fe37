"""Where the boxes and lines of a workflow drawing stand: layers, order, coordinates."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from workflow.model.machine import NEW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.model.definition import Definition

    Edge = tuple[str, str]

SWEEPS = 8
"""How often the order within layers is improved, down and up; more brings nothing here."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing in units of one box: each state's row and column, each edge's bends.

    ``ways`` gives for each edge the (column, row) points from source to target, ends included.
    """

    places: dict[str, tuple[float, int]]
    ways: dict[Edge, tuple[tuple[float, int], ...]]
    columns: float
    rows: int


def edges_of(definition: Definition) -> tuple[Edge, ...]:
    """Return which states a transition leads between, each pair once, none to itself."""
    pairs = (
        (source, move.target)
        for move in definition.transitions.values()
        for source in move.source
        if source != move.target
    )
    return tuple(dict.fromkeys(pairs))


def layout(definition: Definition) -> Layout:
    """Place the states in layers by their distance from the start, ends below what leads there."""
    edges = edges_of(definition)
    drawing = _Drawing(_layers(definition, edges))
    chains = {edge: drawing.chain(edge) for edge in edges}
    drawing.improve()
    points = drawing.points()
    ways = {edge: tuple(points[node] for node in chain) for edge, chain in chains.items()}
    states = (NEW, *definition.states)
    columns = max(column for column, _ in points.values()) + 1
    places = {name: points[name] for name in states}
    return Layout(places, ways, columns, len(drawing.rows))


def _layers(definition: Definition, edges: Iterable[Edge]) -> dict[str, int]:
    known = list(edges)
    layers = {NEW: 0}
    border = [NEW]
    while border:
        nearby = [to for source in border for start, to in known if start == source]
        border = [to for to in dict.fromkeys(nearby) if to not in layers]
        deeper = max(layers.values()) + 1
        layers.update(dict.fromkeys(border, deeper))
    for name, state in definition.states.items():
        if state.final:
            layers[name] = max(layers[source] for source, to in known if to == name) + 1
    return layers


@dataclass(slots=True)
class _Drawing:
    """Orders the nodes of each layer so that few lines cross; long edges bend in each layer."""

    layers: dict[str, int]
    rows: list[list[str]] = field(default_factory=list)
    near: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = [[] for _ in range(max(self.layers.values()) + 1)]
        for name, layer in self.layers.items():
            self.rows[layer].append(name)
            self.near[name] = []

    def chain(self, edge: Edge) -> tuple[str, ...]:
        """Return the nodes of an edge: its ends and a bend in each layer between them.

        Lines to one state share their bends, so that they come together in one lane.
        """
        source, target = edge
        start, end = self.layers[source], self.layers[target]
        step = 1 if end >= start else -1
        between = range(start + step, end, step)
        bends = [f"{step:+d}>{target}@{layer}" for layer in between]
        for layer, bend in zip(between, bends, strict=True):
            if bend not in self.near:
                self.rows[layer].append(bend)
                self.near[bend] = []
        nodes = (source, *bends, target)
        for one, other in pairwise(nodes):
            self.near[one].append(other)
            self.near[other].append(one)
        return nodes

    def improve(self) -> None:
        """Sort each layer by the mean place of what its nodes are tied to in the layer before."""
        for _ in range(SWEEPS):
            for row, before in zip(self.rows[1:], self.rows, strict=False):
                self._sort(row, before)
            for row, before in zip(self.rows[-2::-1], self.rows[::-1], strict=False):
                self._sort(row, before)

    def _sort(self, row: list[str], before: list[str]) -> None:
        index = {name: place for place, name in enumerate(before)}
        own = {name: place for place, name in enumerate(row)}

        def mean(name: str) -> float:
            places = [index[other] for other in self.near[name] if other in index]
            return sum(places) / len(places) * len(row) / len(before) if places else own[name]

        row.sort(key=lambda name: (mean(name), own[name]))

    def points(self) -> dict[str, tuple[float, int]]:
        """Return the (column, row) of each node; a bend takes a third of a box's width."""
        widths = [sum(self._width(name) for name in row) for row in self.rows]
        points: dict[str, tuple[float, int]] = {}
        for number, row in enumerate(self.rows):
            column = (max(widths) - widths[number]) / 2
            for name in row:
                points[name] = (column + self._width(name) / 2 - 0.5, number)
                column += self._width(name)
        return points

    def _width(self, name: str) -> float:
        return 1.0 if name in self.layers else 0.3
