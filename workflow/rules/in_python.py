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
    match node:
        case Literal(value):
            return value
        case Name(name):
            return facts[name]
        case And(parts):
            return _junction((evaluate(part, facts) for part in parts), decisive=False)
        case Or(parts):
            return _junction((evaluate(part, facts) for part in parts), decisive=True)
        case _:
            return _strict(node, facts)


def _strict(node: Shift | Compare | In | IsNone | Not, facts: Facts) -> object:
    match node:
        case Not(item):
            return _lifted(operator.not_, evaluate(item, facts))
        case IsNone(item):
            value = evaluate(item, facts)
            return UNKNOWN if value is UNKNOWN else value is None
        case In(item, options):
            return _member(evaluate(item, facts), _listed(options, facts))
        case Compare(sign, left, right):
            return _compared(sign, evaluate(left, facts), evaluate(right, facts))
        case _:
            move = operator.add if node.operator == "+" else operator.sub
            return _lifted(move, evaluate(node.left, facts), evaluate(node.right, facts))


def _lifted(function: Callable[..., object], *values: object) -> object:
    """Apply a function that knows neither UNKNOWN nor NULL."""
    if any(value is UNKNOWN for value in values):
        return UNKNOWN
    if any(value is None for value in values):
        return None
    return function(*values)


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


def _member(value: object, options: object) -> object:
    if options is UNKNOWN or options is None:
        return options
    values = cast("Iterable[object]", options)
    return _junction((_compared("==", value, option) for option in values), decisive=True)


def _compared(sign: str, left: object, right: object) -> object:
    return _lifted(lambda a, b: _COMPARE[sign](_measure(a), _measure(b)), left, right)


def _measure(value: object) -> object:
    return value.length if isinstance(value, Duration) else value
