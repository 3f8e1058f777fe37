"""How long a case waits, read from the definition that it is pinned to.

The length of a wait stands in ``workflows.yaml`` alone: as the timer of a state (``due: 30 days``),
as a value of the dated policy (``due: window.paper_limit``), or inside a rule
(``now >= entered_at + 30 days``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.model.duration import Duration
from workflow.model.expression import Literal, Name, Shift, walk

if TYPE_CHECKING:
    from datetime import date

    from workflow.model.definition import Definition

AWAITING_STATUS = "awaiting_status"
"""The state in which a signature waits to be checked, in every workflow that has one."""

STATUS_LIMIT = Duration(days=3)
"""How long a signature is checked where that is no state: an activation by a suspended card."""


def wait_of_state(definition: Definition, state: str, day: date) -> Duration:
    """Return how long a state waits before its timer rings, by the policy of a day.

    Raises LookupError where it has no timer, or one that rings at a moment of the case.
    """
    timer = definition.states[state].due
    match timer:
        case Literal(Duration() as span):
            return span
        case Name(name) if name.startswith("window."):
            found = definition.window_on(day)[name.removeprefix("window.")]
            if isinstance(found, Duration):
                return found
    message = f"the timer of {definition.name}.{state} is no span of time"
    raise LookupError(message)


def wait_in_rule(definition: Definition, rule: str, since: str) -> Duration:
    """Return the one span that a rule adds to a moment: 30 days of ``now >= since + 30 days``.

    Raises LookupError where the rule adds none, or several that differ.
    """
    spans = {
        node.right.value
        for node in walk(definition.rules[rule].when)
        if isinstance(node, Shift)
        and isinstance(node.left, Name)
        and isinstance(node.right, Literal)
        and (node.operator, node.left.name) == ("+", since)
    }
    match list(spans):
        case [Duration() as span]:
            return span
    message = f"the rule {definition.name}.{rule} adds no single span to {since}"
    raise LookupError(message)


def wait_for_status(definition: Definition, day: date) -> Duration:
    """Return how long a signature of a workflow may wait for what is to be learnt of it."""
    if AWAITING_STATUS in definition.states:
        return wait_of_state(definition, AWAITING_STATUS, day)
    return STATUS_LIMIT
