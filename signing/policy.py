"""The algorithms that a signature or certificate may use, as pyHanko's validators ask for them.

The list itself is in signing.algorithms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy

from signing.algorithms import HASHES, known_family, named_hash, strong_key

if TYPE_CHECKING:
    from datetime import datetime

    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

NAME = "nes-ofis-2026-1"


class AllowedAlgorithms(AlgorithmUsagePolicy):
    """Allow what is on the list and nothing else, at any moment."""

    def digest_algorithm_allowed(
        self,
        algo: algos.DigestAlgorithm,
        moment: datetime | None,  # noqa: ARG002 - no dated rule yet
    ) -> AlgorithmUsageConstraint:
        """Allow SHA-256, SHA-384 and SHA-512."""
        return AlgorithmUsageConstraint(allowed=algo["algorithm"].native in HASHES)

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,  # noqa: ARG002 - no dated rule yet
        public_key: PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        """Allow RSA and ECDSA with an allowed hash and a key that is long enough."""
        named = named_hash(algo)
        allowed = (
            known_family(algo)
            and (named is None or named in HASHES)
            and (public_key is None or strong_key(public_key))
        )
        return AlgorithmUsageConstraint(allowed=allowed)
