"""How a name that was typed stands in an address: sealed, for the one who typed it.

Addresses are kept by browsers, proxies and logs, so no name of a person stands in one. What is
searched for is sent as a form; the list that it leads to bears the sealed text in its address, so
that paging, reloading and going back work and nothing is stored.
"""

from __future__ import annotations

import base64
import binascii

from handlers.kit.services import vault_of
from states.kit.vault import VaultClosed
from web.gate.composition import composed
from web.gate.session import current


def seal_name(text: str) -> str:
    """Return a text as it may stand in an address; nothing for nothing."""
    if not text:
        return ""
    sealed = vault_of(composed().settings).seal(text, _purpose())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def open_name(sealed: str) -> str:
    """Return the text of an address; nothing for what this person has not sealed."""
    try:
        raw = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
        return vault_of(composed().settings).open(raw, _purpose())
    except (ValueError, binascii.Error, VaultClosed):
        return ""


def _purpose() -> str:
    return f"address of {current().actor.name}"
