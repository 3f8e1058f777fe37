"""Addresses as they are shown to whoever knows them: enough to recognise, too little to use."""

from __future__ import annotations

SHOWN_DIGITS = 2
"""Last digits of a telephone number that are shown."""


def masked_address(address: str) -> str:
    """Return an e-mail address or a telephone number with most of it hidden.

    Of an e-mail address the first letter and the domain are shown, of a number its last digits.
    """
    local, at, domain = address.rpartition("@")
    if at:
        return f"{local[:1]}***@{domain}"
    return f"*** {''.join(address.split())[-SHOWN_DIGITS:]}"
