"""The types of expressions: what may be compared with what, and which names there are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from workflow.model.definition import Enumeration
from workflow.model.duration import Duration
from workflow.model.expression import (
    And,
    Compare,
    ExpressionError,
    In,
    IsNone,
    Literal,
    Name,
    Node,
    Not,
    Or,
    Shift,
)
from workflow.model.problem import nearest
from workflow.model.value import ListOf, ValueType, type_of, types_of_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflow.model.definition import Fact

    Row = Mapping[str, object]

_ORDERED = ("int", "date", "datetime", "duration")


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may use with their types.

    ``clocked`` are the durations that have hours, minutes or seconds: no date moves by those.
    """

    types: Mapping[str, ValueType]
    clocked: frozenset[str] = frozenset()


def scope_of(facts: Iterable[Fact], kinds: Mapping[str, Row], windows: Iterable[Row]) -> Scope:
    """Return what rules of a workflow with these facts, kinds and windows may read."""
    types: dict[str, ValueType] = {"today": "date", "now": "datetime", "entered_at": "datetime"}
    types.update((fact.name, fact.type) for fact in facts)
    groups = [("window", list(windows))]
    if "kind" in types:
        groups.append(("kind", list(kinds.values())))
    clocked: set[str] = set()
    for group, rows in groups:
        for name, sort in types_of_fields(rows).items():
            types[f"{group}.{name}"] = sort
            values = [row.get(name) for row in rows]
            if any(isinstance(value, Duration) and value.seconds for value in values):
                clocked.add(f"{group}.{name}")
    return Scope(types, frozenset(clocked))


def typed(node: Node, scope: Scope, wanted: tuple[str, ...]) -> tuple[Node, list[ExpressionError]]:
    """Return the expression with bare words turned into values, and all its mistakes of type.

    ``wanted`` are the types the whole may have, for example ``("bool",)``.
    """
    checker = _Checker(scope)
    whole, sort = checker.value(node)
    if sort is not None and sort not in wanted:
        message = f"this is {_called(sort)}, but {' or '.join(wanted)} is expected"
        checker.mistakes.append(ExpressionError(message, node.offset))
    return whole, checker.mistakes


def _called(sort: ValueType) -> str:
    match sort:
        case Enumeration(values):
            return f"one of {', '.join(values)}"
        case ListOf():
            return "a list"
        case _:
            return f"of type {sort}"


_Typed = tuple[Node, ValueType | None]


