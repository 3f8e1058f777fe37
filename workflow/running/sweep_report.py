"""What a sweep tells of itself: what moved and what stayed, state by state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True)
class SweepLine:
    """What came of one state's timer: cases moved by trigger, refused by reason."""

    workflow: str
    state: str
    moved: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class SweepReport:
    """A whole sweep: as of when, and a line for each state in which something was due."""

    as_of: datetime
    dry_run: bool
    batch: str | None
    rows: list[SweepLine] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """How many cases moved in all."""
        return sum(sum(row.moved.values()) for row in self.rows)

    @property
    def refused(self) -> int:
        """How many cases stayed in all."""
        return sum(sum(row.refused.values()) for row in self.rows)
