"""The check that every name in a workflow of the file stands for something, and is used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from workflow.loading.grammar import SCALAR_TYPES
from workflow.loading.promises import Names
from workflow.loading.publish import RULE_TYPES, TIMER_TYPES
from workflow.loading.vocabulary import SYSTEM, Vocabulary
from workflow.model.definition import AT_ONCE, Enumeration, Fact, FactType
from workflow.model.expression import ExpressionError, Name, Node, parse, walk
from workflow.model.machine import NEW
from workflow.model.shape import FileRecord, FileWord
from workflow.rules.evaluation import placeholders
from workflow.rules.typing import Scope, scope_of, typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflow.model.definition import ScalarType
    from workflow.model.problem import Report
    from workflow.model.registry import Registry

KINDS = "kinds"
"""The type of the fact ``kind``: its values are the kinds of the file."""

RESERVED = frozenset(
    {"and", "or", "not", "in", "is", "none", "true", "false", "today", "now", "entered_at",
     "window", NEW, AT_ONCE}
)  # fmt: skip
"""Words of the language, which name no fact and no state."""


@dataclass(slots=True)
class Checked:
    """What is known of a workflow after its names were checked."""

    facts: dict[str, Fact]
    scope: Scope
    dues: dict[str, Node] = field(default_factory=dict)


class References:
    """Checks the names of one workflow; ``handlers`` collects the handlers that it names."""

    def __init__(
        self,
        workflow: FileRecord,
        file: FileRecord,
        shared: Vocabulary,
        registry: Registry,
        report: Report,
    ) -> None:
        """Hold what the names are looked up in."""
        self._workflow = workflow
        self._file = file
        self._shared = shared
        self._registry = registry
        self._report = report
        self._states = workflow.record("states")
        self._moves = workflow.record("transitions")
        self._rules = workflow.record("rules")
        self._used: set[str] = {workflow.word("urgency"), workflow.word("subject")}
        self.handlers: set[str] = set()

    def check(self) -> Checked:
        """Check everything and return what the workflow's expressions mean."""
        facts = self._facts()
        scope = scope_of(facts.values(), self._shared.kinds, self._shared.windows)
        checked = Checked(facts, scope)
        for rule in self._rules.records().values():
            self._rule(rule, checked)
        for name, state in self._states.records().items():
            self._state(name, state, checked)
        for move in self._moves.records().values():
            self._move(move)
        self._promises(checked)
        self._unused(checked)
        return checked

    def _facts(self) -> dict[str, Fact]:
        facts: dict[str, Fact] = {}
        book = self._workflow.record("facts")
        for name, value in book.values.items():
            if name in RESERVED:
                self._report.add(book.at(name), f"'{name}' is a word of the rules: no fact has it")
                continue
            declared = value.values.get("type") if isinstance(value, FileRecord) else value
            sort = self._fact_type(name, declared, book)
            sql = self._sql(value.token("sql")) if isinstance(value, FileRecord) else ""
            if sort is not None:
                facts[name] = Fact(name, sort, sql or f"c.{name}")
        return facts

    def _sql(self, token: FileWord | None) -> str:
        if token is None:
            return ""
        if ";" in token.value or "--" in token.value:
            self._report.add(token.place, "the SQL of a fact is one expression without ';' or '--'")
        return f"({' '.join(token.value.split())})"

    def _fact_type(self, name: str, declared: object, book: FileRecord) -> FactType | None:
        if declared is None:
            return None
        of_kinds = isinstance(declared, FileWord) and declared.value == KINDS
        if of_kinds != (name == "kind"):
            message = f"the fact 'kind' and the type '{KINDS}' belong together"
            self._report.add(book.at(name), message)
            return None
        if isinstance(declared, FileRecord):
            return self._states_of(declared.token("states_of"))
        if isinstance(declared, FileWord):
            return self._word_type(declared)
        return Enumeration(tuple(item.value for item in cast("tuple[FileWord, ...]", declared)))

    def _word_type(self, declared: FileWord) -> FactType | None:
        if declared.value == KINDS and self._shared.kinds:
            return Enumeration(tuple(self._shared.kinds), of_kinds=True)
        if declared.value not in SCALAR_TYPES:
            valid = (*SCALAR_TYPES, *([KINDS] if self._shared.kinds else []))
            self._report.unknown(declared.place, "type", declared.value, valid)
            return None
        return cast("ScalarType", declared.value)

    def _states_of(self, token: FileWord | None) -> FactType | None:
        workflows = self._file.record("workflows").records()
        if token is None or not self._known(token, "workflow", workflows):
            return None
        return Enumeration(tuple(workflows[token.value].record("states").records()))

    def _known(self, token: FileWord, what: str, valid: Iterable[str]) -> bool:
        names = set(valid)
        if token.value not in names:
            self._report.unknown(token.place, what, token.value, names)
        return token.value in names

    def _all_known(self, tokens: Iterable[FileWord], what: str, valid: Iterable[str]) -> None:
        names = set(valid)
        for token in tokens:
            self._known(token, what, names)

    def _expression(self, token: FileWord, scope: Scope, wanted: tuple[str, ...]) -> Node | None:
        """Read and type an expression, noting each mistake where it stands in the file."""
        try:
            node, mistakes = typed(parse(token.value), scope, wanted)
        except ExpressionError as error:
            self._report.add(token.scalar.place_of(error.offset), error.message)
            return None
        for mistake in mistakes:
            self._report.add(token.scalar.place_of(mistake.offset), mistake.message)
        for part in walk(node):
            if isinstance(part, Name):
                self._used.add("kind" if part.name.startswith("kind.") else part.name)
        return None if mistakes else node

    def _rule(self, rule: FileRecord, checked: Checked) -> None:
        when = rule.token("when")
        if when is not None:
            self._expression(when, checked.scope, RULE_TYPES)
        for language in ("tr", "en"):
            for sentence in rule.record("otherwise").tokens(language):
                self._sentence(sentence, checked)

    def _sentence(self, sentence: FileWord, checked: Checked) -> None:
        for name in placeholders(sentence.value):
            self._used.add(name)
            if name not in checked.facts and name != "today":
                place = sentence.scalar.place_of(sentence.value.index(f"{{{name}}}"))
                self._report.unknown(place, "fact", name, (*checked.facts, "today"))
        if re.search(r"[{}]", re.sub(r"\{\w+\}", "", sentence.value)):
            self._report.add(sentence.place, "a brace is not closed: a fact stands in {braces}")

    def _state(self, name: str, state: FileRecord, checked: Checked) -> None:
        if name in RESERVED:
            self._report.add(
                self._states.at(name), f"'{name}' is a word of the file: no state has it"
            )
        self._all_known(state.tokens("next"), "role", self._shared.roles)
        self._all_known(state.tokens("then"), "transition", self._moves.values)
        timer = state.token("due")
        if timer is not None and timer.value != AT_ONCE:
            node = self._expression(timer, checked.scope, TIMER_TYPES)
            if node is not None:
                checked.dues[name] = node

    def _move(self, move: FileRecord) -> None:
        self._all_known(move.tokens("from"), "state", (*self._states.values, NEW))
        self._all_known(move.tokens("to"), "state", self._states.values)
        self._all_known(move.tokens("by"), "role", self._shared.roles)
        self._all_known(move.tokens("not_by"), "transition", self._moves.values)
        self._all_known(move.tokens("rules"), "rule", self._rules.values)
        for sort in ("check", "do", "effects"):
            for token in move.tokens(sort):
                self._handler(token, sort, move)

    def _handler(self, token: FileWord, sort: str, move: FileRecord) -> None:
        self.handlers.add(token.value)
        fitting = [name for name in self._registry if self._registry[name].sort == sort]
        if token.value not in self._registry:
            self._report.unknown(token.place, f"{sort} handler", token.value, fitting)
            return
        handler = self._registry[token.value]
        if handler.sort != sort:
            message = f"'{token.value}' is a handler for '{handler.sort}', not for '{sort}'"
            self._report.add(token.place, message)
            return
        for outcome in handler.outcomes:
            self._outcome(token, outcome, move.word("to"))
        for fired in handler.fires:
            self._fired(token, fired)

    def _fired(self, token: FileWord, fired: str) -> None:
        name, _, trigger = fired.partition(".")
        moves = self._file.record("workflows").record(name).record("transitions")
        if trigger not in moves:
            self._report.unknown(token.place, f"move of '{name}'", trigger, moves.values)

    def _outcome(self, token: FileWord, outcome: str, target: str) -> None:
        moves = self._moves.records()
        if outcome not in moves:
            self._report.unknown(
                token.place, f"transition that '{token.value}' ends in", outcome, moves
            )
            return
        for key, word in (("from", target), ("by", SYSTEM)):
            if word not in moves[outcome].words(key):
                message = f"'{token.value}' ends in '{outcome}', which is not {key} '{word}'"
                self._report.add(token.place, message)

    def _promises(self, checked: Checked) -> None:
        names = Names(self._workflow, self._file, checked.facts, self._registry, self._report)
        for promise in self._workflow.series("promises"):
            if isinstance(promise, FileRecord):
                names.check(promise)
        self._used |= names.used

    def _unused(self, checked: Checked) -> None:
        facts = self._workflow.record("facts")
        for name in checked.facts.keys() - self._used:
            self._report.add(facts.at(name), f"the fact '{name}' is read by nothing: remove it")
        used = {word for move in self._moves.records().values() for word in move.words("rules")}
        for name in self._rules.values.keys() - used:
            self._report.add(
                self._rules.at(name), f"no transition has the rule '{name}': remove it"
            )
