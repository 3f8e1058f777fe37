"""Which keys, hashes and signature algorithms are strong enough (DOMAIN 5).

RSA from 2048 bits, EC from P-256, SHA-256 up; to be reviewed by 31.12.2027.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asn1crypto import algos
    from asn1crypto.keys import PublicKeyInfo

RSA_BITS = 2048
CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
HASHES = frozenset({"sha256", "sha384", "sha512"})
FAMILIES = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa"})


def strong_key(public: PublicKeyInfo) -> bool:
    """Say whether a public key is RSA of 2048 bits or more, or EC on one of the named curves."""
    if public.algorithm == "rsa":
        return bool(public.bit_size >= RSA_BITS)
    kind, curve = public.curve if public.algorithm == "ec" else ("", "")
    return kind == "named" and curve in CURVES


def known_family(algorithm: algos.SignedDigestAlgorithm) -> bool:
    """Say whether a signature algorithm is RSA or ECDSA."""
    try:
        return algorithm.signature_algo in FAMILIES
    except ValueError:
        # asn1crypto does not know the algorithm, so neither do we.
        return False


def named_hash(algorithm: algos.SignedDigestAlgorithm) -> str | None:
    """Name the hash inside a signature algorithm; None for one that names none (plain RSA)."""
    try:
        return str(algorithm.hash_algo)
    except ValueError:
        return None


def strong_signature(algorithm: algos.SignedDigestAlgorithm) -> bool:
    """Say whether a signature algorithm is known and names a strong hash."""
    return known_family(algorithm) and named_hash(algorithm) in HASHES
