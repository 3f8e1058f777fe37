"""What the moves of a letter to units bring with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.kit.payload import MovePayload

if TYPE_CHECKING:
    from workflow.model.context import Payload

MOST_UNITS = 5_000
"""Units that one letter goes to at most."""


@dataclass(frozen=True, slots=True)
class Distribution(MovePayload):
    """The distribution list: units that are to act ("Gereği"), and those told only ("Bilgi")."""

    action: tuple[int, ...]
    info: tuple[int, ...] = ()

    @classmethod
    def of(cls, payload: Payload) -> Distribution:
        """Return what a move brings; what is no list of numbers is empty."""
        return cls(_ids(payload.get("action")), _ids(payload.get("info")))

    @property
    def units(self) -> tuple[int, ...]:
        """All units, those that act first."""
        return (*self.action, *self.info)


def _ids(said: object) -> tuple[int, ...]:
    if not isinstance(said, tuple | list):
        return ()
    return tuple(one for one in said if type(one) is int)
