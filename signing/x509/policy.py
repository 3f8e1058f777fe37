"""The algorithms that a signature or certificate may use, as pyHanko's validators ask for them.

The dated list itself is in signing.x509.algorithms; here is which of it one validation goes by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cryptography.exceptions import InvalidSignature
from pyhanko.sign.validation.utils import CMSAlgorithmUsagePolicy
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    DefaultSignatureValidator,
    SignatureValidationContext,
)

from signing.x509.algorithms import (
    KEY_RULES,
    known_family,
    named_hash,
    rsa_2048,
    same_kind,
    strong_hash,
    strong_key,
)
from signing.x509.signature_checks import Checks

if TYPE_CHECKING:
    from datetime import date, datetime

    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

    from signing.x509.algorithms import AlgorithmRule

NAME = "nes-ofis-2026-3"


@dataclass(frozen=True)
class AllowedAlgorithms(CMSAlgorithmUsagePolicy):
    """Allow what is on the list at the moment asked for, and nothing else.

    `weaker` is the rule by which a site takes keys of less than 128 bits of strength; none: never.
    """

    weaker: AlgorithmRule | None = None

    @classmethod
    def with_rsa_2048(cls, until: date | None) -> Self:
        """Allow RSA keys of 2048 bits to a day (its last moment, UTC) too; None: never.

        RequestInvalid when no site may allow them for so long.
        """
        return cls(None if until is None else rsa_2048(until))

    @property
    def rules(self) -> tuple[AlgorithmRule, ...]:
        """Give the rules for keys."""
        return KEY_RULES if self.weaker is None else (*KEY_RULES, self.weaker)

    @property
    def name(self) -> str:
        """Name the rules, as it is stored with each answer that they gave."""
        weaker = self.weaker
        return NAME if weaker is None else f"{NAME}+{weaker.name}-{weaker.bits}-{weaker.until}"

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
            public_key is None or strong_key(public_key, moment, self.rules)
        )
        return AlgorithmUsageConstraint(allowed=allowed)

    def digest_combination_allowed(
        self,
        signature_algo: algos.SignedDigestAlgorithm,
        message_digest_algo: algos.DigestAlgorithm,
        moment: datetime | None,  # noqa: ARG002 - whether both are strong is asked elsewhere
    ) -> AlgorithmUsageConstraint:
        """Allow the hash that the signature algorithm names, or any where it names none.

        Only the hashes are compared: parameters of NULL and none at all mean the same and both
        have to be accepted (RFC 5754, 2; for RSA RFC 4055, 2.1).
        """
        named = named_hash(signature_algo)
        digest = message_digest_algo["algorithm"].native
        return AlgorithmUsageConstraint(allowed=named is None or named == digest)


class SignatureCheck(DefaultSignatureValidator):
    """Check the signatures of certificates, lists and answers, and remember which were good.

    The library asks the policy about certificates only; here lists and answers are held to it
    too. `good` are the signed bytes of all that was verified.
    """

    def __init__(
        self, allowed: AllowedAlgorithms, moment: datetime, checks: Checks | None = None
    ) -> None:
        """Keep what is allowed, the moment at which it is judged and what was verified before."""
        self.allowed, self.moment, self.good = allowed, moment, set[bytes]()
        self._checks = checks or Checks()

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: PublicKeyInfo,
        signature_algorithm: algos.SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,  # noqa: ARG002 - its way
    ) -> None:
        """Raise InvalidSignature unless the signature is good and its algorithm is allowed."""
        allowed = self.allowed.signature_algorithm_allowed(
            signature_algorithm, self.moment, public_key_info
        )
        # The library takes for granted that the kind of key fits; an issuer that changed its
        # kind of keys has one of each under one name.
        if not (allowed and same_kind(signature_algorithm, public_key_info)):
            raise InvalidSignature
        if not self._checks.fits(signature, signed_data, public_key_info, signature_algorithm):
            raise InvalidSignature
        self.good.add(signed_data)


class Undated(AllowedAlgorithms):
    """Allow what is on the list whatever the day: for asking about old signatures.

    Time-stamps are renewed before their algorithms end, and lists are fetched for what has ended.
    """

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: datetime | None,  # noqa: ARG002 - whatever the day
        public_key: PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        """Allow RSA and ECDSA with a hash and a key that are on the list."""
        return super().signature_algorithm_allowed(algo, None, public_key)


STRICT = AllowedAlgorithms()
"""What counts at every site: 128 bits of strength or more."""
