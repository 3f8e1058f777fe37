"""What only the office can make: the Message-ID of a message, and the mark of an address.

A Message-ID is made from the key of its message, so that each repetition bears the same one and a
receipt that names another is not of a message of ours (an HMAC of 128 bits, NIST SP 800-107).
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from states.kit.text import normal

if TYPE_CHECKING:
    from states.kit.vault import Vault

_DIGITS = 32
_MARK = 16

_OURS = re.compile(
    rf"(?<![\w.])nes\.([0-9]{{1,18}})\.([0-9a-f]{{{_DIGITS}}})(?![0-9a-f])", re.ASCII
)


@dataclass(frozen=True, slots=True)
class NamedNotice:
    """Which message an id names, and the tag that says whether the id was made here."""

    notice_id: int
    tag: str


def envelope_id(vault: Vault, notice_id: int, key: str) -> str:
    """Return what a message is called on its way (RFC 3461 ENVID): printable ASCII, no person."""
    return f"nes.{notice_id}.{_tag(vault, notice_id, key)}"


def message_id(vault: Vault, notice_id: int, key: str, domain: str) -> str:
    """Return the Message-ID of a message, with its brackets (RFC 5322, 3.6.4)."""
    return f"<{envelope_id(vault, notice_id, key)}@{domain}>"


def named_notice(text: str) -> NamedNotice | None:
    """Return which message an id names; None when it is none of our shape."""
    found = _OURS.search(text)
    return NamedNotice(int(found[1]), found[2]) if found else None


def is_ours(vault: Vault, named: NamedNotice, key: str) -> bool:
    """Say whether an id was made here, for the message of this key."""
    return hmac.compare_digest(named.tag, _tag(vault, named.notice_id, key))


def to_mark(vault: Vault, address: str) -> str:
    """Return what an address is recognised by without being told: 16 hex digits."""
    return vault.lookup(normal(address), "notice_to").hex()[:_MARK]


def _tag(vault: Vault, notice_id: int, key: str) -> str:
    return vault.lookup(f"{notice_id}/{key}", "message_id").hex()[:_DIGITS]
