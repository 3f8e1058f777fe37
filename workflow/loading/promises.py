"""The reading of promises from the file: which keys go together, and that each name is one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from workflow.model import promise as sorts
from workflow.model.definition import Enumeration
from workflow.model.expression import ExpressionError
from workflow.model.machine import NEW
from workflow.model.promise import Promise
from workflow.model.shape import FileRecord, FileWord
from workflow.model.value import value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflow.model.definition import Fact
    from workflow.model.problem import FilePlace, Report

PARTS = ("from", "after", "since_last")
"""The keys of which a promise has one at most: each names the part of the way that counts."""

ALLOWED = {
    **dict.fromkeys(sorts.ON_WAYS, ("to", *PARTS, "when")),
    sorts.NEVER_AFTER: ("to", "when"),
    sorts.DIFFERENT_PEOPLE: ("to", "since_last", "when"),
    **dict.fromkeys(sorts.OF_ALL, ("but",)),
}
"""The keys that may stand beside what is promised."""

_TYPES: Mapping[str, type] = {"date": date, "int": int, "text": str, "bool": bool}
"""What a fact of each type may be fixed to; a moment is never one."""


def promises_of(workflow: FileRecord) -> list[tuple[FilePlace, Promise]]:
    """Return the promises of a workflow whose names are all known, one for each state."""
    found: list[tuple[FilePlace, Promise]] = []
    for item in workflow.series("promises"):
        if isinstance(item, FileWord):
            found.append((item.place, Promise(item.value)))
        if isinstance(item, FileRecord):
            found.extend((item.place, _promise(item, to)) for to in item.words("to") or ("",))
    return found


class Names:
    """Checks the names in the promises of one workflow; ``used`` collects the facts they read."""

    def __init__(
        self,
        workflow: FileRecord,
        file: FileRecord,
        facts: Mapping[str, Fact],
        registry: Iterable[str],
        report: Report,
    ) -> None:
        """Hold what the names are looked up in."""
        states, moves = workflow.record("states").values, workflow.record("transitions").records()
        fires = [
            f"{name}.{move}"
            for name, other in file.record("workflows").records().items()
            for move in other.record("transitions").values
        ]
        self._books: dict[str, tuple[str, Iterable[str]]] = {
            "to": ("state", states),
            "from": ("state", (*states, NEW)),
            "after": ("state", states),
            "since_last": ("transition", moves),
            sorts.PASSES_ONE_OF: ("transition", moves),
            sorts.PASSES_RULE: ("rule", workflow.record("rules").values),
            sorts.RUNS: ("handler", registry),
            sorts.FIRES: ("move", fires),
            sorts.NEVER_AFTER: ("state", states),
            sorts.ONLY_BY: ("role", file.record("roles").values),
            sorts.DIFFERENT_PEOPLE: ("transition", moves),
            sorts.NOT_ON_OWN_CASE: ("role", file.record("roles").values),
        }
        self._but = {sorts.NOT_ON_OWN_CASE: ("transition", moves),
                     sorts.NO_STATE_WAITS_FOR_EVER: ("state", states)}  # fmt: skip
        self._facts = facts
        self._report = report
        self.used: set[str] = set()

    def check(self, item: FileRecord) -> None:
        """Note every mistake in one promise."""
        for key, (what, valid) in self._books.items():
            self._known(item.tokens(key), what, valid)
        said = [key for key in sorts.SORTS if key in item]
        if len(said) != 1:
            message = f"a promise says exactly one of {', '.join(sorts.SORTS)}"
            self._report.add(item.place, message)
            return
        self._beside(item, said[0])
        if "but" in item and said[0] in self._but:
            self._known(item.tokens("but"), *self._but[said[0]])
        for book in (item.record("when"), item.record(sorts.NOT_WHILE)):
            for name in book.values:
                self._fact(book, name)

    def _known(self, tokens: Iterable[FileWord], what: str, valid: Iterable[str]) -> None:
        names = set(valid)
        for token in tokens:
            if token.value not in names:
                self._report.unknown(token.place, what, token.value, names)

    def _beside(self, item: FileRecord, said: str) -> None:
        """Note keys that mean nothing beside what is promised, and a state that is missing."""
        for key in item.values:
            if key != said and key not in ALLOWED[said]:
                self._report.add(item.at(key), f"'{key}' means nothing beside '{said}'")
        if "to" in ALLOWED[said] and "to" not in item:
            self._report.add(item.place, f"'to' is missing: '{said}' of which state?")
        parts = [key for key in PARTS if key in item]
        if len(parts) > 1:
            message = f"a promise has one of {', '.join(parts)}, not more"
            self._report.add(item.at(parts[1]), message)

    def _fact(self, book: FileRecord, name: str) -> None:
        if name not in self._facts:
            self._report.unknown(book.at(name), "fact", name, self._facts)
            return
        self.used.add(name)
        sort = self._facts[name].type
        if isinstance(sort, Enumeration):
            self._known(book.tokens(name), "value", sort.values)
            return
        for token in book.tokens(name):
            if type(_value(token)) is not _TYPES.get(sort):
                self._report.add(token.place, f"'{token.value}' is no {sort}, as '{name}' is")


def _value(token: FileWord) -> object:
    """Return the value that a word stands for; None when it stands for none."""
    try:
        return value_of(token)
    except ExpressionError:
        return None


def _promise(item: FileRecord, to: str) -> Promise:
    said = next(key for key in sorts.SORTS if key in item)
    facts = item.record(sorts.NOT_WHILE)
    when = item.record("when")
    return Promise(
        said,
        () if said in {sorts.NOT_WHILE, sorts.ASKS_REASON} else item.words(said),
        to,
        source=item.words("from"),
        after=item.words("after"),
        since_last=item.words("since_last"),
        when={name: value_of(token) for name in when.values for token in when.tokens(name)},
        facts={name: tuple(map(value_of, facts.tokens(name))) for name in facts.values},
        but=item.words("but"),
    )
