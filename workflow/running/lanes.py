"""The lanes of the queue: which effects go first, and how many of each kind run at once.

An effect belongs to the lane of its party (``party`` of `workflow.engine.statement`). A worker has
seats for each lane, so that however long one of them is, the others go on. Within a lane the
parties come in their order; of one party the more urgent case first, then the older effect.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOK = 1.0
"""Seconds after which a worker with somebody in a seat looks at the queue again."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: its name in the metrics, its parties in their order, and a worker's seats."""

    name: str
    parties: tuple[str, ...]
    seats: int


@dataclass(frozen=True, slots=True)
class Lanes:
    """All lanes in their order; the last one takes the parties that no other names too."""

    lanes: tuple[Lane, ...]

    def of(self, party: str) -> Lane:
        """Return the lane of a party."""
        return next((lane for lane in self.lanes if party in lane.parties), self.lanes[-1])

    @property
    def seats(self) -> int:
        """How many effects a worker runs at once."""
        return sum(lane.seats for lane in self.lanes)


@dataclass(frozen=True, slots=True)
class OpenParty:
    """A party whose lane has free seats: how many, and which lane it is."""

    party: str
    lane: int
    free: int


@dataclass(slots=True)
class Seats:
    """The seats of one worker: which jobs it has in hand, by lane."""

    lanes: Lanes
    strangers: tuple[str, ...] = ()
    """Parties in the queue that no lane names."""
    _taken: dict[int, Lane] = field(default_factory=dict)
    _left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def jobs(self) -> list[int]:
        """The ids of the jobs in hand."""
        return list(self._taken)

    @property
    def full(self) -> bool:
        """Say whether a lane has no seat left."""
        return any(not self._free(lane) for lane in self.lanes.lanes)

    @property
    def left(self) -> bool:
        """Say whether a job has left its seat since ``watch``."""
        return self._left.is_set()

    def watch(self) -> bool:
        """Begin to look who leaves, for ``one_left``; say whether somebody has a seat as yet."""
        self._left.clear()
        return bool(self._taken)

    def open_parties(self) -> list[OpenParty]:
        """Return the parties of the lanes that have a seat, in their order."""
        last = len(self.lanes.lanes) - 1
        return [
            OpenParty(party, place, free)
            for place, lane in enumerate(self.lanes.lanes)
            if (free := self._free(lane))
            for party in (*lane.parties, *(self.strangers if place == last else ()))
        ]

    def meet(self, parties: Iterable[str]) -> bool:
        """Take in which parties stand in the queue; say whether one of them is new."""
        named = {party for lane in self.lanes.lanes for party in lane.parties}
        before, self.strangers = set(self.strangers), tuple(sorted(set(parties) - named))
        return not before.issuperset(self.strangers)

    def take(self, job_id: int, party: str) -> None:
        """Give a job a seat."""
        self._taken[job_id] = self.lanes.of(party)

    def leave(self, job_id: int) -> None:
        """Free the seat of a job."""
        self._taken.pop(job_id, None)
        self._left.set()

    async def one_left(self) -> None:
        """Wait until a job has left its seat since ``watch``, a second at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._left.wait(), LOOK)

    def _free(self, lane: Lane) -> int:
        return lane.seats - sum(taken is lane for taken in self._taken.values())


SEATS = 4
"""Effects at once of a worker that is given no lanes."""

ONE_LANE = Lanes((Lane("effects", (), SEATS),))
"""A queue in which every effect waits behind every other."""
