"""The ids of browsers that nobody is signed in with, which are known again without a row."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from states.kit.settings import Settings

RANDOM_BYTES = 16
"""Random bytes of an id; as many follow that show that we gave it."""


def give(settings: Settings) -> str:
    """Return a new id, as long as that of a session with a row."""
    chosen = secrets.token_bytes(RANDOM_BYTES)
    return urlsafe_b64encode(chosen + _mark(settings, chosen)).rstrip(b"=").decode()


def is_given(said: str, settings: Settings) -> bool:
    """Say whether an id was given out by this site, under its present key."""
    found = urlsafe_b64decode(said + "=")
    chosen, mark = found[:RANDOM_BYTES], found[RANDOM_BYTES:]
    return hmac.compare_digest(mark, _mark(settings, chosen))


def _mark(settings: Settings, chosen: bytes) -> bytes:
    key = settings.secret_key.get_secret_value().encode()
    return hmac.digest(key, b"stranger" + chosen, hashlib.sha256)[:RANDOM_BYTES]
