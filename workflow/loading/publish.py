"""The canonical form of a definition: the JSON that is hashed, stored and read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from workflow.model.definition import (
    AT_ONCE,
    Definition,
    Enumeration,
    Fact,
    FactType,
    Role,
    Rule,
    State,
    Text,
    Transition,
)
from workflow.model.duration import Duration
from workflow.model.expression import parse
from workflow.rules.typing import Scope, scope_of, typed

Document = Mapping[str, Any]
"""A definition as plain JSON values."""

TIMER_TYPES = ("duration", "date", "datetime")
RULE_TYPES = ("bool",)


def canonical_of(document: Document) -> str:
    """Return the one text of a document: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(canonical: str) -> str:
    """Return the SHA-256 (hex) that names a definition."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def from_canonical(canonical: str) -> Definition:
    """Rebuild a definition from its canonical text alone, whatever the file says by now."""
    document: Document = json.loads(canonical)
    facts = _named(_fact(item) for item in document["facts"])
    kinds = MappingProxyType({item["name"]: _row(item["fields"]) for item in document["kinds"]})
    windows = tuple(_row(item) for item in document["windows"])
    scope = scope_of(facts.values(), kinds, windows)
    return Definition(
        name=document["name"],
        sha256=sha256_of(canonical),
        canonical=canonical,
        title=Text(**document["title"]),
        table=document["table"],
        subject=document["subject"],
        urgency=document["urgency"],
        roles=_named(_role(item) for item in document["roles"]),
        kinds=kinds,
        windows=windows,
        facts=facts,
        rules=_named(_rule(item, scope) for item in document["rules"]),
        states=_named(_state(item, scope) for item in document["states"]),
        transitions=_named(_transition(item) for item in document["transitions"]),
    )


def encode(value: object) -> object:
    """Return a value of kinds and windows as JSON; dates, durations and titles are marked."""
    match value:
        case Text(tr, en):
            return {"text": {"tr": tr, "en": en}}
        case date():
            return {"date": value.isoformat()}
        case Duration():
            return {"duration": [value.months, value.days, value.seconds]}
        case tuple():
            return [encode(item) for item in value]
        case _:
            return value


def _decode(value: Any) -> object:  # noqa: ANN401 - any JSON value may stand here
    match value:
        case {"text": text}:
            return Text(**text)
        case {"date": day}:
            return date.fromisoformat(day)
        case {"duration": [months, days, seconds]}:
            return Duration(months, days, seconds)
        case list():
            return tuple(_decode(item) for item in value)
        case _:
            return cast("object", value)


def _row(fields: Document) -> Mapping[str, object]:
    return MappingProxyType({name: _decode(value) for name, value in fields.items()})


def _named(items: Any) -> Any:  # noqa: ANN401 - one helper for six types, each checked where used
    return MappingProxyType({item.name: item for item in items})


def _role(item: Document) -> Role:
    return Role(item["name"], Text(**item["title"]), item["subject_only"])


def _fact(item: Document) -> Fact:
    return Fact(item["name"], _fact_type(item["type"]), item["sql"])


def _fact_type(sort: Any) -> FactType:  # noqa: ANN401 - a word or a mapping of JSON
    if isinstance(sort, str):
        return cast("FactType", sort)
    return Enumeration(tuple(sort["values"]), sort["of_kinds"])


def _rule(item: Document, scope: Scope) -> Rule:
    when, _ = typed(parse(item["when"]), scope, RULE_TYPES)
    return Rule(item["name"], item["when"], when, Text(**item["otherwise"]))


def _state(item: Document, scope: Scope) -> State:
    source = item["due"]
    due: Any = AT_ONCE if source == AT_ONCE else None
    if source not in {"", AT_ONCE}:
        due, _ = typed(parse(source), scope, TIMER_TYPES)
    return State(
        item["name"],
        Text(**item["title"]),
        item["next"],
        item["final"],
        due,
        source,
        tuple(item["then"]),
    )


def _transition(item: Document) -> Transition:
    lists = ("source", "by", "not_by", "rules", "check", "do", "effects")
    return Transition(
        name=item["name"],
        title=Text(**item["title"]),
        consequence=Text(**item["consequence"]) if item["consequence"] else None,
        target=item["target"],
        not_subject=item["not_subject"],
        reason=item["reason"],
        reasons=MappingProxyType(
            {entry["code"]: Text(**entry["text"]) for entry in item.get("reasons", ())}
        ),
        **{name: tuple(item[name]) for name in lists},
    )
