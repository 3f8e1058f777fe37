"""The steps of the ladder, by dated policy: which is the newest that an end has come to on a day.

Pure. Steps that were missed are never made up for: only the newest counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from handlers.ways.days import apply_from
from states.logs.reminder import Ladder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    Window = Mapping[str, object]

BEFORE_END: Mapping[Ladder, str] = {
    Ladder.RENEWAL: "remind",
    Ladder.E_ONAY: "remind_e_onay",
}
"""Ladders whose steps are days before the end, and where the policy says which."""

AFTER_OPENING: Mapping[Ladder, str] = {
    Ladder.COORDINATOR: "coordinator_after",
    Ladder.ABOVE: "above_after",
}
"""Ladders whose steps are days after the first one on which a renewal is asked for."""

LADDERS = (*BEFORE_END, *AFTER_OPENING)
"""The ladders that a sweep climbs."""


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step of a ladder for certificates of one last day, and its day."""

    ladder: Ladder
    step: int
    ends_on: date
    due_on: date


def steps_of(ends_on: date, window: Window) -> Iterator[LadderStep]:
    """Yield all steps for an end, in no order; none of them lies after it."""
    for ladder, name in BEFORE_END.items():
        for days in _days(window, name):
            yield LadderStep(ladder, days, ends_on, ends_on - timedelta(days=days))
    opens = apply_from(ends_on, window)
    for ladder, name in AFTER_OPENING.items():
        for days in _days(window, name):
            due_on = opens + timedelta(days=days)
            if due_on <= ends_on:
                yield LadderStep(ladder, days, ends_on, due_on)


def newest_steps(ends_on: date, today: date, window: Window) -> Iterator[LadderStep]:
    """Yield of each ladder the newest step that an end has come to; nothing once it is over."""
    if today > ends_on:
        return
    reached = [step for step in steps_of(ends_on, window) if step.due_on <= today]
    for ladder in LADDERS:
        mine = [step for step in reached if step.ladder is ladder]
        if mine:
            yield max(mine, key=lambda step: step.due_on)


def coming_steps(ends_on: date, today: date, window: Window) -> list[LadderStep]:
    """Return the steps that are still to come, the next one first."""
    later = (step for step in steps_of(ends_on, window) if step.due_on > today)
    return sorted(later, key=lambda step: (step.due_on, step.ladder))


def due_steps(today: date, window: Window) -> list[LadderStep]:
    """Return the newest steps of every end that a ladder has come to on a day."""
    ahead = max((*_days(window, "remind"), *_days(window, "remind_e_onay"), _LONGEST))
    ends = (today + timedelta(days=days) for days in range(ahead + 1))
    return [step for ends_on in ends for step in newest_steps(ends_on, today, window)]


_LONGEST = 366
"""Days ahead that are looked at in any case: the longest time in which a renewal is asked for."""


def _days(window: Window, name: str) -> tuple[int, ...]:
    """Return the steps of a ladder; none where a definition does not know it yet."""
    return cast("tuple[int, ...]", window.get(name, ()))
