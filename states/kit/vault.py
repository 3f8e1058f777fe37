"""How a TCKN rests in the database: sealed (AES-256-GCM) and findable by a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x01"


class VaultClosed(Exception):
    """The sealed value was made with another key or was changed; check the key of the office."""


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals short texts and hashes them for look-up; ``purpose`` keeps the uses apart.

    Both keys are 32 bytes and stay out of ``repr``. Whoever holds the database without them
    learns neither a TCKN nor whether two tables speak of one person. ``former_key`` is the sealing
    key of before: it still opens what it sealed, and seals nothing any more.
    """

    sealing_key: bytes = field(repr=False)
    lookup_key: bytes = field(repr=False)
    former_key: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse keys of another length."""
        keys = (self.sealing_key, self.lookup_key, self.former_key)
        if any(len(key) != KEY_BYTES for key in keys if key is not None):
            message = f"the keys of the vault are {KEY_BYTES} bytes"
            raise ValueError(message)

    def seal(self, text: str, purpose: str) -> bytes:
        """Encrypt a text; each call gives other bytes (format, nonce, ciphertext with tag)."""
        # Random, since processes that share a key share no counter; safe for 2^32 texts of one key
        # (NIST SP 800-38D, 8.3).
        nonce = os.urandom(_NONCE_BYTES)
        # The purpose is authenticated too: what was sealed for one use opens in no other column.
        sealed = AESGCM(self.sealing_key).encrypt(nonce, text.encode(), purpose.encode())
        return _FORMAT + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> str:
        """Decrypt what ``seal`` made for the same purpose, or raise VaultClosed."""
        try:
            return _opened(self.sealing_key, sealed, purpose)
        except VaultClosed:
            if self.former_key is None:
                raise
        return _opened(self.former_key, sealed, purpose)

    def is_current(self, sealed: bytes, purpose: str) -> bool:
        """Say whether a value opens with the key of today."""
        try:
            _opened(self.sealing_key, sealed, purpose)
        except VaultClosed:
            return False
        return True

    def lookup(self, text: str, purpose: str) -> bytes:
        """Return the keyed hash (HMAC-SHA256, 32 bytes) under which a text is found again."""
        # No purpose holds a NUL, so two pairs never make the same bytes.
        return hmac.digest(self.lookup_key, f"{purpose}\0{text}".encode(), hashlib.sha256)


def _opened(key: bytes, sealed: bytes, purpose: str) -> str:
    start = len(_FORMAT)
    nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
    if sealed[:start] != _FORMAT or len(nonce) != _NONCE_BYTES:
        raise VaultClosed
    try:
        return AESGCM(key).decrypt(nonce, body, purpose.encode()).decode()
    except InvalidTag as error:
        raise VaultClosed from error
