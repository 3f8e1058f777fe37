"""What the answer of a rule hangs on while a part of the facts is not known.

Of thousands of cases the answers are few: kind, method, policy and moment settle most of a rule,
and of a date that is left it matters only on which side of a moment it lies.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from workflow.model.expression import And, Compare, IsNone, Name, Node, Not, Or, children, walk
from workflow.rules.in_python import UNKNOWN, Facts, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Hinge:
    """A fact that is not known yet, and what of its value decides.

    With ``moments``, in order, it is its place among them; without any, whether it is NULL; with
    None the value itself.
    """

    name: str
    moments: tuple[date, ...] | None


Hinges = tuple[Hinge, ...]


def places(found: Hinges, facts: Mapping[str, Any]) -> tuple[object, ...]:
    """Return of facts that are known now what is the same wherever all answers are the same."""
    return tuple([
        value if (value := facts[one.name]) is None or one.moments is None
        # Both, for a comparison may tell what is before a moment from what is at it.
        else bisect_left(one.moments, value) + bisect_right(one.moments, value)
        for one in found
    ])  # fmt: skip


def hinges(asked: Iterable[tuple[Node, Facts]]) -> Hinges:
    """Return the facts on which the values of expressions hang, by their names.

    Each comes with what is known for it: a fact that is not known is UNKNOWN there, the others are
    as `complete` gives them.
    """
    found: dict[str, set[date] | None] = {}
    parts = ((part, facts) for expression, facts in asked for part in _open(expression, facts))
    for node, facts in parts:
        for name in {part.name for part in walk(node) if isinstance(part, Name)}:
            if facts[name] is UNKNOWN:
                moments, before = _moments(node, name, facts), found.get(name, set())
                whole = moments is None or before is None
                found[name] = None if whole else {*(before or ()), *(moments or ())}
    return tuple(
        Hinge(name, None if moments is None else tuple(sorted(moments)))
        for name, moments in sorted(found.items())
    )


def _open(node: Node, facts: Facts) -> Iterator[Node]:
    """Yield the comparisons below a node whose answer is not settled by what is known."""
    if evaluate(node, facts) is not UNKNOWN:
        return
    if isinstance(node, And | Or | Not):
        for part in children(node):
            yield from _open(part, facts)
    else:
        yield node


def _moments(node: Node, name: str, facts: Facts) -> set[date] | None:
    """Return the moments that a comparison holds a fact against, None where it asks for more."""
    if isinstance(node, IsNone) and isinstance(node.item, Name):
        return set()
    if isinstance(node, Compare):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            moment = evaluate(other, facts)
            if isinstance(one, Name) and one.name == name and isinstance(moment, date):
                return {moment}
    return None
