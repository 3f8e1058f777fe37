"""The router's answer as pages show it: its sentences, and each way with its day or its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.ways.words import RouteTold, told, told_refusal, told_way
from web.gate.language import language
from web.kit.wording import method_title

if TYPE_CHECKING:
    from handlers.ways.router import Route
    from handlers.ways.way import RoutingDay


@dataclass(frozen=True, slots=True)
class WayLine:
    """A method and what is said of it: the day of the card, or why it cannot be chosen."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownRoute:
    """What a page shows of a route: the card's sentences, the ways still open, the closed ones."""

    told: RouteTold
    asks: bool
    open: tuple[WayLine, ...] = ()
    closed: tuple[WayLine, ...] = ()


def shown(found: Route, day: RoutingDay) -> ShownRoute:
    """Return a route in the language of the page."""
    spoken = language()
    return ShownRoute(
        told(found.card, spoken),
        found.card.asks,
        tuple(WayLine(method_title(way.method), told_way(way, spoken)) for way in found.open),
        tuple(
            WayLine(method_title(way.method), told_refusal(day.definition, way.verdict, spoken))
            for way in found.closed
        ),
    )
