"""Owns the proof of promises: each holds on every path, or a path of transitions refutes it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflow.definition import NEW
from workflow.reading import UNKNOWN, evaluate
from workflow.sql import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from workflow.definition import Definition, Transition

    Passable = Callable[[Transition], bool]

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """What must hold on every path into the state ``to``.

    One of: a path takes one of the transitions ``passes_one_of``; it takes a transition that has
    the rule ``passes_rule``; it never comes from a state of ``never_after``. ``when`` fixes facts
    that do not change on the way, so that moves whose rules then can not hold are left out.
    """

    to: str
    passes_one_of: tuple[str, ...] = ()
    passes_rule: str = ""
    never_after: tuple[str, ...] = ()
    when: Mapping[str, object] | None = None


def refute(definition: Definition, promise: Promise) -> str:
    """Return a sentence with the path that breaks a promise; '' when the promise is proved."""
    open_moves = [m for m in definition.transitions.values() if _passable(definition, m, promise)]
    if promise.never_after:
        return _after(open_moves, promise)
    spared = [move for move in open_moves if not _keeps(move, promise)]
    way = path(spared, {NEW}, promise.to)
    if way is None:
        return ""
    what = promise.passes_rule or " or ".join(promise.passes_one_of)
    return f"'{promise.to}' is reached without '{what}': {_drawn(way)}"


def dead_ends(definition: Definition) -> dict[str, str]:
    """Return each state from which no final state can be reached, with the way that leads there."""
    moves = list(definition.transitions.values())
    final = {state.name for state in definition.states.values() if state.final}
    found: dict[str, str] = {}
    for name in definition.states:
        way = path(moves, {NEW}, name)
        if way and not any(name == end or path(moves, {name}, end) for end in final):
            found[name] = f"a case can not end from '{name}': {_drawn(way)}"
    return found


def path(moves: Iterable[Transition], starts: set[str], goal: str) -> Path | None:
    """Return a shortest way of one or more transitions from a state to another, by name."""
    known = list(moves)
    queue: deque[tuple[str, Path]] = deque((start, ()) for start in sorted(starts))
    seen: set[str] = set()
    while queue:
        state, way = queue.popleft()
        for move in known:
            if state not in move.source or move.target in seen:
                continue
            seen.add(move.target)
            if move.target == goal:
                return (*way, move.name)
            queue.append((move.target, (*way, move.name)))
    return None


def _after(moves: list[Transition], promise: Promise) -> str:
    for state in promise.never_after:
        way = path(moves, {state}, promise.to)
        if way is not None:
            return f"'{promise.to}' is reached after '{state}': {_drawn(way)}"
    return ""


def _keeps(move: Transition, promise: Promise) -> bool:
    return promise.passes_rule in move.rules or move.name in promise.passes_one_of


def _passable(definition: Definition, move: Transition, promise: Promise) -> bool:
    """Say whether a move might be allowed: no rule is false or NULL whatever is not known."""
    facts = _partial(definition, promise.when or {})
    return all(
        evaluate(definition.rules[rule].when, facts) in {True, UNKNOWN} for rule in move.rules
    )


def _partial(definition: Definition, when: Mapping[str, object]) -> dict[str, object]:
    facts: dict[str, object] = dict.fromkeys(("today", "now", "entered_at"), UNKNOWN)
    facts.update((name, when.get(name, UNKNOWN)) for name in definition.facts)
    facts.update((f"window.{name}", UNKNOWN) for name in samples(definition.windows))
    kind = definition.kinds.get(str(when.get("kind")), {})
    for name in samples(definition.kinds.values()):
        facts[f"kind.{name}"] = kind.get(name, UNKNOWN)
    return facts


def _drawn(way: Path) -> str:
    return " → ".join(way)
