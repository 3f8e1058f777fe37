"""What may stand in a question and in its answer: plain text, not long, without identity number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.kit.payload import MovePayload, written
from states.kit.invalid import Invalid
from states.people.tckn import mask_all
from workflow.model.entry import storable

if TYPE_CHECKING:
    from workflow.model.context import Payload

LONGEST = 2_000
"""Characters of a question, and of an answer."""


def clean_words(typed: str) -> str:
    """Return a text as it is kept; Invalid for what is empty, too long or names an identity number.

    A valid identity number is refused however its digits are grouped, and not masked: what somebody
    writes of another person is to stand nowhere, and its writer is to learn that it does not.
    """
    # A browser sends two characters for the end of a line, of which its reader counts one.
    said = storable(typed).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not said:
        raise Invalid("question.empty")
    if len(said) > LONGEST:
        raise Invalid("question.long", longest=LONGEST)
    if mask_all(said) != said:
        raise Invalid("question.identity_number")
    return said


@dataclass(frozen=True, slots=True)
class QuestionAnswer(MovePayload):
    """What is answered."""

    answer: str

    @classmethod
    def of(cls, payload: Payload) -> QuestionAnswer:
        """Return what a move brings, as it is kept; Invalid as `clean_words` says."""
        return cls(clean_words(written(payload, "answer") or ""))
