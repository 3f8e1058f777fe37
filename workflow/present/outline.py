"""The outline of a workflow in plain text, for people who read it in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from workflow.model.definition import Enumeration
from workflow.present.promise_words import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflow.model.definition import Definition, FactType, State, Text, Transition


def outline(definition: Definition, language: str = "tr") -> str:
    """Return all that a definition says, in the order of the file; then what is promised of it.

    Who takes part and what rules read comes first, then each state with who acts next, its timer
    and its moves.
    """
    lines = [
        f"{definition.name}: {_in(definition.title, language)}",
        f"  {definition.sha256}",
        f"  {_rests(definition)}",
        *_words(definition, language),
        *(f"  * → {move.target}: {_move(move, language)}" for move in definition.initial),
    ]
    for state in definition.states.values():
        lines.append(f"  {state.name}: {_in(state.title, language)}{_state(state)}")
        lines.extend(
            f"    → {move.target}: {_move(move, language, reopens=state.final)}"
            for move in definition.moves_from(state.name)
        )
    lines.extend(f"  ! {told(definition, one, language)}" for one in definition.promises)
    return "\n".join(lines) + "\n"


def _rests(definition: Definition) -> str:
    urgency = f"; urgency {definition.urgency}" if definition.urgency else ""
    return f"table {definition.table}; subject {definition.subject}{urgency}"


def _words(definition: Definition, language: str) -> Iterator[str]:
    """Yield who takes part, what kinds and dated policy there are, and what the rules ask."""
    for role in definition.roles.values():
        own = " [subject only]" if role.subject_only else ""
        yield f"  role {role.name}: {_in(role.title, language)}{own}"
    for row in definition.windows:
        yield f"  window from {row['from']}: {_values(row, 'from')}"
    for name, kind in definition.kinds.items():
        title = cast("Text", kind["title"])
        yield f"  kind {name}: {_in(title, language)} ({_values(kind, 'title')})"
    for fact in definition.facts.values():
        yield f"  fact {fact.name}: {_type(fact.type)}{'' if fact.plain else f' = {fact.sql}'}"
    for rule in definition.rules.values():
        yield f"  rule {rule.name}: {rule.source} | {_in(rule.otherwise, language)}"


def _values(row: Mapping[str, object], but: str) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in row.items() if name != but)


def _value(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple | list) else str(value)


def _type(kind: FactType) -> str:
    return f"[{', '.join(kind.values)}]" if isinstance(kind, Enumeration) else kind


def _in(text: Text, language: str) -> str:
    return text.en if language == "en" else text.tr


def _state(state: State) -> str:
    if state.final:
        return " [final]"
    rings = f" → {', '.join(state.then)}" if state.then else ""
    timer = f", due {state.due_source}{rings}" if state.due else ""
    return f" [next {state.next}{timer}]"


def _move(move: Transition, language: str, *, reopens: bool = False) -> str:
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
    if reopens:
        parts.append("reopens")
    if move.reason != "none":
        parts.append(f"reason {move.reason}{_codes(move, language)}")
    if move.consequence is not None:
        parts.append(f"consequence “{_in(move.consequence, language)}”")
    return f"{move.name} “{_in(move.title, language)}” ({'; '.join(parts)})"


def _codes(move: Transition, language: str) -> str:
    said = (f"{code} “{_in(words, language)}”" for code, words in move.reasons.items())
    return f" ({', '.join(said)})" if move.reasons else ""
