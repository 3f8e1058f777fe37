"""Signatures are verified once, and no more than some that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asn1crypto import algos, keys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.x509 import signature_checks as module
from signing.x509.signature_checks import FAILURES, Checks

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = keys.PublicKeyInfo.load(
    KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)
SHA256 = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
SHA384 = algos.SignedDigestAlgorithm({"algorithm": "sha384_ecdsa"})
SIGNED = b"what was signed"
GOOD = KEY.sign(SIGNED, ec.ECDSA(hashes.SHA256()))


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Count what is really verified."""
    seen: list[bytes] = []
    real: Callable[..., bool] = module._verified  # noqa: SLF001 - what costs

    def counted(signature: bytes, *rest: object) -> bool:
        seen.append(signature)
        return real(signature, *rest)

    monkeypatch.setattr(module, "_verified", counted)
    return seen


def test_a_signature_that_fits_is_verified_once(verified: list[bytes]) -> None:
    checks = Checks()
    assert [checks.fits(GOOD, SIGNED, PUBLIC, SHA256) for _ in range(3)] == [True] * 3
    assert (verified, checks.made, checks.failed) == ([GOOD], 1, 0)


def test_each_part_of_the_question_makes_another_one(verified: list[bytes]) -> None:
    checks = Checks()
    other = keys.PublicKeyInfo.load(
        ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
    )  # fmt: skip
    assert checks.fits(GOOD, SIGNED, PUBLIC, SHA256)
    assert not checks.fits(GOOD, SIGNED + b".", PUBLIC, SHA256)
    assert not checks.fits(GOOD, SIGNED, other, SHA256)
    assert not checks.fits(GOOD, SIGNED, PUBLIC, SHA384)
    assert not checks.fits(GOOD + b".", SIGNED, PUBLIC, SHA256)
    assert (len(verified), checks.made, checks.failed) == (5, 5, 4)


def test_so_many_may_fail_and_what_comes_after_counts_as_unsigned(verified: list[bytes]) -> None:
    checks = Checks(limit=3)
    for number in range(3):
        assert not checks.fits(bytes([number]), SIGNED, PUBLIC, SHA256)
    assert not checks.fits(GOOD, SIGNED, PUBLIC, SHA256)
    assert (len(verified), checks.made, checks.failed) == (3, 3, 3)


def test_what_is_known_stays_known_beyond_the_limit(verified: list[bytes]) -> None:
    checks = Checks(limit=1)
    assert checks.fits(GOOD, SIGNED, PUBLIC, SHA256)
    assert not checks.fits(b"bad", SIGNED, PUBLIC, SHA256)
    assert checks.fits(GOOD, SIGNED, PUBLIC, SHA256)
    assert not checks.fits(b"bad", SIGNED, PUBLIC, SHA256)
    assert (len(verified), checks.failed) == (2, 1)


def test_another_part_knows_what_was_found_and_has_failures_of_its_own(
    verified: list[bytes],
) -> None:
    checks = Checks(limit=1)
    assert not checks.fits(b"bad", SIGNED, PUBLIC, SHA256)
    part = checks.afresh()
    assert (part.limit, part.made, part.failed) == (1, 0, 0)
    assert part.fits(GOOD, SIGNED, PUBLIC, SHA256)
    assert not part.fits(b"bad", SIGNED, PUBLIC, SHA256)
    assert part.failed == 0
    assert checks.fits(GOOD, SIGNED, PUBLIC, SHA256)
    assert len(verified) == 2


def test_what_the_library_can_not_read_is_no_signature() -> None:
    broken = algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss"})
    assert not Checks().fits(GOOD, SIGNED, PUBLIC, broken)
    assert (Checks().limit, FAILURES) == (32, 32)
