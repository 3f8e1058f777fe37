"""The SQL reading of an expression: the same answers as the Python reading, NULL included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from workflow.model.duration import Duration
from workflow.model.expression import And, Compare, In, IsNone, Literal, Name, Node, Not, Or, Shift

if TYPE_CHECKING:
    from workflow.model.definition import Definition

ZONE = "'Europe/Istanbul'"
NOW = "CAST(:now AS timestamptz)"
TODAY = "CAST(:today AS date)"

Names = Mapping[str, str]
"""The SQL of each name an expression may use."""

_PLAIN = re.compile(r"[\w .,-]*")
_SIGNS = {"==": "=", "!=": "<>"}


def quoted(text: str) -> str:
    """Return an SQL literal of a text.

    Whatever is not a letter, digit or harmless mark is escaped, so that the result stays whole in
    every wrapping that gives a meaning to colons, per cent signs, quotes or backslashes.
    """
    if _PLAIN.fullmatch(text):
        return f"'{text}'"
    codes = "".join(c if _PLAIN.fullmatch(c) else f"\\+{ord(c):06x}" for c in text)
    return f"U&'{codes}'"


def value_sql(value: object) -> str:
    """Return the SQL of a value of the language, or of a tuple of values."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case date():
            return f"date '{value.isoformat()}'"
        case Duration():
            return f"interval '{value}'"
        case tuple():
            return f"ARRAY[{', '.join(value_sql(item) for item in value)}]"
        case _:
            return quoted(str(value))


def expression_sql(node: Node, names: Names, dated: frozenset[str]) -> str:
    """Return the SQL of an expression, each part in brackets.

    ``names`` gives the SQL of each name; ``dated`` says which of them are calendar dates, because
    a date moves to a date and a datetime moves on the wall clock of Istanbul.
    """
    return _Writer(names, dated).write(node)


class _Writer:
    """Writes one expression; holds what the names stand for."""

    def __init__(self, names: Names, dated: frozenset[str]) -> None:
        self._names = names
        self._dated = dated

    def write(self, node: Node) -> str:
        match node:
            case Literal(value):
                return value_sql(value)
            case Name(name):
                return self._names[name]
            case And(parts):
                return self._joined(parts, " AND ")
            case Or(parts):
                return self._joined(parts, " OR ")
            case Not(item):
                return f"(NOT {self.write(item)})"
            case _:
                return self._test(node)

    def _test(self, node: Shift | Compare | In | IsNone) -> str:
        match node:
            case IsNone(item):
                return f"({self.write(item)} IS NULL)"
            case Compare(sign, left, right):
                return f"({self.write(left)} {_SIGNS.get(sign, sign)} {self.write(right)})"
            case In(item, options):
                return self._member(self.write(item), options)
            case _:
                return self._moved(node.left, f"{node.operator} {self.write(node.right)}")

    def _member(self, item: str, options: tuple[Node, ...] | Name) -> str:
        if isinstance(options, Name):
            return f"({item} = ANY({self._names[options.name]}))"
        return f"({item} IN {self._joined(options, ', ')})"

    def _joined(self, parts: tuple[Node, ...], between: str) -> str:
        return f"({between.join(self.write(part) for part in parts)})"

    def _moved(self, moment: Node, span: str) -> str:
        if self._is_date(moment):
            return f"CAST({self.write(moment)} {span} AS date)"
        return f"((({self.write(moment)} AT TIME ZONE {ZONE}) {span}) AT TIME ZONE {ZONE})"

    def _is_date(self, node: Node) -> bool:
        while isinstance(node, Shift):
            node = node.left
        return node.name in self._dated if isinstance(node, Name) else isinstance(node, Literal)


def names_sql(
    definition: Definition, facts: Names | None = None, entered: str = "c.entered_at"
) -> Names:
    """Return the SQL of every name of a definition; ``facts`` in place of the facts' own SQL."""
    of_facts = facts or {name: fact.sql for name, fact in definition.facts.items()}
    names = {"today": TODAY, "now": NOW, "entered_at": entered, **of_facts}
    for name, value in samples(definition.windows).items():
        names[f"window.{name}"] = f"CAST(:window_{name} AS {_type(value)})"
    if "kind" in of_facts:
        for name, value in samples(definition.kinds.values()).items():
            names[f"kind.{name}"] = _of_kind(definition, of_facts["kind"], name, _type(value))
    return names


def names_of_type(definition: Definition, sort: type[date | Duration]) -> frozenset[str]:
    """Return the names of a definition that stand for calendar dates, or for durations."""
    windows, kinds = samples(definition.windows), samples(definition.kinds.values())
    found = {f"window.{name}" for name, value in windows.items() if isinstance(value, sort)}
    found |= {f"kind.{name}" for name, value in kinds.items() if isinstance(value, sort)}
    if sort is date:
        found |= {
            "today",
            *(fact.name for fact in definition.facts.values() if fact.type == "date"),
        }
    return frozenset(found)


def rule_sql(definition: Definition, rule: str, facts: Names | None = None) -> str:
    """Return a rule as boolean SQL over the case table's alias c; NULL where it cannot answer.

    Binds: ``:today``, ``:now`` and ``:window_<field>`` (``workflow.rules.evaluation.binds``).
    ``facts`` gives the SQL of the facts where that is not the definition's own.
    """
    names = names_sql(definition, facts)
    return expression_sql(definition.rules[rule].when, names, names_of_type(definition, date))


def samples(rows: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """Return the fields of kinds or windows, each with a value to show its type."""
    first = next(iter(rows), {})
    return {name: value for name, value in first.items() if name not in {"title", "from"}}


def _of_kind(definition: Definition, kind: str, name: str, sql_type: str) -> str:
    cases = " ".join(
        f"WHEN {quoted(key)} THEN CAST({value_sql(row[name])} AS {sql_type})"
        for key, row in definition.kinds.items()
    )
    return f"(CASE {kind} {cases} END)"


def _type(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "bigint"
        case date():
            return "date"
        case Duration():
            return "interval"
        case tuple():
            return f"{_type(value[0])}[]"
        case _:
            return "text"
