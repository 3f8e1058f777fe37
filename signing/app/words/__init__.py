"""What nes-imza's window says, in Turkish or English: two catalogues with the same keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from signing.app.words import en, tr
from signing.app.words.refusals import ToldRefusal, filled, tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signing.app.protocol import Claim
    from signing.errors import SigningError


class Language(StrEnum):
    """The languages of the window."""

    TURKISH = "tr"
    ENGLISH = "en"


SAYINGS: Mapping[Language, Mapping[str, str]] = {
    Language.TURKISH: tr.SAYINGS,
    Language.ENGLISH: en.SAYINGS,
}


@dataclass(frozen=True)
class Words:
    """The sayings of one language."""

    language: Language = Language.TURKISH

    def __call__(self, key: str, **params: object) -> str:
        """Give a saying, filled; an unknown key is a mistake of ours and raises KeyError."""
        return SAYINGS[self.language][key].format_map(params)

    def purpose(self, code: str, title: str) -> str:
        """Name a purpose: in Turkish as the page names it, else by its code."""
        return title if self.language is Language.TURKISH else self(f"purpose.{code}")

    def person(self, claim: Claim) -> str:
        """Name who is to sign."""
        if not claim.person:
            return self("document.anyone")
        return f"{claim.person} ({claim.tckn_masked})"

    def refusal(self, error: SigningError) -> ToldRefusal:
        """Put a refusal into words; the server's own reasons stay as they came, in Turkish."""
        known = None if self.language is Language.TURKISH else en.REFUSALS.get(error.code)
        if known is None:
            return tell(error)
        title, text = known
        lacking = en.FAULTS.get(str(error.params.get("reason", "")))
        params = {"reason": "", **filled(error)}
        return ToldRefusal(title.format_map(params), (lacking or text).format_map(params))
