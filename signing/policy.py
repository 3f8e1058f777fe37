"""The algorithms that a signature or certificate may use, as pyHanko's validators ask for them.

The dated list itself is in signing.algorithms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from signing.algorithms import known_family, named_hash, strong_hash, strong_key

if TYPE_CHECKING:
    from datetime import datetime

    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

NAME = "nes-ofis-2026-2"


class AllowedAlgorithms(AlgorithmUsagePolicy):
    """Allow what is on the list at the moment asked for, and nothing else."""

    def digest_algorithm_allowed(
        self, algo: algos.DigestAlgorithm, moment: datetime | None
    ) -> AlgorithmUsageConstraint:
        """Allow a hash that is on the list."""
        return AlgorithmUsageConstraint(allowed=strong_hash(algo["algorithm"].native, moment))

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,
        public_key: PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        """Allow RSA and ECDSA with an allowed hash and a key that is long enough."""
        if not known_family(algo):
            return AlgorithmUsageConstraint(allowed=False)
        named = named_hash(algo)
        allowed = (named is None or strong_hash(named, moment)) and (
            public_key is None or strong_key(public_key, moment)
        )
        return AlgorithmUsageConstraint(allowed=allowed)


class SignatureCheck(DefaultSignatureValidator):
    """Check the signatures of certificates, lists and answers, and remember which were good.

    The library asks the policy about certificates only; here lists and answers are held to it
    too. `good` are the signed bytes of all that was verified.
    """

    def __init__(self, moment: datetime) -> None:
        """Keep the moment at which algorithms are judged."""
        self.moment, self.good = moment, set[bytes]()

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Raise InvalidSignature unless the signature is good and its algorithm is allowed."""
        if not ALLOWED.signature_algorithm_allowed(
            signature_algorithm, self.moment, public_key_info
        ):
            raise InvalidSignature
        super().validate_signature(
            signature, signed_data, public_key_info, signature_algorithm, context
        )
        self.good.add(signed_data)


ALLOWED = AllowedAlgorithms()
