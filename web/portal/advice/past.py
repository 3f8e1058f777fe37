"""The past of an application as its person reads it: what people did, and where that led.

What the house does by itself at once after a person's move is no step of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from web.kit.reading import CaseEntry

AT_ONCE = timedelta(minutes=2)
"""What follows by itself within this time belongs to the step before; a sweep runs each minute."""


@dataclass(frozen=True, slots=True)
class PastStep:
    """A move, the state where the house then brought the application, and the reason given."""

    at: datetime
    trigger: str
    target: str
    reason: str


def steps(entries: Sequence[CaseEntry]) -> list[PastStep]:
    """Return the steps of an application's entries, in order."""
    found: list[PastStep] = []
    for entry in entries:
        reason = entry.body["reason"] or ""
        by_itself = entry.actor.startswith("system:") and not reason
        if by_itself and found and entry.at - found[-1].at <= AT_ONCE:
            found[-1] = replace(found[-1], target=entry.target)
        else:
            found.append(PastStep(entry.at, entry.trigger, entry.target, reason))
    return found
