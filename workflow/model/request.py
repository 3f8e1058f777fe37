"""What is asked of the engine and what it answers: plain values, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from workflow.model.actor import Actor
    from workflow.model.context import Payload
    from workflow.model.definition import Transition
    from workflow.model.refusal import WorkflowError


@dataclass(frozen=True, slots=True)
class Timer:
    """Why a timer asks: the case stands in ``state`` and was due as of a moment."""

    state: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One wish to move: the trigger, who asks, what they hand in and which version they saw.

    ``timer`` is set when a timer asks: the move is refused as stale unless it still rings.
    """

    trigger: str
    actor: Actor
    payload: Payload = field(default_factory=dict)
    seen_version: int | None = None
    reason: str | None = None
    batch: str | None = None
    timer: Timer | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a case stands after a move; ``version`` is the number of its newest entry."""

    case_id: int
    version: int
    state: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One transition from the present state: allowed, or refused with the reason."""

    transition: Transition
    refusal: WorkflowError | None

    @property
    def allowed(self) -> bool:
        """Say whether the actor may make this move now."""
        return self.refusal is None


@dataclass(slots=True)
class Tally:
    """What came of moving a set: how many moved, how many were refused for which code."""

    moved: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def count(self, refusal: str | None, cases: int = 1) -> None:
        """Count cases that moved (no refusal) or were refused."""
        if refusal is None:
            self.moved += cases
        else:
            self.refused[refusal] = self.refused.get(refusal, 0) + cases

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        self.moved += other.moved
        for code, cases in other.refused.items():
            self.count(code, cases)

    @property
    def turned_away(self) -> int:
        """How many cases were refused in all."""
        return sum(self.refused.values())
