"""Which of several refusals says why a timer moved nothing.

A timer tries the transitions of its state in order; the first is what the state waits for, the
others are ways around. So the first refusal tells, unless its rule only sorts cases by what they
are: that a case of paper is none of e-onay says nothing of why it stands still.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from workflow.model.expression import Name, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflow.model.definition import Definition

Tried = tuple[str, str]
"""A transition that was tried and the code of its refusal."""


def choose_refusal(definition: Definition, tried: Sequence[Tried]) -> Tried:
    """Return the refusal that says why a case stayed; ``tried`` is in the order of the timer."""
    return next((one for one in tried if not _sorts(definition, one[1])), tried[0])


@lru_cache(maxsize=1024)
def _sorts(definition: Definition, code: str) -> bool:
    """Say whether a code is that of a rule which reads nothing but columns of the case itself.

    Neither the clock, the policy, the kind nor anything elsewhere changes its answer.
    """
    rule = definition.rules.get(code)
    if rule is None:
        return False
    names = [part.name for part in walk(rule.when) if isinstance(part, Name)]
    return all(name in definition.facts and definition.facts[name].plain for name in names)
