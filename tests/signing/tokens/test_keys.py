"""Keys of every kind sign with every padding, and `cryptography` confirms what they made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signing.tokens import keys
from signing.tokens.keys import KeyKind, Padding
from signing.x509.algorithms import strong_signature
from tests.kit.signing import house as kit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asn1crypto.keys import PublicKeyInfo

    from signing.tokens.session import TokenSession
    from signing.tokens.slots import TokenStore

DATA = "Onaylıyorum: İstanbul, 22 Kasım 2026.".encode()
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}


@pytest.fixture(scope="module")
def session(store: TokenStore) -> Iterator[TokenSession]:
    """Give one card with a key of each kind, named by its kind."""
    store.make_blank("EVERY-KIND", kit.SO_PIN, kit.PIN)
    with store.session("EVERY-KIND", kit.PIN, write=True) as session:
        for kind in KeyKind:
            session.generate(kind.encode(), kind, kind)
        yield session


def loaded(public: PublicKeyInfo) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    key = serialization.load_der_public_key(public.dump())
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    return key


def confirm(public: PublicKeyInfo, signature: bytes, digest: str, how: Padding) -> None:
    """Verify with `cryptography` alone; InvalidSignature when it is wrong."""
    key, hashed = loaded(public), HASHES[digest]
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, DATA, ec.ECDSA(hashed))
    elif how is Padding.PSS:
        mask = padding.MGF1(hashed)
        key.verify(signature, DATA, padding.PSS(mask, hashed.digest_size), hashed)
    else:
        key.verify(signature, DATA, padding.PKCS1v15(), hashed)


RSA = (KeyKind.RSA_2048, KeyKind.RSA_3072, KeyKind.RSA_4096)
EVERY_WAY = [(kind, how) for kind in RSA for how in Padding] + [
    (kind, Padding.PKCS1) for kind in (KeyKind.EC_P256, KeyKind.EC_P384)
]


@pytest.mark.parametrize(("kind", "how"), EVERY_WAY)
def test_every_kind_of_key_signs_what_cryptography_confirms(
    kind: KeyKind, how: Padding, session: TokenSession
) -> None:
    public = session.public_key(kind.encode())
    digest = keys.digest_for(public)
    signature = session.sign(kind.encode(), DATA, digest, how)
    confirm(public, signature, digest, how)
    assert keys.verify(public, DATA, signature, how)
    assert not keys.verify(public, DATA + b".", signature, how)
    assert strong_signature(keys.signature_algorithm(public, how))


@pytest.mark.parametrize("digest", ["sha384", "sha512"])
@pytest.mark.parametrize("how", Padding)
def test_a_longer_digest_may_be_asked_of_an_rsa_key(
    digest: str, how: Padding, session: TokenSession
) -> None:
    public = session.public_key(KeyKind.RSA_4096.encode())
    confirm(public, session.sign(KeyKind.RSA_4096.encode(), DATA, digest, how), digest, how)
    assert keys.signature_algorithm(public, how, digest).hash_algo == digest


def test_a_pss_signature_is_no_pkcs1_signature_and_the_other_way_round(
    session: TokenSession,
) -> None:
    key_id = KeyKind.RSA_2048.encode()
    public = session.public_key(key_id)
    made = {how: session.sign(key_id, DATA, "sha256", how) for how in Padding}
    for how, other in ((Padding.PSS, Padding.PKCS1), (Padding.PKCS1, Padding.PSS)):
        assert not keys.verify(public, DATA, made[how], other)
        with pytest.raises(InvalidSignature):
            confirm(public, made[how], "sha256", other)


def test_pkcs1_repeats_to_the_byte_and_pss_never_does(session: TokenSession) -> None:
    key_id = KeyKind.RSA_2048.encode()
    made = {how: {session.sign(key_id, DATA, "sha256", how) for _ in range(3)} for how in Padding}
    assert {how: len(different) for how, different in made.items()} == {"pkcs1": 1, "pss": 3}


def test_the_parameters_of_pss_are_sha_256_throughout_and_a_salt_of_32(
    session: TokenSession,
) -> None:
    public = session.public_key(KeyKind.RSA_2048.encode())
    assert keys.signature_algorithm(public, Padding.PSS).native == {
        "algorithm": "rsassa_pss",
        "parameters": {
            "hash_algorithm": {"algorithm": "sha256", "parameters": None},
            "mask_gen_algorithm": {
                "algorithm": "mgf1",
                "parameters": {"algorithm": "sha256", "parameters": None},
            },
            "salt_length": 32,
            "trailer_field": "trailer_field_bc",
        },
    }


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("how", Padding)
@pytest.mark.parametrize("digest", ["sha1", "sha224", "md5"])
def test_no_key_signs_a_weak_digest_in_any_way(
    kind: KeyKind, how: Padding, digest: str, session: TokenSession
) -> None:
    with pytest.raises(KeyError):
        session.sign(kind.encode(), DATA, digest, how)


def test_the_bits_of_each_kind_are_those_of_its_name(session: TokenSession) -> None:
    bits = {kind: session.public_key(kind.encode()).bit_size for kind in KeyKind}
    assert bits == {
        KeyKind.EC_P256: 256,
        KeyKind.EC_P384: 384,
        KeyKind.RSA_2048: 2048,
        KeyKind.RSA_3072: 3072,
        KeyKind.RSA_4096: 4096,
    }
