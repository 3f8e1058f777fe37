"""Which keys, hashes and signature algorithms are strong enough, and until when.

The rules are data: each names a kind, a smallest size and the last day of its use. What is not
named was never strong enough. What is named here has 128 bits of strength or more (OWASP ASVS 5,
11.2.3); a site that must take RSA keys of 2048 bits adds `rsa_2048` with a day of its own.
Sources: ETSI TS 119 312 (named curves, SHA-2; PSS with one hash and a salt of its length), NIST
SP 800-57 Part 1, 5.6.1 (strengths) and SP 800-131A (112 bits end with 2030).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from signing.errors import RequestInvalid

if TYPE_CHECKING:
    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

REVIEW_BY = date(2027, 12, 31)
"""The day by which people have to look at these rules again."""


@dataclass(frozen=True)
class AlgorithmRule:
    """One allowed kind: key or hash, from how many bits, and the last day (none: still open)."""

    name: str
    bits: int = 0
    until: date | None = None

    @property
    def end(self) -> datetime | None:
        """Give the last moment of use, UTC."""
        return None if self.until is None else datetime.combine(self.until, time.max, UTC)

    def holds(self, at: datetime | None) -> bool:
        """Say whether the rule is in force at a moment (none: whether it is on the list)."""
        return at is None or self.end is None or at <= self.end


KEY_RULES = (
    AlgorithmRule("rsa", 3072),
    AlgorithmRule("secp256r1", 256),
    AlgorithmRule("secp384r1", 384),
    AlgorithmRule("secp521r1", 521),
)
HASH_RULES = (
    AlgorithmRule("sha256", 256),
    AlgorithmRule("sha384", 384),
    AlgorithmRule("sha512", 512),
)
LAST_DAY = date(2030, 12, 31)
"""The last day on which 112 bits of strength may count anywhere."""
CURVES = frozenset(rule.name for rule in KEY_RULES) - {"rsa"}
HASHES = frozenset(rule.name for rule in HASH_RULES)
FAMILIES = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa"})


def rsa_2048(until: date) -> AlgorithmRule:
    """Give the rule by which RSA keys of 2048 bits (112 bits of strength) count to a day.

    RequestInvalid when that day is later than any such key may count.
    """
    if until > LAST_DAY:
        raise RequestInvalid(field="until", reason="latest_day", day=f"{LAST_DAY:%d.%m.%Y}")
    return AlgorithmRule("rsa", 2048, until)


LOOSEST = (*KEY_RULES, rsa_2048(LAST_DAY))
"""All that some site may allow: what falls under none of these is refused everywhere."""


def _named(public: PublicKeyInfo) -> tuple[str, int]:
    """Give kind and size of a public key as the rules name them; "" for an unknown kind."""
    if public.algorithm in {"rsa", "rsassa_pss"}:
        return "rsa", int(public.bit_size)
    kind, curve = public.curve if public.algorithm == "ec" else ("", "")
    return (curve, int(public.bit_size)) if kind == "named" and curve in CURVES else ("", 0)


def strong_key(
    public: PublicKeyInfo, at: datetime | None = None, rules: tuple[AlgorithmRule, ...] = KEY_RULES
) -> bool:
    """Say whether a public key is strong enough by the rules, at a moment or at all."""
    name, bits = _named(public)
    return any(rule.name == name and bits >= rule.bits and rule.holds(at) for rule in rules)


def strong_hash(name: str | None, at: datetime | None = None) -> bool:
    """Say whether a hash is strong enough, at a moment or at all."""
    return any(rule.name == name and rule.holds(at) for rule in HASH_RULES)


def known_family(algorithm: algos.SignedDigestAlgorithm) -> bool:
    """Say whether a signature algorithm is RSA or ECDSA, PSS with sound parameters."""
    try:
        family = algorithm.signature_algo
    except ValueError:
        # asn1crypto does not know the algorithm, so neither do we.
        return False
    return family in FAMILIES and (family != "rsassa_pss" or _sound(algorithm["parameters"]))


def same_kind(algorithm: algos.SignedDigestAlgorithm, public: PublicKeyInfo) -> bool:
    """Say whether a key is of the kind that a known signature algorithm needs."""
    return bool((algorithm.signature_algo == "ecdsa") == (public.algorithm == "ec"))


def _sound(parameters: algos.RSASSAPSSParams) -> bool:
    """Say whether PSS uses one hash throughout, a salt as long as it and the only trailer."""
    native = parameters.native
    if not isinstance(native, dict):
        return False
    name, mask = native["hash_algorithm"]["algorithm"], native["mask_gen_algorithm"]
    rule = next((rule for rule in HASH_RULES if rule.name == name), None)
    return (
        rule is not None
        and mask["algorithm"] == "mgf1"
        and mask["parameters"]["algorithm"] == name
        and native["salt_length"] * 8 >= rule.bits
        and native["trailer_field"] in {1, "trailer_field_bc"}
    )


def named_hash(algorithm: algos.SignedDigestAlgorithm) -> str | None:
    """Name the hash inside a signature algorithm; None for one that names none (plain RSA)."""
    try:
        return str(algorithm.hash_algo)
    except ValueError:
        return None


def strong_signature(algorithm: algos.SignedDigestAlgorithm) -> bool:
    """Say whether a signature algorithm is known and names a strong hash."""
    return known_family(algorithm) and strong_hash(named_hash(algorithm))
