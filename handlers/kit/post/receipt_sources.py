"""Where what comes back of messages is read, and whose signature under it counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signing.x509.policy import STRICT, AllowedAlgorithms

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class KepSigners:
    """The certificates (DER) by which a provider of registered e-mail (KEP) signs its evidence.

    ``allowed`` are the algorithms that count.
    """

    certificates: frozenset[bytes] = frozenset()
    allowed: AllowedAlgorithms = field(default=STRICT, repr=False)


NOBODY = KepSigners()
"""Where the settings name no provider's certificate."""


@dataclass(frozen=True, slots=True)
class ReceiptSources:
    """The maildir into which a mail server puts what comes back, and who signs evidence."""

    maildir: Path | None = None
    kep_signers: KepSigners = NOBODY


NO_RECEIPTS = ReceiptSources()
"""Where the settings name none."""
