"""The Python reading of an expression: three-valued as SQL, with UNKNOWN for the prover."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Final, cast

from workflow.model.duration import Duration
from workflow.model.expression import And, Compare, In, IsNone, Literal, Name, Node, Not, Or, Shift


class Unknown(Enum):
    """The type of the one value that the prover gives to a fact it knows nothing of."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""Could be anything, NULL included; it comes out only where the answer depends on it."""

Facts = Mapping[str, object]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(node: Node, facts: Facts) -> object:
    """Return the value of an expression: None is NULL; UNKNOWN only when a fact is UNKNOWN.

    KeyError when ``facts`` lacks a name of the expression (``complete`` gives them all).
    """
    return _READINGS[type(node)](node, facts)


def _literal(node: Literal, _: Facts) -> object:
    return node.value


def _name(node: Name, facts: Facts) -> object:
    return facts[node.name]


def _and(node: And, facts: Facts) -> object:
    return _junction((evaluate(part, facts) for part in node.parts), decisive=False)


def _or(node: Or, facts: Facts) -> object:
    return _junction((evaluate(part, facts) for part in node.parts), decisive=True)


def _not(node: Not, facts: Facts) -> object:
    value = evaluate(node.item, facts)
    return value if value is UNKNOWN or value is None else not value


def _is_none(node: IsNone, facts: Facts) -> object:
    value = evaluate(node.item, facts)
    return UNKNOWN if value is UNKNOWN else value is None


def _in(node: In, facts: Facts) -> object:
    value, options = evaluate(node.item, facts), _listed(node.options, facts)
    if options is UNKNOWN or options is None:
        return options
    values = cast("Iterable[object]", options)
    return _junction((_compared(operator.eq, value, option) for option in values), decisive=True)


def _compare(node: Compare, facts: Facts) -> object:
    left, right = evaluate(node.left, facts), evaluate(node.right, facts)
    return _compared(_COMPARE[node.operator], left, right)


def _shift(node: Shift, facts: Facts) -> object:
    move = operator.add if node.operator == "+" else operator.sub
    return _lifted(move, evaluate(node.left, facts), evaluate(node.right, facts))


_READINGS: dict[type[Node], Callable[[Any, Facts], object]] = {
    Literal: _literal,
    Name: _name,
    And: _and,
    Or: _or,
    Not: _not,
    IsNone: _is_none,
    In: _in,
    Compare: _compare,
    Shift: _shift,
}
"""How each sort of node is read; found by its type, for the router reads a million nodes."""


def _lifted(function: Callable[[Any, Any], object], left: object, right: object) -> object:
    """Apply a function that knows neither UNKNOWN nor NULL."""
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if left is None or right is None:
        return None
    return function(left, right)


def _junction(values: Iterable[object], *, decisive: bool) -> object:
    """Return ``decisive`` as soon as one value is it; else UNKNOWN before NULL before the rest."""
    result: object = not decisive
    for value in values:
        if value is decisive:
            return decisive
        if value is UNKNOWN or (value is None and result is not UNKNOWN):
            result = value
    return result


def _listed(options: tuple[Node, ...] | Name, facts: Facts) -> object:
    if isinstance(options, Name):
        return facts[options.name]
    return [evaluate(option, facts) for option in options]


def _compared(sign: Callable[[Any, Any], bool], left: object, right: object) -> object:
    return _lifted(sign, _measure(left), _measure(right))


def _measure(value: object) -> object:
    return value.length if isinstance(value, Duration) else value