@dataclass(slots=True)
class _Checker:
    """Goes through an expression; a type of None means that a mistake is noted already."""

    scope: Scope
    mistakes: list[ExpressionError] = field(default_factory=list)

    def value(self, node: Node) -> _Typed:
        match node:
            case Literal(value):
                return node, "text" if isinstance(value, str) else type_of([value])
            case Name():
                return node, self._name(node)
            case Shift():
                return self._shift(node)
            case _:
                return self._question(node), "bool"

    def _question(self, node: And | Or | Not | IsNone | Compare | In) -> Node:
        match node:
            case And(parts) | Or(parts):
                return replace(node, parts=tuple(self._truth(part) for part in parts))
            case Not(item):
                return replace(node, item=self._truth(item))
            case IsNone(item):
                return replace(node, item=self.value(item)[0])
            case Compare():
                return self._compare(node)
            case _:
                return self._member(node)

    def _note(self, message: str, node: Node) -> None:
        self.mistakes.append(ExpressionError(message, node.offset))

    def _name(self, node: Name) -> ValueType | None:
        if node.name in self.scope.types:
            return self.scope.types[node.name]
        hint = nearest(node.name, self.scope.types)
        if node.name == "none":
            hint = ": ask 'is none'"
        self._note(f"there is no fact '{node.name}'{hint}", node)
        return None

    def _truth(self, node: Node) -> Node:
        whole, sort = self.value(node)
        if sort not in {"bool", None}:
            self._note(f"this is {_called(sort)}, where true or false is needed", node)
        return whole

    def _compare(self, node: Compare) -> Node:
        (left, left_sort), (right, right_sort) = self._pair(node.left, node.right)
        whole = replace(node, left=left, right=right)
        if left_sort is None or right_sort is None:
            return whole
        if not _alike(left_sort, right_sort):
            what = f"left {_called(left_sort)}, right {_called(right_sort)}"
            self._note(f"comparison of unlike types: {what}", node)
        elif node.operator not in {"==", "!="} and left_sort not in _ORDERED:
            self._note(f"'{node.operator}' needs an order, but this is {_called(left_sort)}", node)
        return whole

    def _pair(self, left: Node, right: Node) -> tuple[_Typed, _Typed]:
        """Type two operands, one of which may be a bare word or text that the other explains."""
        if self._is_word(left) and not self._is_word(right):
            other = self.value(right)
            return self._word(left, other[1]), other
        first = self.value(left)
        return first, self._word(right, first[1])

    def _is_word(self, node: Node) -> bool:
        if isinstance(node, Name):
            return node.name not in self.scope.types
        return isinstance(node, Literal) and isinstance(node.value, str)

    def _word(self, node: Node, beside: ValueType | None) -> _Typed:
        """Type an operand that is compared with something of type ``beside``."""
        word = node.name if isinstance(node, Name) else None
        if isinstance(node, Literal) and isinstance(node.value, str):
            word = node.value
        if word is None or not isinstance(beside, Enumeration):
            return self.value(node)
        if word in beside.values:
            if isinstance(node, Name) and word in self.scope.types:
                self._note(f"'{word}' is a fact and a value here: quote the value", node)
            return Literal(word, node.offset), beside
        if isinstance(node, Name) and word in self.scope.types:
            return self.value(node)
        self._note(
            f"there is no value '{word}' to compare with{nearest(word, beside.values)}", node
        )
        return node, None

    def _member(self, node: In) -> Node:
        item, sort = self.value(node.item)
        whole = replace(node, item=item)
        if isinstance(node.options, Name):
            self._within(node.options, sort)
            return whole
        options = [self._word(option, sort) for option in node.options]
        for option, option_sort in options:
            if sort is not None and option_sort is not None and not _alike(sort, option_sort):
                what = f"{_called(sort)} among {_called(option_sort)}"
                self._note(f"comparison of unlike types: {what}", option)
        return replace(whole, options=tuple(option for option, _ in options))

    def _within(self, options: Name, sort: ValueType | None) -> None:
        listed = self._name(options)
        if listed is None or sort is None:
            return
        if not isinstance(listed, ListOf):
            self._note(f"'{options.name}' is {_called(listed)}, where a list is needed", options)
        elif not _alike(listed.item, sort):
            what = f"{_called(sort)} among {_called(listed.item)}"
            self._note(f"comparison of unlike types: {what}", options)
        elif isinstance(listed.item, Enumeration) and isinstance(sort, Enumeration):
            for strange in sorted(set(listed.item.values) - set(sort.values)):
                hint = nearest(strange, sort.values)
                self._note(f"'{options.name}' lists '{strange}', which never comes{hint}", options)

    def _shift(self, node: Shift) -> _Typed:
        left, moment = self.value(node.left)
        right, span = self.value(node.right)
        whole = replace(node, left=left, right=right)
        if moment is None or span is None:
            return whole, None
        if moment not in {"date", "datetime"} or span != "duration":
            what = f"left {_called(moment)}, right {_called(span)}"
            self._note(f"'{node.operator}' moves a date or datetime by a duration: {what}", node)
            return whole, None
        if moment == "date" and self._clocked(right):
            self._note("a date moves by whole days, not by hours or less", node.right)
            return whole, None
        return whole, moment

    def _clocked(self, node: Node) -> bool:
        if isinstance(node, Literal):
            return isinstance(node.value, Duration) and node.value.seconds != 0
        return isinstance(node, Name) and node.name in self.scope.clocked


def _alike(left: ValueType, right: ValueType) -> bool:
    if isinstance(left, Enumeration) and isinstance(right, Enumeration):
        return not set(left.values).isdisjoint(right.values)
    return left == right and not isinstance(left, ListOf)
