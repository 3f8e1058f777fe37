"""The grammar of the workflow file: which keys stand where, and what they hold."""

from __future__ import annotations

from workflow.model import promise
from workflow.model.shape import (
    NAME,
    Book,
    ChoiceShape,
    Fields,
    Forms,
    Many,
    Schema,
    Sentence,
    WordShape,
)

SCALAR_TYPES = ("date", "datetime", "int", "text", "bool")

_BOTH = ("tr", "en")
_TEXT = Fields({key: Sentence() for key in _BOTH}, _BOTH)
_FLAG = ChoiceShape(("true", "false"))
_EXPRESSION = Sentence()


def _name(what: str) -> WordShape:
    return WordShape(NAME, what)


def _names(what: str) -> Many:
    return Many(_name(what))


_HANDLERS = Many(WordShape(rf"{NAME}\.{NAME}", "a handler (module.function)"))
_VALUE = Forms(Sentence(), Sentence(), Many(Sentence(), single=False))
_ROLE = Fields({"title": _TEXT, "subject_only": _FLAG}, ("title",))
_KIND = Fields({"title": _TEXT}, ("title",), _VALUE)
_DAY = WordShape(r"\d{4}-\d{2}-\d{2}", "a date (YYYY-MM-DD)")
_WINDOW = Fields({"from": _DAY}, ("from",), _VALUE)
_TYPE = Forms(
    _name("a type"),
    Fields({"states_of": _name("a workflow")}, ("states_of",)),
    Many(_name("a value"), single=False),
)
_FACT = Forms(
    _name("a type"),
    Fields({"type": _TYPE, "sql": Sentence()}, ("type",)),
    Many(_name("a value"), single=False),
)
_RULE = Fields({"when": _EXPRESSION, "otherwise": _TEXT}, ("when", "otherwise"))
_STATE = Fields(
    {
        "title": _TEXT,
        "next": _name("a role"),
        "final": _FLAG,
        "due": _EXPRESSION,
        "then": _names("a transition"),
    },
    ("title",),
)
_TRANSITION = Fields(
    {
        "title": _TEXT,
        "consequence": _TEXT,
        "from": _names("a state"),
        "to": _name("a state"),
        "by": _names("a role"),
        "not_by": _names("a transition"),
        "not_subject": _FLAG,
        "reopens": _FLAG,
        "rules": _names("a rule"),
        "check": _HANDLERS,
        "do": _HANDLERS,
        "effects": _HANDLERS,
        "reason": ChoiceShape(("none", "optional", "required")),
        "reasons": Book(_TEXT, "reason"),
    },
    ("title", "from", "to", "by"),
)
_FACTS = Book(Sentence(), "fact")
_PROMISE = Fields(
    {
        "to": _names("a state"),
        "from": _names("a state"),
        "after": _names("a state"),
        "since_last": _names("a transition"),
        "when": _FACTS,
        promise.PASSES_ONE_OF: _names("a transition"),
        promise.PASSES_RULE: _names("a rule"),
        promise.RUNS: _HANDLERS,
        promise.FIRES: Many(WordShape(rf"{NAME}\.{NAME}", "a move (workflow.transition)")),
        promise.NEVER_AFTER: _names("a state"),
        promise.ONLY_BY: _names("a role"),
        promise.NOT_WHILE: Book(Many(Sentence()), "fact"),
        promise.ASKS_REASON: ChoiceShape(("true",)),
        promise.DIFFERENT_PEOPLE: _names("a transition"),
        promise.NOT_ON_OWN_CASE: _names("a role"),
        promise.NO_STATE_WAITS_FOR_EVER: ChoiceShape(("true",)),
        "but": _names("a state or transition"),
    }
)
_WORKFLOW = Fields(
    {
        "title": _TEXT,
        "table": _name("a table"),
        "subject": _name("a fact or column"),
        "urgency": _name("a fact or column"),
        "facts": Book(_FACT, "fact", empty=True),
        "rules": Book(_RULE, "rule", empty=True),
        "states": Book(_STATE, "state"),
        "transitions": Book(_TRANSITION, "transition"),
        "promises": Many(Forms(ChoiceShape(promise.BARE), _PROMISE)),
    },
    ("title", "table", "subject", "states", "transitions"),
)

FILE = Fields(
    {
        "roles": Book(_ROLE, "role"),
        "windows": Many(_WINDOW, single=False),
        "kinds": Book(_KIND, "kind"),
        "workflows": Book(_WORKFLOW, "workflow"),
    },
    ("roles", "workflows"),
)
"""The whole file."""


def json_schema() -> Schema:
    """Return the grammar as a JSON Schema (draft 2020-12), by which editors complete the file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Workflows",
        **FILE.schema(),
    }
