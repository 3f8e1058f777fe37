"""The language of rules: its syntax tree and the parser that makes one from text."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from workflow.model.duration import LONGEST, UNITS, Duration
from workflow.model.lexer import ExpressionError, Lexeme, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "And", "Compare", "ExpressionError", "In", "IsNone", "Literal", "Name", "Node", "Not", "Or",
    "Shift", "parse", "walk",
]  # fmt: skip

DEEPEST = 40
"""How deep brackets and ``not`` may nest; a rule that needs more cannot be read by people."""

WIDEST = 2**63 - 1
"""The greatest whole number: what a bigint holds."""

Comparison = OneOf["==", "!=", "<", "<=", ">", ">="]
COMPARISONS: dict[str, Comparison] = {
    "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_KEYWORDS = frozenset({"and", "or", "not", "in", "is"})


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rule: int, bool, date, duration, or text (an enum word too)."""

    value: int | bool | str | date | Duration
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, ``today``, ``now``, ``entered_at``, ``kind.x`` or ``window.x``; or a bare word."""

    name: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Shift:
    """A date or datetime moved by a duration, later (+) or earlier (-)."""

    operator: OneOf["+", "-"]
    left: Node
    right: Node
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values compared; NULL on either side gives NULL."""

    operator: Comparison
    left: Node
    right: Node
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class In:
    """A value looked for among others: a written list, or one Name whose value is a list."""

    item: Node
    options: tuple[Node, ...] | Name
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IsNone:
    """The one question that NULL answers with true or false."""

    item: Node
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary; ``not NULL`` is NULL."""

    item: Node
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """True when all parts are, false as soon as one is, else NULL."""

    parts: tuple[Node, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """True as soon as one part is, false when all are, else NULL."""

    parts: tuple[Node, ...]
    offset: int = field(default=0, compare=False)


Node = Literal | Name | Shift | Compare | In | IsNone | Not | And | Or


def parse(source: str) -> Node:
    """Read a rule; ExpressionError(message, offset) names the first mistake."""
    return _Parser(tokens(source)).whole()


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below a node, left to right."""
    match node:
        case And(parts) | Or(parts):
            return parts
        case Shift(_, left, right) | Compare(_, left, right):
            return left, right
        case In(item, options):
            return (item, options) if isinstance(options, Name) else (item, *options)
        case IsNone(item) | Not(item):
            return (item,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Go through a node and all below it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


class _Parser:
    """Recursive descent, one method per level of binding, loosest first."""

    def __init__(self, found: list[Lexeme]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        if self._here.sort == "end":
            raise ExpressionError("the rule is empty", 0)
        node = self._either()
        self._expect_end()
        return node

    @property
    def _here(self) -> Lexeme:
        return self._tokens[self._at]

    def _next(self) -> Lexeme:
        token = self._here
        self._at += 1
        return token

    def _take(self, *texts: str) -> Lexeme | None:
        if self._here.sort in {"name", "sign"} and self._here.text in texts:
            return self._next()
        return None

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise ExpressionError(f"'{text}' is missing before {self._here}", self._here.offset)

    def _expect_end(self) -> None:
        here = self._here
        if here.sort == "end":
            return
        if here.text in COMPARISONS:
            message = "comparisons do not chain: join two with 'and'"
        else:
            message = f"{here} is out of place: 'and', 'or' or the end is expected"
        raise ExpressionError(message, here.offset)

    def _either(self) -> Node:
        offset, parts = self._here.offset, [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts), offset)

    def _both(self) -> Node:
        offset, parts = self._here.offset, [self._contrary()]
        while self._take("and"):
            parts.append(self._contrary())
        return parts[0] if len(parts) == 1 else And(tuple(parts), offset)

    def _contrary(self) -> Node:
        if token := self._take("not"):
            self._deeper(token)
            node = Not(self._contrary(), token.offset)
            self._depth -= 1
            return node
        return self._comparison()

    def _deeper(self, token: Lexeme) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError(f"nested deeper than {DEEPEST}: split the rule", token.offset)

    def _comparison(self) -> Node:
        left = self._shifted()
        if token := self._take(*COMPARISONS):
            return Compare(COMPARISONS[token.text], left, self._shifted(), token.offset)
        if token := self._take("is"):
            return self._none(left, token)
        if token := self._take("in"):
            return In(left, self._options(), token.offset)
        if token := self._take("not"):
            self._expect("in")
            return Not(In(left, self._options(), token.offset), token.offset)
        return left

    def _none(self, item: Node, token: Lexeme) -> Node:
        negated = self._take("not")
        self._expect("none")
        node = IsNone(item, token.offset)
        return Not(node, token.offset) if negated else node

    def _options(self) -> tuple[Node, ...] | Name:
        here = self._here
        if here.sort == "name" and here.text not in _KEYWORDS:
            return Name(self._next().text, here.offset)
        if not self._take("["):
            raise ExpressionError(f"a list is missing before {here}: in [a, b]", here.offset)
        if self._here.text == "]":
            raise ExpressionError("the list is empty: nothing is ever in it", here.offset)
        options = [self._shifted()]
        while self._take(","):
            options.append(self._shifted())
        self._expect("]")
        return tuple(options)

    def _shifted(self) -> Node:
        node = self._value()
        while token := self._take("+", "-"):
            sign: OneOf["+", "-"] = "+" if token.text == "+" else "-"
            node = Shift(sign, node, self._value(), token.offset)
        return node

    def _value(self) -> Node:
        token = self._here
        if self._take("("):
            return self._bracket(token)
        if token.sort == "name" and token.text not in _KEYWORDS:
            return self._named(self._next())
        if token.sort in {"number", "date", "text"}:
            return self._literal(self._next())
        raise ExpressionError(f"a value is missing before {token}", token.offset)

    def _bracket(self, token: Lexeme) -> Node:
        self._deeper(token)
        node = self._either()
        self._expect(")")
        self._depth -= 1
        return node

    def _named(self, token: Lexeme) -> Node:
        if self._here.text == "(":
            raise ExpressionError(
                f"'{token.text}(…)' is a call, and rules call nothing: make it a check",
                token.offset,
            )
        if token.text in {"true", "false"}:
            return Literal(token.text == "true", token.offset)
        return Name(token.text, token.offset)

    def _literal(self, token: Lexeme) -> Node:
        if token.sort == "text":
            return Literal(token.text[1:-1].replace("''", "'"), token.offset)
        if token.sort == "date":
            return Literal(day(token.text, token.offset), token.offset)
        if self._here.sort == "name" and self._here.text not in _KEYWORDS:
            return Literal(_duration(token, self._next()), token.offset)
        if int(token.text) > WIDEST:
            raise ExpressionError(f"{token.text} is too great a number", token.offset)
        return Literal(int(token.text), token.offset)


def day(text: str, offset: int = 0) -> date:
    """Return the date of ``YYYY-MM-DD``; ExpressionError when the calendar has no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ExpressionError(f"there is no day {text} in the calendar", offset) from None


def _duration(amount: Lexeme, unit: Lexeme) -> Duration:
    if unit.text.removesuffix("s") not in UNITS:
        plurals = [f"{name}s" for name in UNITS]
        near = difflib.get_close_matches(unit.text, plurals, 1, 0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"units are {', '.join(plurals)}"
        raise ExpressionError(f"'{unit.text}' is no unit of time: {hint}", unit.offset)
    if int(amount.text) > LONGEST:
        raise ExpressionError(f"{amount.text} {unit.text} is too long", amount.offset)
    return Duration.of(int(amount.text), unit.text)
