"""Owns the outline of a workflow in plain text, for people who read it in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.promise_words import told

if TYPE_CHECKING:
    from workflow.definition import Definition, State, Text, Transition


def outline(definition: Definition, language: str = "tr") -> str:
    """Return each state with who acts next, its timer and its moves; then what is promised."""
    lines = [
        f"{definition.name}: {_in(definition.title, language)}",
        f"  {definition.sha256}",
        *(f"  * → {move.target}: {_move(move, language)}" for move in definition.initial),
    ]
    for state in definition.states.values():
        lines.append(f"  {state.name}: {_in(state.title, language)}{_state(state)}")
        lines.extend(
            f"    → {move.target}: {_move(move, language)}"
            for move in definition.moves_from(state.name)
        )
    lines.extend(f"  ! {told(definition, one, language)}" for one in definition.promises)
    return "\n".join(lines) + "\n"


def _in(text: Text, language: str) -> str:
    return text.en if language == "en" else text.tr


def _state(state: State) -> str:
    if state.final:
        return " [final]"
    rings = f" → {', '.join(state.then)}" if state.then else ""
    timer = f", due {state.due_source}{rings}" if state.due else ""
    return f" [next {state.next}{timer}]"


def _move(move: Transition, language: str) -> str:
    parts = [f"by {', '.join(move.by)}"]
    for word, names in (
        ("not by who did", move.not_by),
        ("rules", move.rules),
        ("check", move.check),
        ("do", move.do),
        ("effects", move.effects),
    ):
        if names:
            parts.append(f"{word} {', '.join(names)}")
    if move.not_subject:
        parts.append("not on an own case")
    if move.reason != "none":
        codes = f" ({', '.join(move.reasons)})" if move.reasons else ""
        parts.append(f"reason {move.reason}{codes}")
    return f"{move.name} “{_in(move.title, language)}” ({'; '.join(parts)})"
