"""What the text of a message may say, and the first thing for which one cannot be taken.

It is the part of Jinja that shows fields, writes them as days or moments, asks whether they are
there, and goes once through a list of pairs. Nothing can be called, reckoned or repeated, so each
text that passes can be filled, in a time that its length bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from handlers.papers.letters.wording import ENVIRONMENTS, FILTERS, TURKISH
from states.people.tckn import mask_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COMMON = frozenset({"name", "today", "case.reference"})
"""Fields that every message has."""

IN_SUBJECTS = frozenset({"today", "case.reference", "code"})
"""Fields that a subject may show: it is read by others, and is the whole of an SMS."""

LISTS = frozenset({"waiting"})
"""Fields that are lists of pairs."""

LONGEST_SUBJECT = 120
LONGEST_BODY = 4_000

DEEPEST = 4
"""How many conditions may stand one in another."""

_TAKEN = frozenset({"case", "days_in", "loop", "name", "reason", "today", *LISTS})

_Found: TypeAlias = "tuple[str, int]"


@dataclass(frozen=True, slots=True)
class TextFault:
    """Why a text is not taken: code of a sentence, line, and what stands there."""

    code: str
    line: int = 1
    what: str = ""


class _NotAllowed(Exception):
    def __init__(self, code: str, line: int = 1, what: str = "") -> None:
        self.fault = TextFault(code, line, what)
        super().__init__(code)


def fault_of(text: str, known: Iterable[str], *, subject: bool = False) -> TextFault | None:
    """Return the first thing for which a text cannot be taken, None when there is none."""
    try:
        _refuse_plain(text, subject=subject)
        _refuse_fields(text, frozenset(known), subject=subject)
    except _NotAllowed as stopped:
        return stopped.fault
    return None


def fields_of(text: str) -> frozenset[str]:
    """Return the fields that a sound text uses, such as ``case.reference``."""
    return frozenset(field for field, _ in _fields(text))


def _refuse_plain(text: str, *, subject: bool) -> None:
    longest = LONGEST_SUBJECT if subject else LONGEST_BODY
    if not text.strip():
        raise _NotAllowed("texts.empty")
    if len(text) > longest:
        raise _NotAllowed("texts.too_long", what=str(longest))
    if subject and "\n" in text:
        raise _NotAllowed("texts.subject_lines", 2)
    for line, written in enumerate(text.split("\n"), 1):
        if mask_all(written) != written:
            raise _NotAllowed("texts.identity", line)
        if not written.isprintable():
            raise _NotAllowed("texts.unseen", line)


def _refuse_fields(text: str, known: frozenset[str], *, subject: bool) -> None:
    allowed = IN_SUBJECTS & known if subject else known
    for field, line in _fields(text):
        if field not in allowed:
            code = "texts.subject_field" if subject and field in known else "texts.field"
            raise _NotAllowed(code, line, field)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part of a text stands: how deep, and which names a list gives there."""

    depth: int = 0
    pair: frozenset[str] = frozenset()
    listed: bool = False

    def deeper(self) -> _Place:
        return replace(self, depth=self.depth + 1)


def _fields(text: str) -> Iterator[_Found]:
    """Go through the fields of a text with their lines; _NotAllowed at what it may not say."""
    try:
        tree = ENVIRONMENTS[TURKISH].parse(text)
    except TemplateSyntaxError as error:
        raise _NotAllowed("texts.broken", error.lineno) from None
    except RecursionError:
        raise _NotAllowed("texts.too_deep") from None
    yield from _statements(tree.body, _Place())


def _statements(found: Iterable[nodes.Node], place: _Place) -> Iterator[_Found]:
    for node in found:
        if place.depth > DEEPEST:
            raise _NotAllowed("texts.too_deep", node.lineno)
        yield from _statement(node, place)


def _statement(node: nodes.Node, place: _Place) -> Iterator[_Found]:
    match node:
        case nodes.Output():
            for part in node.nodes:
                if not isinstance(part, nodes.TemplateData):
                    yield from _expression(part, _Place(pair=place.pair))
        case nodes.If():
            yield from _expression(node.test, _Place(pair=place.pair))
            for inner in (node.body, node.elif_, node.else_):
                yield from _statements(inner, place.deeper())
        case nodes.For(iter=nodes.Name(name=name), test=None, recursive=False) if name in LISTS:
            yield name, node.lineno
            yield from _statements(node.body, _in_list(node, place))
            yield from _statements(node.else_, place.deeper())
        case _:
            raise _NotAllowed("texts.statement", node.lineno, _sort(node))


def _in_list(node: nodes.For, place: _Place) -> _Place:
    """Return the place within a pass through a list: two new names, and no pass within it."""
    match node.target:
        case nodes.Tuple(items=[nodes.Name(name=one), nodes.Name(name=other)]):
            pair = frozenset({one, other})
        case _:
            raise _NotAllowed("texts.pair", node.lineno)
    if place.listed or len(pair) == 1 or pair & _TAKEN:
        raise _NotAllowed("texts.pair", node.lineno)
    return _Place(place.depth + 1, pair, listed=True)


def _expression(node: nodes.Node, place: _Place) -> Iterator[_Found]:
    if place.depth > 2 * DEEPEST:
        raise _NotAllowed("texts.too_deep", node.lineno)
    field = _field(node)
    if field is None:
        for part in _operands(node):
            yield from _expression(part, place.deeper())
    elif field not in place.pair:
        yield field, node.lineno


def _field(node: nodes.Node) -> str | None:
    """Return which field an expression is, None where it is none."""
    match node:
        case nodes.Name(name=str() as name):
            return name
        case nodes.Getattr(node=nodes.Name(name="case"), attr=str() as name):
            return f"case.{name}"
        case nodes.Call(
            node=nodes.Name(name="days_in"), args=[nodes.Const(value=str() as state)], kwargs=[],
            dyn_args=None, dyn_kwargs=None,
        ):  # fmt: skip
            return f'days_in("{state}")'
    return None


def _operands(node: nodes.Node) -> tuple[nodes.Node, ...]:
    match node:
        case nodes.Const():
            return ()
        case nodes.Not():
            return (node.node,)
        case nodes.And() | nodes.Or():
            return node.left, node.right
        case nodes.Compare(expr=left, ops=[nodes.Operand(op="eq" | "ne", expr=right)]):
            return left, right
        case nodes.Filter(node=nodes.Expr() as inner, name=name, args=[], kwargs=[]) if (
            name in FILTERS
        ):
            return (inner,)
    raise _NotAllowed("texts.expression", node.lineno, _sort(node))


def _sort(node: nodes.Node) -> str:
    return type(node).__name__.lower()  # ASCII: a name of Jinja's
