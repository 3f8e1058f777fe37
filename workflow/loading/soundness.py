"""The check that the states and transitions of a workflow make a sound process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.loading.vocabulary import SYSTEM
from workflow.model.definition import AT_ONCE
from workflow.model.duration import Duration
from workflow.model.expression import Literal, Name, Node
from workflow.model.machine import NEW

if TYPE_CHECKING:
    from workflow.loading.references import Checked
    from workflow.loading.vocabulary import Vocabulary
    from workflow.model.problem import Report
    from workflow.model.shape import FileRecord, FileWord


class Soundness:
    """Checks one workflow whose state names are all known."""

    def __init__(
        self, workflow: FileRecord, shared: Vocabulary, checked: Checked, report: Report
    ) -> None:
        """Hold the workflow."""
        self._shared = shared
        self._dues = checked.dues
        self._report = report
        self._book = workflow.record("states")
        self._moves_book = workflow.record("transitions")
        self._states = self._book.records()
        self._moves = self._moves_book.records()

    def check(self) -> None:
        """Note every mistake."""
        for name, state in self._states.items():
            self._end(name, state)
            self._timer(name, state)
        for name, move in self._moves.items():
            self._move(name, move)
        self._way_in_and_out()
        self._cycles()

    def _end(self, name: str, state: FileRecord) -> None:
        if not state.flag("final"):
            if "next" not in state.places:
                message = f"'next' is missing: who acts when a case stands in '{name}'?"
                self._report.add(self._book.at(name), message)
            return
        for key in ("next", "due", "then"):
            if key in state.places:
                message = f"'{name}' is final, so nothing comes after it: remove '{key}'"
                self._report.add(state.at(key), message)

    def _timer(self, name: str, state: FileRecord) -> None:
        if "then" in state.places and "due" not in state.places:
            self._report.add(state.at("then"), f"'then' of '{name}' needs 'due' beside it")
        if "due" in state.places and "then" not in state.places and state.word("next") == SYSTEM:
            message = f"'due' of '{name}' needs 'then' beside it: the system does what it is told"
            self._report.add(state.at("due"), message)
        for token in state.tokens("then"):
            if token.value in self._moves:
                self._rings(name, token, self._moves[token.value])

    def _rings(self, state: str, token: FileWord, move: FileRecord) -> None:
        """Note why a timer could never make the move it names."""
        if state not in move.words("from"):
            self._report.add(token.place, f"'{token.value}' does not start in '{state}'")
        if SYSTEM not in move.words("by"):
            message = f"'{token.value}' is not by '{SYSTEM}', so no timer can make it"
            self._report.add(token.place, message)
        if move.word("reason") == "required":
            message = f"'{token.value}' needs a reason, which a timer cannot give"
            self._report.add(token.place, message)

    def _move(self, name: str, move: FileRecord) -> None:
        sources = move.tokens("from")
        for token in sources:
            if token.value == NEW and len(sources) > 1:
                message = f"'{name}' creates a case, so it starts from '{NEW}' alone"
                self._report.add(token.place, message)
        self._leaves_final(name, move)
        if "reasons" in move and move.word("reason", "none") == "none":
            message = f"'reasons' of '{name}' needs 'reason' beside it: required or optional"
            self._report.add(move.at("reasons"), message)
        if not move.flag("not_subject"):
            return
        for token in move.tokens("by"):
            role = self._shared.roles.get(token.value)
            if role is not None and role.flag("subject_only"):
                message = f"'{token.value}' acts on own cases only, which 'not_subject' forbids"
                self._report.add(token.place, message)

    def _leaves_final(self, name: str, move: FileRecord) -> None:
        """Note a move out of a final state, unless people reopen the case by it and say why."""
        final = [
            token
            for token in move.tokens("from")
            if token.value in self._states and self._states[token.value].flag("final")
        ]
        if not move.flag("reopens"):
            for token in final:
                message = f"'{name}' starts in '{token.value}', which is final"
                self._report.add(token.place, message)
            return
        if len(final) < len(move.tokens("from")):
            message = f"'{name}' reopens a case, so it starts in final states alone"
            self._report.add(move.at("reopens"), message)
        if SYSTEM in move.words("by") or move.word("reason") != "required":
            message = f"'{name}' reopens a case: that is people's, with a reason that is required"
            self._report.add(move.at("reopens"), message)

    def _way_in_and_out(self) -> None:
        if not any(NEW in move.words("from") for move in self._moves.values()):
            self._report.add(
                self._moves_book.place, f"nothing creates a case: no move from '{NEW}'"
            )
            return
        reached = self._reachable()
        for name, state in self._states.items():
            if name not in reached:
                self._report.add(self._book.at(name), f"no way leads to the state '{name}'")
            elif not state.flag("final") and not self._targets(name) - {name}:
                message = f"no way leads out of the state '{name}': make it final or add a move"
                self._report.add(self._book.at(name), message)

    def _targets(self, state: str) -> set[str]:
        return {move.word("to") for move in self._moves.values() if state in move.words("from")}

    def _reachable(self) -> set[str]:
        reached: set[str] = set()
        border = self._targets(NEW)
        while border:
            reached |= border
            border = {to for state in border for to in self._targets(state)} - reached
        return reached

    def _cycles(self) -> None:
        """Note timers that could chase each other without ever waiting a fixed time."""
        told: set[str] = set()
        for name in self._states:
            way = self._cycle(name, [name])
            if way and not told & set(way):
                told |= set(way)
                place = self._states[name].at("then")
                text = " → ".join((*way, name))
                self._report.add(place, f"cyclic timer, nothing in it waits a fixed time: {text}")

    def _cycle(self, start: str, way: list[str]) -> list[str]:
        for target in self._timer_targets(way[-1]):
            if target == start:
                return way
            if target not in way and (found := self._cycle(start, [*way, target])):
                return found
        return []

    def _timer_targets(self, state: str) -> list[str]:
        if self._waits(state):
            return []
        moves = [self._moves.get(word) for word in self._states[state].words("then")]
        return [move.word("to") for move in moves if move is not None]

    def _waits(self, state: str) -> bool:
        if self._states[state].word("due") == AT_ONCE:
            return False
        return all(span.length > 0 for span in self._spans(self._dues.get(state)))

    def _spans(self, node: Node | None) -> list[Duration]:
        """Return the durations a timer may have; a zero for a date, which may have passed."""
        values: list[object] = []
        if isinstance(node, Literal):
            values = [node.value]
        if isinstance(node, Name):
            group, _, field = node.name.partition(".")
            rows = list(self._shared.kinds.values()) if group == "kind" else self._shared.windows
            values = [row.get(field) for row in rows]
        spans = [value for value in values if isinstance(value, Duration)]
        return spans or [Duration()]


def states_known(workflow: FileRecord) -> bool:
    """Say whether each transition goes between known states, so that ways can be judged."""
    states = workflow.record("states")
    moves = workflow.record("transitions").records().values()
    return all(
        words and all(word in states or word == NEW for word in words)
        for move in moves
        for words in (move.words("from"), move.words("to"))
    )
