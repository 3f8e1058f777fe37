"""Kinds of keys that a card may hold, and the shapes of their public halves and signatures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pkcs11
from asn1crypto import algos, keys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signing.tokens.pin import Pin

P256_BITS = 256


class Padding(StrEnum):
    """How an RSA signature is padded: PKCS#1 v1.5 (repeatable) or PSS (RFC 8017, 8.1)."""

    PKCS1 = "pkcs1"
    PSS = "pss"


class KeyKind(StrEnum):
    """The keys that are strong enough: RSA of 2048 bits or more, EC from P-256 up.

    The product makes none of RSA_2048; a card that brings such a key can sign with it, which
    counts only where and as long as the site allows it (signing.x509.algorithms).
    """

    EC_P256 = "ec-p256"
    EC_P384 = "ec-p384"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"


CURVES: Mapping[KeyKind, str] = {KeyKind.EC_P256: "secp256r1", KeyKind.EC_P384: "secp384r1"}
RSA_BITS: Mapping[KeyKind, int] = {
    KeyKind.RSA_2048: 2048,
    KeyKind.RSA_3072: 3072,
    KeyKind.RSA_4096: 4096,
}
# Not extractable, and never readable in clear: the key dies with the card.
SEALED = {
    pkcs11.Attribute.SENSITIVE: True,
    pkcs11.Attribute.EXTRACTABLE: False,
    pkcs11.Attribute.PRIVATE: True,
}


def generate(
    session: pkcs11.Session, kind: KeyKind, key_id: bytes, label: str
) -> tuple[pkcs11.PublicKey, pkcs11.PrivateKey]:
    """Make a key pair inside the token; neither half ever was anywhere else."""
    template: dict[str, Any] = {
        "store": True,
        "id": key_id,
        "label": label,
        "private_template": SEALED,
    }
    if kind in RSA_BITS:
        return session.generate_keypair(pkcs11.KeyType.RSA, RSA_BITS[kind], **template)
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(CURVES[kind])}
    domain = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
    return domain.generate_keypair(**template)


def public_info(key: pkcs11.PublicKey) -> keys.PublicKeyInfo:
    """Give the SubjectPublicKeyInfo of a public key on a token."""
    if key.key_type is pkcs11.KeyType.RSA:
        return keys.PublicKeyInfo.wrap(keys.RSAPublicKey.load(encode_rsa_public_key(key)), "rsa")
    return keys.PublicKeyInfo.load(encode_ec_public_key(key))


def digest_for(public: keys.PublicKeyInfo) -> str:
    """Name the digest that fits the key: SHA-384 for P-384, SHA-256 for all others."""
    return "sha384" if public.algorithm == "ec" and public.bit_size > P256_BITS else "sha256"


def _pss_parameters(digest: str) -> algos.RSASSAPSSParams:
    """Give the parameters of RFC 4055, 3.1: one hash for text and mask, a salt of its length."""
    return algos.RSASSAPSSParams(
        {
            "hash_algorithm": {"algorithm": digest},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
            "salt_length": hashlib.new(digest).digest_size,
        }
    )


def signature_algorithm(
    public: keys.PublicKeyInfo, padding: Padding = Padding.PKCS1, digest: str = ""
) -> algos.SignedDigestAlgorithm:
    """Name the signature algorithm that `sign` uses with this key and padding (EC has none).

    `digest` is the one that fits the key unless it is given.
    """
    digest = digest or digest_for(public)
    if public.algorithm == "ec":
        return algos.SignedDigestAlgorithm({"algorithm": f"{digest}_ecdsa"})
    if padding is Padding.PSS:
        parameters = _pss_parameters(digest)
        return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})
    return algos.SignedDigestAlgorithm({"algorithm": f"{digest}_rsa"})


def verify(
    public: keys.PublicKeyInfo, data: bytes, signature: bytes, padding: Padding = Padding.PKCS1
) -> bool:
    """Say whether a signature made by `sign` with the digest that fits the key is right."""
    algorithm = signature_algorithm(public, padding)
    try:
        DefaultSignatureValidator().validate_signature(signature, data, public, algorithm)
    except InvalidSignature:
        return False
    return True


_PKCS1: Mapping[str, pkcs11.Mechanism] = {
    "sha256": pkcs11.Mechanism.SHA256_RSA_PKCS,
    "sha384": pkcs11.Mechanism.SHA384_RSA_PKCS,
    "sha512": pkcs11.Mechanism.SHA512_RSA_PKCS,
}
# The mechanism with its hash, mask generation and length of salt in bytes.
_PSS: Mapping[str, tuple[pkcs11.Mechanism, tuple[pkcs11.Mechanism, pkcs11.MGF, int]]] = {
    "sha256": (
        pkcs11.Mechanism.SHA256_RSA_PKCS_PSS,
        (pkcs11.Mechanism.SHA256, pkcs11.MGF.SHA256, 32),
    ),
    "sha384": (
        pkcs11.Mechanism.SHA384_RSA_PKCS_PSS,
        (pkcs11.Mechanism.SHA384, pkcs11.MGF.SHA384, 48),
    ),
    "sha512": (
        pkcs11.Mechanism.SHA512_RSA_PKCS_PSS,
        (pkcs11.Mechanism.SHA512, pkcs11.MGF.SHA512, 64),
    ),
}


def _ecdsa_in_der(pair: bytes) -> bytes:
    """Turn r and s, side by side, into the SEQUENCE of RFC 3279, 2.2.3."""
    half = len(pair) // 2
    return encode_dss_signature(
        int.from_bytes(pair[:half], "big"), int.from_bytes(pair[half:], "big")
    )


@dataclass(frozen=True)
class SigningKey:
    """A private key on a token; `pin` is sent again for each signature where the key wants that.

    A key with CKA_ALWAYS_AUTHENTICATE asks for its own login after the signature was begun
    (C_Login with CKU_CONTEXT_SPECIFIC; PKCS#11 2.40, 4.9), as keys of qualified cards do.
    """

    key: pkcs11.PrivateKey
    pin: Pin | str | None = field(default=None, repr=False)


def wants_pin(key: pkcs11.PrivateKey) -> bool:
    """Say whether a private key wants the PIN for each signature; what is not told is no."""
    try:
        return bool(key[pkcs11.Attribute.ALWAYS_AUTHENTICATE])
    except pkcs11.AttributeTypeInvalid:
        return False


def _signing(key: pkcs11.PrivateKey) -> Callable[..., bytes]:
    return cast("pkcs11.SignMixin", key).sign


def sign(
    signing_key: SigningKey, data: bytes, digest: str, padding: Padding = Padding.PKCS1
) -> bytes:
    """Sign data with a private key on a token, in the form that X.509 and CMS carry.

    RSA: the module hashes and pads. EC: the module signs the digest and gives r and s side by
    side, which become DER here. A digest weaker than SHA-256 is unknown (KeyError).
    """
    key, pin = signing_key.key, signing_key.pin
    signer = partial(_signing(key), **({} if pin is None else {"pin": pin}))
    if key.key_type is not pkcs11.KeyType.RSA:
        hashed = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}[digest](data).digest()
        return _ecdsa_in_der(signer(hashed, mechanism=pkcs11.Mechanism.ECDSA))
    if padding is Padding.PSS:
        mechanism, parameters = _PSS[digest]
        return bytes(signer(data, mechanism=mechanism, mechanism_param=parameters))
    return bytes(signer(data, mechanism=_PKCS1[digest]))
