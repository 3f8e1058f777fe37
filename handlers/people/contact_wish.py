"""What somebody wants changed of a person, as it rests sealed while it is not decided."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from handlers.kit.payload import MovePayload, written
from handlers.post.channels import EMAIL, KEP, SMS, is_kep
from handlers.post.elsewhere import OtherAddress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from states.kit.vault import Vault
    from workflow.model.context import Payload

PURPOSE = "contact"
"""What the vault seals it for."""

NAMES = ("given_name", "surname")


@dataclass(frozen=True, slots=True)
class ContactWish:
    """The values that are wanted, by the names of `changes.PERSON`, and the code."""

    values: Mapping[str, str] = field(repr=False)
    code: str = field(default="", repr=False)

    def seal(self, vault: Vault) -> bytes:
        """Return it sealed."""
        return vault.seal(json.dumps({**self.values, "code": self.code}), PURPOSE)

    @classmethod
    def opened(cls, vault: Vault, sealed: bytes | None) -> ContactWish | None:
        """Return what was sealed; None where nothing is left of it."""
        if sealed is None:
            return None
        said: dict[str, str] = json.loads(vault.open(sealed, PURPOSE))
        code = said.pop("code")
        return cls(said, code)


def other_address(name: str, what: str, address: str, code: str = "") -> OtherAddress:
    """Return how a message of a name goes to an address of e-mail or a telephone number."""
    if what == "phone":
        return OtherAddress(name, SMS, address, code)
    return OtherAddress(name, KEP if is_kep(address) else EMAIL, address, code)


@dataclass(frozen=True, slots=True)
class CodeEntered(MovePayload):
    """The code that somebody has typed."""

    code: str | None = field(repr=False)

    @classmethod
    def of(cls, payload: Payload) -> CodeEntered:
        """Return what a move brings."""
        return cls(written(payload, "code"))
