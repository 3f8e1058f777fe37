"""The short fingerprint of a text that the page and nes-imza both show."""

from __future__ import annotations

import hashlib

DIGITS = 16
GROUP = 4


def short_fingerprint(data: bytes) -> str:
    """Give the first 16 hex digits of the SHA-256 of the bytes as `XXXX-XXXX-XXXX-XXXX`."""
    digits = f"{int.from_bytes(hashlib.sha256(data).digest()[: DIGITS // 2], 'big'):0{DIGITS}X}"
    return "-".join(digits[start : start + GROUP] for start in range(0, DIGITS, GROUP))
