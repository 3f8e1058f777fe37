"""Verifying signatures, each one once, and only so many that do not fit.

Whoever sends a container chooses what stands in it. What no sender can choose is what our anchors
have signed: an honest container holds next to nothing whose signature fails, so a small number of
failures is enough for everybody, and bounds the work that a hostile one makes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

if TYPE_CHECKING:
    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

FAILURES = 32
"""Signatures that may fail in one validation; what comes after them counts as unsigned.

A change of keys under one name costs one failure for each thing that the other key signed.
"""


@dataclass
class Checks:
    """The signatures that one validation verified; `made` counts them, `failed` the bad ones."""

    limit: int = FAILURES
    made: int = 0
    failed: int = 0
    _known: dict[tuple[bytes, bytes, bytes, bytes], bool] = field(default_factory=dict)

    def afresh(self) -> Checks:
        """Give checks for another part of the validation: what is known stays, nothing has failed.

        So what stands in a time-stamp takes nothing away from the signature itself.
        """
        return Checks(self.limit, _known=self._known)

    def fits(
        self,
        signature: bytes,
        signed: bytes,
        public: PublicKeyInfo,
        algorithm: algos.SignedDigestAlgorithm,
    ) -> bool:
        """Say whether a key has signed these bytes; no once too many signatures have failed."""
        key = (public.dump(), algorithm.dump(), signature, signed)
        if key not in self._known:
            if self.failed >= self.limit:
                return False
            self.made += 1
            self._known[key] = _verified(signature, signed, public, algorithm)
            self.failed += not self._known[key]
        return self._known[key]


def _verified(
    signature: bytes, signed: bytes, public: PublicKeyInfo, algorithm: algos.SignedDigestAlgorithm
) -> bool:
    try:
        DefaultSignatureValidator().validate_signature(signature, signed, public, algorithm)
    except Exception:  # noqa: BLE001 - whatever a hostile key or algorithm makes the library do
        return False
    return True
