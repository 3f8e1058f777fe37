"""What a promise is: something that has to hold on every way into a state, or of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSES_ONE_OF = "passes_one_of"
PASSES_RULE = "passes_rule"
RUNS = "runs"
FIRES = "fires"
NEVER_AFTER = "never_after"
ONLY_BY = "only_by"
NOT_WHILE = "not_while"
ASKS_REASON = "asks_reason"
DIFFERENT_PEOPLE = "different_people"
NOT_ON_OWN_CASE = "not_on_own_case"
NO_STATE_WAITS_FOR_EVER = "no_state_waits_for_ever"
EVERY_STATE_CAN_END = "every_state_can_end"

ON_WAYS = (PASSES_ONE_OF, PASSES_RULE, RUNS, FIRES, ONLY_BY, NOT_WHILE, ASKS_REASON)
"""What is promised of the ways into a state, from where a case stood or since a move."""

OF_ALL = (NOT_ON_OWN_CASE, NO_STATE_WAITS_FOR_EVER)
"""What is promised of a whole workflow, ``but`` for what is named."""

SORTS = (*ON_WAYS, NEVER_AFTER, DIFFERENT_PEOPLE, *OF_ALL)
"""What a promise that is a mapping may say; it says exactly one of them."""

BARE = (EVERY_STATE_CAN_END, NO_STATE_WAITS_FOR_EVER)
"""What a promise may say in one word."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: ``sort`` is its key in the file, ``names`` the words that stand there.

    ``to`` is the state that it is about, '' where it is about the whole workflow. Of a way into
    it counts the move alone that leads there straight from a state of ``source``, or what comes
    after the last stay in a state of ``after``, or after the last move of ``since_last``; all of
    it where there are none. ``when`` fixes facts that do not change on that
    part of the way, so that moves whose rules then cannot hold are left out. ``facts`` are those
    of ``not_while``; ``but`` are the states or transitions that it is not about.
    """

    sort: str
    names: tuple[str, ...] = ()
    to: str = ""
    source: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    since_last: tuple[str, ...] = ()
    when: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    but: tuple[str, ...] = ()
