"""How promises read in words, in Turkish and English, for people who audit a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow.model import promise as sorts
from workflow.model.definition import Text
from workflow.model.machine import NEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflow.model.definition import Definition, Role, State, Transition
    from workflow.model.promise import Promise

_SENTENCES: Mapping[str, Text] = {
    sorts.PASSES_ONE_OF: Text(
        "{way} {names} yapılmadan gelinmez", "No case comes {way} without {names}"
    ),
    sorts.PASSES_RULE: Text(
        "{way} {names} kuralı sağlanmadan gelinmez", "No case comes {way} without the rule {names}"
    ),
    sorts.RUNS: Text("{way} {names} çalışmadan gelinmez", "No case comes {way} without {names}"),
    sorts.FIRES: Text(
        "{way} {names} işlemi de yapılmadan gelinmez",
        "No case comes {way} without {names} being made too",
    ),
    sorts.ONLY_BY: Text("{way} kaydı yalnızca {names} getirir", "Only {names} brings a case {way}"),
    sorts.NOT_WHILE: Text("{way} {facts} iken gelinmez", "No case comes {way} while {facts}"),
    sorts.ASKS_REASON: Text(
        "{way} gerekçe yazılmadan gelinmez", "No case comes {way} without a reason"
    ),
    sorts.NEVER_AFTER: Text(
        "{names} durumundan sonra {way} gelinmez", "No case comes {way} after {names}"
    ),
    sorts.DIFFERENT_PEOPLE: Text(
        "{way} gelen kayıtta {names} işlemlerini ayrı kişiler yapar",
        "Of a case that comes {way}, different people make {names}",
    ),
    sorts.NOT_ON_OWN_CASE: Text(
        "{names} kendi kaydında işlem yapamaz", "No {names} moves a case of their own"
    ),
    sorts.NO_STATE_WAITS_FOR_EVER: Text(
        "Her durumda bir süre işler; sistemi bekleyen her durumdan bir kişi de çıkarabilir",
        "In every state something is due, and a person leads out of each that waits for the system",
    ),
    sorts.EVERY_STATE_CAN_END: Text(
        "Her durumdan bir sona varılabilir", "From every state a case can end"
    ),
}
_NEW = Text("yeni", "new")
_OR, _AND = Text("veya", "or"), Text("ve", "and")
_TRUTH = {True: Text("evet", "yes"), False: Text("hayır", "no")}
_WAY = Text("“{to}” durumuna", "to “{to}”")
_FROM = Text("{names} durumundan doğrudan {way}", "straight from {names} {way}")
_AFTER = Text("{names} durumundan {way}", "from {names} {way}")
_SINCE = Text("Son {names} işleminden beri {way}", "{way} since the last {names}")
_BUT = Text("{said}; şunlar dışında: {names}", "{said}, but for {names}")


def told(definition: Definition, promise: Promise, language: str = "tr") -> str:
    """Return a promise as one sentence; states, transitions and roles by their titles."""
    return _Teller(definition, language).told(promise)


class _Teller:
    """Writes the promises of one workflow in one language."""

    def __init__(self, definition: Definition, language: str) -> None:
        self._definition = definition
        self._english = language == "en"

    def told(self, promise: Promise) -> str:
        said = self._in(_SENTENCES[promise.sort]).format(
            way=self._way(promise),
            names=self._names(promise.names, all_of=promise.sort == sorts.DIFFERENT_PEOPLE),
            facts=self._facts(promise.facts),
        )
        if promise.when:
            known = {name: (value,) for name, value in promise.when.items()}
            said = f"{said} ({self._facts(known)})"
        if promise.but:
            said = self._in(_BUT).format(said=said, names=self._names(promise.but))
        return f"{said}."

    def _way(self, promise: Promise) -> str:
        way = self._in(_WAY).format(to=self._title(promise.to))
        parts = ((_FROM, promise.source), (_AFTER, promise.after), (_SINCE, promise.since_last))
        for frame, names in parts:
            if names:
                way = self._in(frame).format(way=way, names=self._names(names))
        return way

    def _names(self, names: Iterable[str], *, all_of: bool = False) -> str:
        titles = [f"“{title}”" if (title := self._title(name)) else name for name in names]
        return self._joined(titles, _AND if all_of else _OR)

    def _joined(self, words: list[str], joint: Text) -> str:
        last = f" {self._in(joint)} "
        return last.join(filter(None, (", ".join(words[:-1]), *words[-1:])))

    def _facts(self, facts: Mapping[str, tuple[object, ...]]) -> str:
        sign = " is " if self._english else ": "
        return ", ".join(
            f"{name}{sign}{self._joined([self._value(name, value) for value in values], _OR)}"
            for name, values in facts.items()
        )

    def _value(self, fact: str, value: object) -> str:
        if isinstance(value, bool):
            return self._in(_TRUTH[value])
        kind = self._definition.kinds.get(str(value), {}) if fact == "kind" else {}
        title = kind.get("title")
        return self._in(title) if isinstance(title, Text) else str(value)

    def _title(self, name: str) -> str:
        found = self._definition
        if name == NEW:
            return self._in(_NEW)
        books: tuple[Mapping[str, State | Transition | Role], ...] = (
            found.states, found.transitions, found.roles,
        )  # fmt: skip
        return next((self._in(book[name].title) for book in books if name in book), "")

    def _in(self, text: Text) -> str:
        return text.en if self._english else text.tr
