"""The judgement of a rule and of a timer: the meaning of one text in Python and in SQL."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.duration import Duration
from workflow.model.expression import Literal, Name, Node, walk
from workflow.model.verdict import ALLOW, Answer, Verdict
from workflow.rules.in_python import UNKNOWN, Facts, evaluate
from workflow.rules.in_sql import (
    NOW,
    ZONE,
    expression_sql,
    names_of_type,
    names_sql,
    rule_sql,
    samples,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflow.model.definition import Definition

__all__ = [
    "UNKNOWN", "binds", "complete", "due", "due_sql", "evaluate", "facts_of", "judge",
    "placeholders", "rule_sql",
]  # fmt: skip

GIVEN = frozenset({"today", "now", "entered_at"})
"""What every rule may read without declaring it."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names that stand in braces in a sentence, in order."""
    return tuple(_PLACEHOLDER.findall(text))


def judge(definition: Definition, rule: str, facts: Facts) -> Verdict:
    """Answer a rule on the facts of one case (see ``complete``): allow, deny or error.

    A denial carries the values its sentence names; an error the facts that are missing. The
    code of both is the name of the rule.
    """
    found = definition.rules[rule]
    answer = evaluate(found.when, facts)
    if answer is None:
        names = dict.fromkeys(_origin(name) for name in _names(found.when) if facts[name] is None)
        return Verdict(Answer.ERROR, rule, {"missing": list(names)})
    if answer:
        return ALLOW
    told = dict.fromkeys((*placeholders(found.otherwise.tr), *placeholders(found.otherwise.en)))
    return Verdict(Answer.DENY, rule, {name: facts.get(name) for name in told})


def facts_of(definition: Definition, rule: str) -> frozenset[str]:
    """Return the facts of the definition that a rule reads or its sentence names."""
    found = definition.rules[rule]
    read = {_origin(name) for name in _names(found.when)}
    told = {*placeholders(found.otherwise.tr), *placeholders(found.otherwise.en)}
    return frozenset((read | told) & definition.facts.keys())


def complete(
    definition: Definition, facts: Facts, *, now: datetime, entered_at: datetime | None
) -> dict[str, object]:
    """Return the facts with all that a rule may read beside them.

    That is ``today`` (in Istanbul), ``now``, ``entered_at``, ``window.<field>`` of today's policy
    and ``kind.<field>`` of the case's kind, each None when the kind is not known.
    """
    today = day_in_istanbul(now)
    whole = {**facts, "today": today, "now": now, "entered_at": entered_at}
    whole.update((f"window.{name}", value) for name, value in _window(definition, today))
    kind = definition.kinds.get(cast("str", facts.get("kind")), {})
    for name in samples(definition.kinds.values()):
        whole[f"kind.{name}"] = kind.get(name)
    return whole


def binds(definition: Definition, now: datetime) -> dict[str, object]:
    """Return the values of the binds of ``rule_sql`` and ``due_sql`` at a moment."""
    today = day_in_istanbul(now)
    values: dict[str, object] = {"today": today, "now": now}
    for name, value in _window(definition, today):
        values[f"window_{name}"] = _bindable(value)
    return values


def due_sql(definition: Definition, state: str, entered: str = ":now") -> str:
    """Return the SQL of the moment at which a state's timer rings, 'NULL' when it has none.

    A timestamptz over the alias c; ``entered`` is the SQL of the entry into the state.
    """
    timer = definition.states[state].due
    if timer is None:
        return "NULL"
    if isinstance(timer, str):  # AT_ONCE
        return NOW
    since = NOW if entered == ":now" else entered
    names = names_sql(definition, entered=since)
    text = expression_sql(timer, names, names_of_type(definition, date))
    match _sort(definition, timer):
        case "duration":
            return f"((({since} AT TIME ZONE {ZONE}) + {text}) AT TIME ZONE {ZONE})"
        case "date":
            return f"(CAST({text} AS timestamp) AT TIME ZONE {ZONE})"
        case _:
            return text


def due(definition: Definition, state: str, facts: Facts) -> datetime | None:
    """Return when a state's timer rings, from complete facts (``entered_at`` among them).

    None when the state has no timer or the fact it hangs on is missing.
    """
    timer = definition.states[state].due
    if timer is None:
        return None
    if isinstance(timer, str):  # AT_ONCE
        return cast("datetime | None", facts["entered_at"])
    match evaluate(timer, facts):
        case Duration() as span:
            entered = cast("datetime | None", facts["entered_at"])
            return None if entered is None else entered + span
        case datetime() as moment:
            return moment
        case date() as day:
            return start_of_day(day)
        case _:
            return None


def _sort(definition: Definition, timer: Node) -> str:
    first = next(node for node in walk(timer) if isinstance(node, Literal | Name))
    if isinstance(first, Literal):
        return "duration" if isinstance(first.value, Duration) else "date"
    if first.name in names_of_type(definition, Duration):
        return "duration"
    return "date" if first.name in names_of_type(definition, date) else "datetime"


def _names(node: Node) -> Iterator[str]:
    return (part.name for part in walk(node) if isinstance(part, Name))


def _origin(name: str) -> str:
    return "kind" if name.startswith("kind.") else name


def _window(definition: Definition, today: date) -> Iterator[tuple[str, object]]:
    if not definition.windows:
        return iter(())
    row = definition.window_on(today)
    return ((name, value) for name, value in row.items() if name != "from")


def _bindable(value: object) -> object:
    if isinstance(value, tuple):
        return [_bindable(item) for item in value]
    return str(value) if isinstance(value, Duration) else value
