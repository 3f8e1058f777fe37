"""The algorithms that a signature or certificate may use, as pyHanko's validators ask for them.

Source: DOMAIN 5 (RSA from 2048 bits, EC from P-256, SHA-256 up); to be reviewed by 31.12.2027.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy

from signing.profile import HASHES, strong_key

if TYPE_CHECKING:
    from datetime import datetime

    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

NAME = "nes-ofis-2026-1"
FAMILIES = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa"})


def _family(algorithm: algos.SignedDigestAlgorithm) -> str:
    try:
        return str(algorithm.signature_algo)
    except ValueError:
        return str(algorithm["algorithm"].native)


def _named_hash(algorithm: algos.SignedDigestAlgorithm) -> str | None:
    try:
        return str(algorithm.hash_algo)
    except ValueError:
        # Plain rsaEncryption names none; the digest algorithm beside it is judged by itself.
        return None


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
        named = _named_hash(algo)
        allowed = (
            _family(algo) in FAMILIES
            and (named is None or named in HASHES)
            and (public_key is None or strong_key(public_key))
        )
        return AlgorithmUsageConstraint(allowed=allowed)
