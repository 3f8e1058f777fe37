"""The three answers a rule or a check may give: allow, deny with a reason, error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

Params = Mapping[str, object]
NO_PARAMS: Params = MappingProxyType({})


class Answer(StrEnum):
    """What a rule or a check says of a move."""

    ALLOW = "allow"
    DENY = "deny"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One answer with its code (``rule name`` or ``subject.reason``) and parameters.

    An ERROR means that the question could not be answered (a fact is missing, a status is out of
    reach): it refuses the move like a DENY, and ``not error`` stays an error.
    """

    answer: Answer
    code: str = ""
    params: Params = field(default_factory=lambda: NO_PARAMS)

    @property
    def allows(self) -> bool:
        """Say whether the move may go on."""
        return self.answer is Answer.ALLOW


ALLOW = Verdict(Answer.ALLOW)


def deny(code: str, **params: object) -> Verdict:
    """Refuse a move for a reason that a person can be told."""
    return Verdict(Answer.DENY, code, params)


def error(code: str, **params: object) -> Verdict:
    """Say that the question could not be answered now; the move waits."""
    return Verdict(Answer.ERROR, code, params)
