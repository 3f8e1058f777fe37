"""The ways through a workflow: which states are reached from where, and by which moves."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from workflow.model.definition import Transition

Way = tuple[str, ...]
"""Transitions by name, in the order in which they are made."""


def reached(moves: Iterable[Transition], starts: Mapping[str, Way]) -> dict[str, Way]:
    """Return each state that is reached, with a way to it; a start keeps the way it comes with."""
    known = list(moves)
    found = dict(sorted(starts.items(), key=lambda start: (len(start[1]), start[0])))
    queue = deque(found)
    while queue:
        state = queue.popleft()
        for move in known:
            if state in move.source and move.target not in found:
                found[move.target] = (*found[state], move.name)
                queue.append(move.target)
    return found


def last_moves(
    moves: Iterable[Transition], found: Mapping[str, Way], goal: str
) -> Iterator[tuple[Way, Transition]]:
    """Go through the moves that enter a state from a state that is reached, each with its way."""
    for move in moves:
        ways = [found[state] for state in move.source if state in found]
        if move.target == goal and ways:
            yield (*min(ways, key=len), move.name), move


def path(moves: Sequence[Transition], starts: Iterable[str], goal: str) -> Way | None:
    """Return a shortest way of one or more transitions from a state to another, by name."""
    found = reached(moves, dict.fromkeys(starts, ()))
    return min((way for way, _ in last_moves(moves, found, goal)), key=len, default=None)


def drawn(way: Way) -> str:
    """Return a way as text."""
    return " → ".join(way)
