"""How long a connection may take: one rule for heads, bodies, answers and silence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """What a connection is waited for."""

    FIRST = "the first head"
    NEXT = "the head after an answer"
    HEAD = "the rest of a head"
    BODY = "a body"
    WORK = "the site"
    ANSWER = "a reader"
    LINGER = "the end of what nobody reads"


WHOLE = {Phase.FIRST: 20.0, Phase.HEAD: 20.0, Phase.NEXT: 75.0, Phase.LINGER: 5.0}
"""Seconds a phase may last in all. A kept connection outlives the 60 seconds of nginx."""

WINDOW = 30.0
"""Seconds in which a body or an answer must move by `STEP` bytes."""

STEP = 30 * 1024
"""Bytes that are moved in each window: 1 KiB a second."""


@dataclass(slots=True)
class PhaseTimer:
    """How long one connection has been in its phase, and how far it got."""

    phase: Phase
    since: float
    moved: int = 0

    def is_over(self, phase: Phase, moved: int, now: float) -> bool:
        """Say whether a connection has taken too long.

        ``moved`` is how many bytes it has moved in a phase that must go on moving, and which of
        its requests this is in any other; ``now`` is seconds of a clock that only goes on.
        """
        anew = moved != self.moved if phase in WHOLE else moved < self.moved
        if phase is not self.phase or anew:
            self.phase, self.since, self.moved = phase, now, moved
        if phase in WHOLE:
            return now - self.since > WHOLE[phase]
        if phase is Phase.WORK or now - self.since < WINDOW:
            return False
        over = moved - self.moved < STEP
        self.since, self.moved = now, moved
        return over
