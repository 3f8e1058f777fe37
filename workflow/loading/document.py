"""The step from a checked workflow of the file to the document that is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.loading.publish import encode
from workflow.loading.vocabulary import text_of
from workflow.model.definition import AT_ONCE, Enumeration
from workflow.model.lexer import tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflow.loading.references import Checked
    from workflow.loading.vocabulary import Vocabulary
    from workflow.model.definition import Fact, FactType
    from workflow.model.shape import FileRecord

    Json = dict[str, object]


def document_of(name: str, workflow: FileRecord, shared: Vocabulary, checked: Checked) -> Json:
    """Return everything a definition needs, as JSON values that ``publish`` can hash.

    States, transitions and kinds keep the order of the file, which screens show; the rest is
    sorted, so that moving it about in the file changes no hash.
    """
    return {
        "name": name,
        "title": _text(workflow, "title"),
        "table": workflow.word("table"),
        "subject": workflow.word("subject"),
        "urgency": workflow.word("urgency") or None,
        "roles": [_role(key, role) for key, role in sorted(shared.roles.items())],
        "kinds": [{"name": key, "fields": _fields(row)} for key, row in shared.kinds.items()],
        "windows": [_fields(row) for row in shared.windows],
        "facts": [_fact(fact) for _, fact in sorted(checked.facts.items())],
        "rules": [_rule(key, rule) for key, rule in sorted(_entries(workflow, "rules"))],
        "states": [_state(key, state) for key, state in _entries(workflow, "states")],
        "transitions": [_move(key, move) for key, move in _entries(workflow, "transitions")],
    }


def _entries(workflow: FileRecord, key: str) -> list[tuple[str, FileRecord]]:
    return list(workflow.record(key).records().items())


def _text(record: FileRecord, key: str) -> Json:
    text = text_of(record.record(key))
    return {"tr": text.tr, "en": text.en}


def _fields(row: Mapping[str, object]) -> Json:
    return {name: encode(value) for name, value in row.items()}


def _role(name: str, role: FileRecord) -> Json:
    return {"name": name, "title": _text(role, "title"), "subject_only": role.flag("subject_only")}


def _fact(fact: Fact) -> Json:
    return {"name": fact.name, "type": _type(fact.type), "sql": fact.sql}


def _type(sort: FactType) -> object:
    if isinstance(sort, Enumeration):
        return {"values": list(sort.values), "of_kinds": sort.of_kinds}
    return sort


def _rule(name: str, rule: FileRecord) -> Json:
    return {"name": name, "when": tidy(rule.word("when")), "otherwise": _text(rule, "otherwise")}


def _state(name: str, state: FileRecord) -> Json:
    source = state.word("due")
    return {
        "name": name,
        "title": _text(state, "title"),
        "next": state.word("next"),
        "final": state.flag("final"),
        "due": source if source in {"", AT_ONCE} else tidy(source),
        "then": state.words("then"),
    }


def _move(name: str, move: FileRecord) -> Json:
    return {
        "name": name,
        "title": _text(move, "title"),
        "consequence": _text(move, "consequence") if "consequence" in move else None,
        "source": move.words("from"),
        "target": move.word("to"),
        "by": move.words("by"),
        "not_by": move.words("not_by"),
        "not_subject": move.flag("not_subject"),
        "rules": move.words("rules"),
        "check": move.words("check"),
        "do": move.words("do"),
        "effects": move.words("effects"),
        "reason": move.word("reason", "none"),
        **_reasons(move),
    }


def _reasons(move: FileRecord) -> Json:
    """Return the codes of a reason; nothing where there are none, as in older definitions."""
    codes = move.record("reasons").records()
    listed = [{"code": code, "text": _text(move.record("reasons"), code)} for code in codes]
    return {"reasons": listed} if listed else {}
