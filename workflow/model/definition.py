"""The shape of a loaded workflow: immutable, named by the hash of its canonical form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

from workflow.model.machine import NEW, sources_of, triggers_from

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from workflow.model.expression import Node
    from workflow.model.promise import Promise

OTHER = "other"
"""The code among a transition's ``reasons`` that stands for own words alone."""

AT_ONCE = "at_once"
"""The ``due`` of a state that the engine leaves by itself right after the move into it."""

ScalarType = Literal["date", "datetime", "int", "text", "bool", "duration"]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A text type with a closed set of values; ``of_kinds`` when the values are the kinds."""

    values: tuple[str, ...]
    of_kinds: bool = False


FactType = ScalarType | Enumeration


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or title in Turkish and English."""

    tr: str
    en: str


@dataclass(frozen=True, slots=True)
class Role:
    """A part a person plays; ``subject_only`` roles act on their own cases and no others."""

    name: str
    title: Text
    subject_only: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """Something rules may read: a column of the case table, or an SQL expression over alias c."""

    name: str
    type: FactType
    sql: str

    @property
    def plain(self) -> bool:
        """Say whether the fact is a column of the case, which only moves of the case change."""
        return self.sql == f"c.{self.name}"

    @property
    def elsewhere(self) -> bool:
        """Say whether the fact stands in another row than the case's own."""
        return re.search(r"\bselect\b", self.sql, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """A pure condition: one text, read as Python, as SQL and by the prover."""

    name: str
    source: str
    when: Node
    otherwise: Text


@dataclass(frozen=True, slots=True)
class State:
    """Where a case may stand, who acts next, and the timer that moves it on.

    ``due`` is None, ``AT_ONCE`` or an expression: a duration counted from the entry into the
    state, or a date or datetime. ``then`` names transitions tried in order when it is due.
    """

    name: str
    title: Text
    next: str
    final: bool
    due: Literal["at_once"] | Node | None
    due_source: str
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """A move: where from, where to, who may, which rules and checks judge it, what it does.

    ``reasons`` are the codes, with their words, one of which the reason of the move begins with.
    """

    name: str
    title: Text
    consequence: Text | None
    source: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    not_by: tuple[str, ...]
    not_subject: bool
    rules: tuple[str, ...]
    check: tuple[str, ...]
    do: tuple[str, ...]
    effects: tuple[str, ...]
    reason: Literal["none", "optional", "required"]
    reasons: Mapping[str, Text] = field(default_factory=dict)

    @property
    def pure(self) -> bool:
        """Say whether the move needs no handler inside it, so that one statement makes it."""
        return not self.check and not self.do

    @property
    def creates(self) -> bool:
        """Say whether the move makes a new case."""
        return self.source == (NEW,)


@dataclass(frozen=True, slots=True)
class Definition:
    """One workflow as loaded: what the engine runs and what a case is pinned to.

    ``canonical`` is the JSON text (sorted keys, no spaces, UTF-8) whose SHA-256 is ``sha256``;
    it holds everything below, so that two definitions with one hash behave alike. Only
    ``promises`` are no part of it: they were proved of a file, and a stored definition has none.
    """

    name: str
    sha256: str
    canonical: str
    title: Text
    table: str
    subject: str
    urgency: str | None
    roles: Mapping[str, Role]
    kinds: Mapping[str, Mapping[str, object]]
    windows: tuple[Mapping[str, object], ...]
    facts: Mapping[str, Fact]
    rules: Mapping[str, Rule]
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    promises: tuple[Promise, ...] = field(default=(), compare=False)

    def __hash__(self) -> int:
        """Hash by the name that stands for everything in it."""
        return hash(self.sha256)

    @property
    def initial(self) -> tuple[Transition, ...]:
        """The transitions that create a case."""
        return self.moves_from(NEW)

    def moves_from(self, state: str) -> tuple[Transition, ...]:
        """Return the transitions that start in a state, in the order of the file."""
        return tuple(self.transitions[name] for name in triggers_from(self, state))

    def starts(self, trigger: str, state: str) -> bool:
        """Say whether there is a transition of that name from a state."""
        return state in sources_of(self, trigger)

    def window_on(self, day: date) -> Mapping[str, object]:
        """Return the dated policy row in force on a day; the oldest one for days before it."""
        started = [row for row in self.windows if cast("date", row["from"]) <= day]
        return started[-1] if started else self.windows[0]
