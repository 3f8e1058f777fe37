"""Saying whether a PIN stands in a text, and not only its digits within a longer number."""

from __future__ import annotations

import re


def shows(text: str, pin: str) -> bool:
    """Say whether ``text`` tells ``pin``: as a word of its own.

    Serial numbers, codes and hashes are random: now and then one of them holds the digits of a PIN.
    """
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(pin)}(?![0-9A-Za-z])", text) is not None
