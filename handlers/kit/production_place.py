"""Where cards are made, and who moves a case from a production room."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from workflow.model.actor import system

if TYPE_CHECKING:
    from workflow.model.actor import Actor

_STATION = "station:"


class ProductionPlace(StrEnum):
    """Where cards are made: by the worker inside, or by stations in production rooms."""

    INSIDE = "inside"
    ROOMS = "rooms"


def station_actor(station_id: int) -> Actor:
    """Return the actor of a station: people stand at it, and its secret speaks for it."""
    return system(f"{_STATION}{station_id}")


def is_station(actor: Actor) -> bool:
    """Say whether a station acts."""
    return actor.name.startswith(f"system:{_STATION}")
