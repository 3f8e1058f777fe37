"""The part of the ways into a state that a promise is about, and what is wrong on it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from workflow.loading.paths import Way, drawn, last_moves, path, reached
from workflow.model import promise as sorts
from workflow.rules.in_python import UNKNOWN, evaluate
from workflow.rules.in_sql import samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflow.model.definition import Definition, Transition
    from workflow.model.promise import Promise
    from workflow.model.registry import Registry

LAST_MOVE = frozenset({sorts.ONLY_BY, sorts.ASKS_REASON, sorts.NOT_WHILE})
"""What is asked of each move into the state; of the others some move on the way is enough."""

Known = tuple[tuple[str, object], ...]


class Passing:
    """Which moves of a workflow may be made while some facts are known, and what they bring."""

    def __init__(self, definition: Definition, registry: Registry) -> None:
        """Hold the workflow and what its handlers declare."""
        self.definition = definition
        self._registry = registry
        self._closed: dict[Known, frozenset[str]] = {}

    def passable(self, move: Transition, when: Mapping[str, object]) -> bool:
        """Say whether a move might be allowed: no rule is false or NULL whatever is not known.

        What the move that creates a case itself writes is not known while it is judged.
        """
        written = self.writes(move) if when and move.creates else {}
        known = tuple((name, value) for name, value in when.items() if name not in written)
        if known not in self._closed:
            self._closed[known] = self._refusing(dict(known))
        return not self._closed[known].intersection(move.rules)

    def keeps(self, move: Transition, promise: Promise) -> bool:
        """Say whether a move is, has or runs what a promise wants on the way."""
        match promise.sort:
            case sorts.PASSES_ONE_OF:
                return move.name in promise.names
            case sorts.PASSES_RULE:
                return not set(promise.names).isdisjoint(move.rules)
            case sorts.RUNS:
                return not set(promise.names).isdisjoint((*move.check, *move.do, *move.effects))
            case sorts.FIRES:
                return any(
                    name in self._registry[handler].fires
                    for handler in move.do
                    for name in promise.names
                )
        return False

    def writes(self, move: Transition) -> dict[str, str]:
        """Return the facts of the case that a move may change, with the handler that does it."""
        return {fact: handler for handler in move.do for fact in self._registry[handler].writes}

    def _refusing(self, when: Mapping[str, object]) -> frozenset[str]:
        facts = _partial(self.definition, when)
        return frozenset(
            name
            for name, rule in self.definition.rules.items()
            if evaluate(rule.when, facts) not in {True, UNKNOWN}
        )


class PromiseScope:
    """The moves that may be made on it, from where it starts to the state that is promised."""

    def __init__(self, passing: Passing, promise: Promise, starts: Mapping[str, Way]) -> None:
        """Leave out what begins it anew, and moves that the known facts rule out."""
        self._passing = passing
        self._promise = promise
        self._starts = starts
        every = passing.definition.transitions
        self._resets = [every[name] for name in promise.since_last]
        self.moves = [
            move
            for move in every.values()
            if move.name not in promise.since_last
            and (move.target == promise.to or move.target not in promise.after)
            and (not promise.source or self._straight(move))
            and passing.passable(move, promise.when)
        ]

    def _straight(self, move: Transition) -> bool:
        """Say whether a move leads from one of the states that are named into the promised one."""
        promise = self._promise
        return move.target == promise.to and not set(move.source).isdisjoint(promise.source)

    def ends(self) -> Iterator[tuple[Way, Transition]]:
        """Go through the moves into the state, each with a way that it ends."""
        return last_moves(self.moves, self._found, self._promise.to)

    def gaps(self) -> Iterator[str]:
        """Tell a way on which nothing is what was promised."""
        promise, passing = self._promise, self._passing
        spared = [move for move in self.moves if not passing.keeps(move, promise)]
        found = reached(spared, self._starts)
        ways = [way for way, _ in last_moves(spared, found, promise.to)]
        if promise.since_last and promise.to in self._starts:
            ways.append(self._starts[promise.to])
        if ways:
            what = " or ".join(promise.names)
            yield f"'{promise.to}' is reached without '{what}': {drawn(min(ways, key=len))}"

    def faults(self) -> Iterator[str]:
        """Tell each move into the state that is not as promised."""
        begun = [((move.name,), move) for move in self._resets if move.target == self._promise.to]
        for way, move in (*self.ends(), *begun):
            fault = self._fault(move)
            if fault:
                yield f"{fault}: {drawn(way)}"

    def _fault(self, move: Transition) -> str:
        promise = self._promise
        if promise.sort == sorts.ONLY_BY:
            others = sorted(set(move.by) - set(promise.names))
            return f"'{move.name}' may be made by {' or '.join(others)}" if others else ""
        if promise.sort == sorts.ASKS_REASON:
            return f"'{move.name}' asks no reason" if move.reason != "required" else ""
        for fact, values in promise.facts.items():
            for value in values:
                if self._passing.passable(move, {**promise.when, fact: value}):
                    return f"'{move.name}' may be made while {fact} is {value}"
        return ""

    def unsteady(self) -> Iterator[str]:
        """Tell each fact of ``when`` that may change on the way, so that it cannot be fixed."""
        for fact in self._promise.when:
            if not self._passing.definition.facts[fact].plain:
                yield f"'{fact}' is no column of the case, so it may change on the way"
            for move in self.moves:
                handler = self._passing.writes(move).get(fact)
                if handler and not move.creates and self._on_the_way(move):
                    yield (
                        f"'{fact}' may change on the way: '{move.name}' runs '{handler}', which "
                        f"writes it; name the move in 'since_last'"
                    )

    def _on_the_way(self, move: Transition) -> bool:
        if not any(state in self._found for state in move.source):
            return False
        goal = self._promise.to
        return move.target == goal or path(self.moves, {move.target}, goal) is not None

    @cached_property
    def _found(self) -> dict[str, Way]:
        return reached(self.moves, self._starts)


def _partial(definition: Definition, when: Mapping[str, object]) -> dict[str, object]:
    facts: dict[str, object] = dict.fromkeys(("today", "now", "entered_at"), UNKNOWN)
    facts.update((name, when.get(name, UNKNOWN)) for name in definition.facts)
    facts.update((f"window.{name}", UNKNOWN) for name in samples(definition.windows))
    kind = definition.kinds.get(str(when.get("kind")), {})
    for name in samples(definition.kinds.values()):
        facts[f"kind.{name}"] = kind.get(name, UNKNOWN)
    return facts
