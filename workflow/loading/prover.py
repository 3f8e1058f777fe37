"""The proof of promises: each holds on every way, or a way of transitions refutes it."""

from __future__ import annotations

from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING

from workflow.loading.endless_waits import stuck
from workflow.loading.paths import Way, drawn, path, reached
from workflow.loading.promise_scope import LAST_MOVE, Passing, PromiseScope
from workflow.loading.vocabulary import SYSTEM
from workflow.model.machine import NEW
from workflow.model.promise import (
    DIFFERENT_PEOPLE,
    EVERY_STATE_CAN_END,
    NEVER_AFTER,
    NO_STATE_WAITS_FOR_EVER,
    NOT_ON_OWN_CASE,
    Promise,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.model.definition import Definition, State, Transition
    from workflow.model.registry import Registry


class Prover:
    """Proves the promises of one workflow; ``registry`` tells what its actions declare."""

    def __init__(self, definition: Definition, registry: Registry) -> None:
        """Hold the workflow."""
        self._definition = definition
        self._passing = Passing(definition, registry)
        self._book = definition.transitions

    def refute(self, promise: Promise) -> list[str]:
        """Return a sentence for each thing that breaks a promise; none when it is proved."""
        proof = {
            EVERY_STATE_CAN_END: self._dead_ends,
            NO_STATE_WAITS_FOR_EVER: self._waiting,
            NOT_ON_OWN_CASE: self._own_cases,
            DIFFERENT_PEOPLE: self._same_person,
            NEVER_AFTER: self._after,
        }.get(promise.sort, self._on_ways)
        return list(proof(promise))

    @cached_property
    def _found(self) -> dict[str, Way]:
        return reached(self._book.values(), {NEW: ()})

    def _through(self, move: Transition) -> Way:
        """Return a way that ends with a move."""
        ways = [self._found[state] for state in move.source if state in self._found]
        return (*min(ways, key=len), move.name)

    # What is promised of the whole workflow.

    def _open_states(self) -> Iterator[State]:
        return (state for state in self._definition.states.values() if not state.final)

    def _dead_ends(self, _promise: Promise) -> Iterator[str]:
        """Tell each state from which no final state can be reached."""
        final = {state.name for state in self._definition.states.values() if state.final}
        for state in self._open_states():
            if not final & reached(self._book.values(), {state.name: ()}).keys():
                yield f"a case cannot end from '{state.name}': {drawn(self._found[state.name])}"

    def _waiting(self, promise: Promise) -> Iterator[str]:
        """Tell each state in which a case may stand for ever, or which the system alone leaves."""
        for state in self._open_states():
            if state.name in promise.but:
                continue
            moves = self._definition.moves_from(state.name)
            leaving = [move for move in moves if move.target != state.name]
            if state.due is None:
                yield f"nothing is ever due in '{state.name}': {drawn(self._found[state.name])}"
            elif state.then and not {move.name for move in leaving} & set(state.then):
                yield f"no timer leads out of '{state.name}': {drawn(self._found[state.name])}"
            elif state.then and (case := stuck(self._definition, state)) is not None:
                while_so = f" while {case}" if case else ""
                fault = f"every timer of '{state.name}' may refuse for ever{while_so}"
                yield f"{fault}: {drawn(self._found[state.name])}"
            if state.next == SYSTEM and not any(set(move.by) - {SYSTEM} for move in leaving):
                yield f"no person leads out of '{state.name}': {drawn(self._found[state.name])}"

    def _own_cases(self, promise: Promise) -> Iterator[str]:
        """Tell each move that somebody in one of the roles may make of their own case.

        A move that is open to the subject as such needs no second pair of eyes.
        """
        for move in self._book.values():
            roles = sorted(set(move.by) & set(promise.names))
            if not roles or move.not_subject or move.name in promise.but or self._own(move.by):
                continue
            who = " or ".join(roles)
            yield f"{who} may make '{move.name}' of their own case: {drawn(self._through(move))}"

    def _own(self, roles: tuple[str, ...]) -> bool:
        """Say whether one of the roles reaches own cases and no others."""
        return any(self._definition.roles[role].subject_only for role in roles)

    # What is promised of the ways into a state.

    def _after(self, promise: Promise) -> Iterator[str]:
        for state in promise.names:
            scope = PromiseScope(self._passing, promise, {state: ()})
            yield from scope.unsteady()
            way = path(scope.moves, {state}, promise.to)
            if way is not None:
                yield f"'{promise.to}' is reached after '{state}': {drawn(way)}"

    def _on_ways(self, promise: Promise) -> Iterator[str]:
        scope = PromiseScope(self._passing, promise, self._starts(promise))
        yield from scope.unsteady()
        begun = promise.source or promise.after
        if begun and not any(scope.ends()):
            yield f"no way leads from {' or '.join(begun)} into '{promise.to}'"
        yield from scope.faults() if promise.sort in LAST_MOVE else scope.gaps()

    def _starts(self, promise: Promise) -> dict[str, Way]:
        """Return where the part of the way begins that counts, with a way that leads there."""
        if begun := promise.source or promise.after:
            return {state: self._found[state] for state in begun}
        starts: dict[str, Way] = {NEW: ()}
        for name in promise.since_last:
            move = self._book[name]
            if not self._passing.keeps(move, promise):
                starts.setdefault(move.target, self._through(move))
        return starts

    def _same_person(self, promise: Promise) -> Iterator[str]:
        """Tell each two moves on one way into the state that one person may make."""
        moves = PromiseScope(self._passing, promise, {}).moves
        for name in promise.names:
            if not self._followed(moves, self._through(self._book[name]), (), promise.to):
                yield f"no way into '{promise.to}' takes '{name}'"
        for first, second in permutations(promise.names, 2):
            if second in promise.since_last or self._apart(self._book[first], self._book[second]):
                continue
            way = self._followed(moves, self._through(self._book[first]), (second,), promise.to)
            if way:
                yield f"one person may make '{first}' and '{second}': {drawn(way)}"

    def _apart(self, first: Transition, second: Transition) -> bool:
        """Say whether the engine keeps two moves from one person's hands."""
        people = [set(move.by) - {SYSTEM} for move in (first, second)]
        return (
            not all(people)
            or first.name in second.not_by
            or (self._subject_alone(first) and second.not_subject)
            or (self._subject_alone(second) and first.not_subject)
        )

    def _subject_alone(self, move: Transition) -> bool:
        """Say whether of all people only the subject makes a move."""
        return all(self._own((role,)) for role in move.by if role != SYSTEM)

    def _followed(
        self, moves: list[Transition], way: Way, then: tuple[str, ...], goal: str
    ) -> Way | None:
        """Return a way that goes on through further moves into a state; None when none does."""
        found = reached(moves, {self._book[way[-1]].target: way})
        if not then:
            return found.get(goal)
        move = self._book[then[0]]
        ways = [found[state] for state in move.source if state in found]
        if not ways:
            return None
        return self._followed(moves, (*min(ways, key=len), move.name), then[1:], goal)
