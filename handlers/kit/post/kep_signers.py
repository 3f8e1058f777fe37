"""Whose signature under evidence of registered e-mail (KEP) counts, as the settings name them."""

from __future__ import annotations

from dataclasses import dataclass, field

from signing.x509.policy import STRICT, AllowedAlgorithms


@dataclass(frozen=True, slots=True)
class KepSigners:
    """The certificates (DER) with which the provider signs, and the algorithms that count."""

    certificates: frozenset[bytes] = frozenset()
    allowed: AllowedAlgorithms = field(default=STRICT, repr=False)


NOBODY_SIGNS = KepSigners()
"""Where the settings name no provider's certificate."""
