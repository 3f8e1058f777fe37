"""The proof that a state whose timers may refuse is left by one of them in the end.

Time is let run out: every day and moment of a case lies in the past. What is left is what a case
may be; for each of that some transition of the timer must be allowed. A check counts as refusing,
but for a last resort where a person acts next, whose rules time alone makes true: it may leave a
case in their hands.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from typing import TYPE_CHECKING

from workflow.loading.vocabulary import SYSTEM
from workflow.model.definition import Enumeration
from workflow.rules.evaluation import facts_of
from workflow.rules.in_python import UNKNOWN, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workflow.model.definition import Definition, Fact, State, Transition

_PAST = {"date": date(2000, 1, 1), "datetime": datetime(2000, 1, 1, tzinfo=UTC)}
_LATE = {
    "entered_at": _PAST["datetime"],
    "today": date(9000, 1, 1),
    "now": datetime(9000, 1, 1, tzinfo=UTC),
}


def stuck(definition: Definition, state: State) -> str | None:
    """Return what a case may be that no timer of the state ever moves out; None when it is moved.

    The answer is in words, ``kind is fault, old_certificate_status is expired``, or "" for any.
    """
    moves = [definition.transitions[name] for name in state.then]
    leaving = [move for move in moves if move.target != state.name]
    policies = [_late(definition, row) for row in definition.windows or ({},)]
    for move in leaving:
        bound = move.check and (state.next == SYSTEM or not move.rules)
        if not bound and all(_ripe(definition, move, facts) for facts in policies):
            return None
    free = [move for move in leaving if not move.check]
    for known in _cases(definition, free):
        for facts in policies:
            whole = {**facts, **_of_kind(definition, known), **known}
            if not any(_ripe(definition, move, whole) for move in free):
                return ", ".join(f"{name} is {_said(value)}" for name, value in known.items())
    return None


def _said(value: object) -> str:
    return "unknown" if value is None else str(value)


def _ripe(definition: Definition, move: Transition, facts: Mapping[str, object]) -> bool:
    """Say whether all rules of a move allow it, whatever is not known."""
    return all(evaluate(definition.rules[name].when, facts) is True for name in move.rules)


def _late(definition: Definition, row: Mapping[str, object]) -> dict[str, object]:
    """Return the facts when time has run out, under one row of the policy; the rest UNKNOWN."""
    facts: dict[str, object] = {
        name: _PAST.get(str(fact.type), UNKNOWN) for name, fact in definition.facts.items()
    }
    facts.update(_LATE)
    facts.update((f"window.{name}", value) for name, value in row.items() if name != "from")
    for kind in definition.kinds.values():
        facts.update(dict.fromkeys((f"kind.{name}" for name in kind), UNKNOWN))
    return facts


def _of_kind(definition: Definition, known: Mapping[str, object]) -> dict[str, object]:
    kind = definition.kinds.get(str(known.get("kind")), {})
    return {f"kind.{name}": value for name, value in kind.items()}


def _cases(definition: Definition, moves: Sequence[Transition]) -> Iterator[dict[str, object]]:
    """Go through everything that a case may be, as far as the rules of some moves read it."""
    read = {fact for move in moves for rule in move.rules for fact in facts_of(definition, rule)}
    values = {name: _values(definition.facts[name]) for name in sorted(read)}
    known = {name: found for name, found in values.items() if found}
    for combination in product(*known.values()):
        yield dict(zip(known, combination, strict=True))


def _values(fact: Fact) -> tuple[object, ...]:
    """Return what a fact of few values may be; nothing for others, which stay unknown or past.

    What stands in another row is NULL where there is none.
    """
    if isinstance(fact.type, Enumeration):
        return (*fact.type.values, None) if fact.elsewhere else fact.type.values
    return (True, False) if fact.type == "bool" else ()
