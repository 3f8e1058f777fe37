"""The difference between two published definitions, in Turkish words an auditor reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from workflow.model.definition import AT_ONCE, Enumeration, Text
from workflow.model.duration import Duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from workflow.model.definition import Definition, Fact, Role, Rule, State, Transition

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Named:
    """Names in words: alike when the names are, whatever titles they bear in the two files."""

    names: tuple[str, ...]
    words: str = field(compare=False)

    def __str__(self) -> str:
        """Return the words."""
        return self.words


Words = dict[str, "str | Named"]
"""What can be said of a thing: what is spoken of, and its value in words; "" is nothing."""

NOTHING = "yok"
"""Stands for a value that is not there."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that changed: what, its value before and after."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one state, transition, rule and so on, from one definition to the other."""

    section: str
    kind: Kind
    name: str
    title: str
    details: tuple[Detail, ...]


def differences(before: Definition, after: Definition) -> list[Change]:
    """Return what changed, section by section, in the order of the newer file.

    What is new comes with all that is said of it, what is gone with all that was. Promises are
    proved when a file is loaded; they are no part of what is published.
    """
    found = []
    for section, tell in _SECTIONS.items():
        old, new = tell(before), tell(after)
        for name in [*new, *(name for name in old if name not in new)]:
            change = _change(section, name, old.get(name), new.get(name))
            if change is not None:
                found.append(change)
    return found


def _change(section: str, name: str, old: Words | None, new: Words | None) -> Change | None:
    if old == new:
        return None
    title = str((new or old or {}).get(_TITLE, ""))
    kind: Kind = "added" if old is None else "removed" if new is None else "changed"
    return Change(section, kind, name, title, tuple(_details(old or {}, new or {})))


def _details(old: Words, new: Words) -> Iterator[Detail]:
    for what in [*new, *(what for what in old if what not in new)]:
        was, now = old.get(what, ""), new.get(what, "")
        if was != now:
            yield Detail(what, str(was) or NOTHING, str(now) or NOTHING)


_TITLE = "Başlık"


def _whole(definition: Definition) -> dict[str, Words]:
    return {
        definition.name: {
            _TITLE: definition.title.tr,
            "Tablo": definition.table,
            "Sahibin sütunu": definition.subject,
            "Öncelik": definition.urgency or "",
        }
    }


def _state(definition: Definition, state: State) -> Words:
    return {
        _TITLE: state.title.tr,
        "Sıradaki": _roles(definition, state.next),
        "Son durum": _yes(state.final),
        "Süre": "hemen" if state.due_source == AT_ONCE else state.due_source,
        "Süre dolunca": _moves(definition, *state.then),
    }


def _transition(definition: Definition, move: Transition) -> Words:
    return {
        _TITLE: move.title.tr,
        "Nereden": _places(definition, *move.source),
        "Nereye": _places(definition, move.target),
        "Kim yapabilir": _roles(definition, *move.by),
        "Şunları yapan yapamaz": _moves(definition, *move.not_by),
        "Kaydın sahibi yapamaz": _yes(move.not_subject),
        "Gerekçe": _REASON[move.reason],
        "Gerekçe kodları": ", ".join(
            f"{words.tr} ({code})" for code, words in move.reasons.items()
        ),
        "Kurallar": ", ".join(move.rules),
        "Denetimler": ", ".join(move.check),
        "Yapılanlar": ", ".join(move.do),
        "Sonradan yapılanlar": ", ".join(move.effects),
        "Sonuç cümlesi": move.consequence.tr if move.consequence else "",
    }


_REASON = {"none": "sorulmaz", "optional": "yazılabilir", "required": "zorunlu"}


def _rule(_: Definition, rule: Rule) -> Words:
    return {"Koşul": rule.source, "Sağlanmazsa": rule.otherwise.tr}


def _role_of(_: Definition, role: Role) -> Words:
    return {_TITLE: role.title.tr, "Yalnız kendi kayıtları": _yes(role.subject_only)}


def _fact(_: Definition, fact: Fact) -> Words:
    sort = fact.type
    values = ", ".join(sort.values) if isinstance(sort, Enumeration) else sort
    return {"Değerler": values, "Kaynağı": fact.sql}


def _fields(row: Mapping[str, object]) -> Words:
    return {_TITLE if name == "title" else name: _value(value) for name, value in row.items()}


def _value(value: object) -> str:
    match value:
        case bool():
            return _yes(value) or "hayır"
        case Text():
            return value.tr
        case tuple():
            return ", ".join(_value(item) for item in value)
        case Duration():
            return _duration(value)
        case _:
            return str(value)


def _duration(length: Duration) -> str:
    parts = ((length.months, "ay"), (length.days, "gün"), (length.seconds, "saniye"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 gün"


def _yes(value: bool) -> str:  # noqa: FBT001 - a yes or no is what it words
    return "evet" if value else ""


def _places(definition: Definition, *names: str) -> Named:
    states = definition.states
    return Named(names, ", ".join(
        f"{states[name].title.tr} ({name})" if name in states else f"Yeni ({name})"
        for name in names
    ))  # fmt: skip


def _roles(definition: Definition, *names: str) -> Named:
    roles = definition.roles
    return Named(names, ", ".join(roles[name].title.tr for name in names if name in roles))


def _moves(definition: Definition, *names: str) -> Named:
    moves = definition.transitions
    return Named(names, ", ".join(f"{moves[name].title.tr} ({name})" for name in names))


_SECTIONS: dict[str, Callable[[Definition], dict[str, Words]]] = {
    "Süreç": _whole,
    "Durumlar": lambda d: {name: _state(d, state) for name, state in d.states.items()},
    "İşlemler": lambda d: {name: _transition(d, move) for name, move in d.transitions.items()},
    "Kurallar": lambda d: {name: _rule(d, rule) for name, rule in d.rules.items()},
    "Roller": lambda d: {name: _role_of(d, role) for name, role in d.roles.items()},
    "Bilgiler": lambda d: {name: _fact(d, fact) for name, fact in d.facts.items()},
    "Türler": lambda d: {name: _fields(kind) for name, kind in d.kinds.items()},
    "Dönemler": lambda d: {str(row["from"]): _fields(row) for row in d.windows},
}
"""What is compared, in the order in which it is read, and how each part is put in words."""
