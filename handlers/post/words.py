"""What the other side said, as it may be kept: no address, no identity number, not too long."""

from __future__ import annotations

import re

from states.kit.text import normal
from states.people.tckn import mask_all

LONGEST = 200
"""Characters of an answer that are kept."""

_ADDRESS = re.compile(r"<?[^\s<>]*@[^\s<>,;:]*>?")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{8,}[0-9]")


def plain_words(said: str) -> str:
    """Return an answer on one line, with … in the place of addresses and telephone numbers."""
    shown = "".join(sign if sign.isprintable() else " " for sign in said)
    without = _NUMBER.sub("…", _ADDRESS.sub("…", mask_all(normal(shown))))
    return without[:LONGEST]
