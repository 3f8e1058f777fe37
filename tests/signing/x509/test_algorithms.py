"""The dated rules for algorithms: what is on the list, from which size, until which day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import algos
from cryptography.hazmat.primitives.asymmetric import ec

from signing.errors import RequestInvalid
from signing.x509 import algorithms
from signing.x509.algorithms import (
    HASH_RULES,
    KEY_RULES,
    LAST_DAY,
    LOOSEST,
    REVIEW_BY,
    AlgorithmRule,
    rsa_2048,
)
from signing.x509.policy import NAME, STRICT, AllowedAlgorithms
from tests.kit.signing import forge
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from asn1crypto.keys import PublicKeyInfo

DAY = date(2028, 6, 30)
END = datetime(2028, 6, 30, 23, 59, 59, tzinfo=UTC)
AFTER = END + timedelta(seconds=1)


def key(bits: int) -> PublicKeyInfo:
    return forge.public_info(forge.rsa_key(bits))


def test_the_rules_are_to_be_reviewed_and_no_weak_name_is_among_them() -> None:
    assert date(2027, 12, 31) == REVIEW_BY
    names = {rule.name for rule in (*KEY_RULES, *HASH_RULES)}
    assert names.isdisjoint({"sha1", "md5", "sha224", "dsa", "secp256k1", "secp192r1"})
    assert all(rule.until is None or rule.until > REVIEW_BY for rule in (*KEY_RULES, *HASH_RULES))


def test_nothing_weaker_than_128_bits_is_on_the_list() -> None:
    """NIST SP 800-57 Part 1, 5.6.1: RSA from 3072 bits, curves and hashes from 256."""
    assert all(rule.bits >= (3072 if rule.name == "rsa" else 256) for rule in KEY_RULES)
    assert all(rule.bits >= 256 for rule in HASH_RULES)
    assert AllowedAlgorithms() == STRICT
    assert STRICT.rules == KEY_RULES


def test_only_a_site_with_a_last_day_takes_rsa_2048() -> None:
    assert AllowedAlgorithms.with_rsa_2048(None) == STRICT
    loosened = AllowedAlgorithms.with_rsa_2048(DAY)
    assert loosened.rules == (*KEY_RULES, AlgorithmRule("rsa", 2048, DAY))
    assert not algorithms.strong_key(key(2048), END)
    assert algorithms.strong_key(key(2048), END, loosened.rules)
    assert not algorithms.strong_key(key(2048), AFTER, loosened.rules)
    assert algorithms.strong_key(key(3072), AFTER, loosened.rules)
    assert not algorithms.strong_key(key(1024), END, loosened.rules)


def test_what_was_applied_is_told_by_its_name() -> None:
    assert STRICT.name == NAME
    assert AllowedAlgorithms.with_rsa_2048(DAY).name == f"{NAME}+rsa-2048-2028-06-30"


def test_no_site_takes_rsa_2048_after_2030() -> None:
    assert date(2030, 12, 31) == LAST_DAY
    assert (*KEY_RULES, rsa_2048(LAST_DAY)) == LOOSEST
    with refusing(RequestInvalid, match=r"31\.12\.2030"):
        AllowedAlgorithms.with_rsa_2048(LAST_DAY + timedelta(days=1))


def test_a_rule_holds_to_the_end_of_its_last_day() -> None:
    rule = AlgorithmRule("rsa", 2048, DAY)
    assert rule.holds(END)
    assert not rule.holds(AFTER)
    assert rule.holds(None)
    assert AlgorithmRule("rsa", 3072).holds(datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("bits", "strong"), [(2048, False), (3072, True), (4096, True)])
def test_an_rsa_key_is_strong_from_3072_bits(bits: int, *, strong: bool) -> None:
    assert algorithms.strong_key(key(bits)) is strong
    assert algorithms.strong_key(key(bits), END) is strong


def test_a_signature_algorithm_wants_a_key_of_its_kind() -> None:
    curve, number = forge.public_info(forge.ec_key()), key(2048)
    for name, fitting, other in (
        ("sha256_ecdsa", curve, number),
        ("sha256_rsa", number, curve),
        ("rsassa_pss", number, curve),
    ):
        algorithm = algos.SignedDigestAlgorithm({"algorithm": name})
        assert algorithms.same_kind(algorithm, fitting)
        assert not algorithms.same_kind(algorithm, other)


@pytest.mark.parametrize(
    ("curve", "strong"),
    [
        (ec.SECP256R1, True),
        (ec.SECP384R1, True),
        (ec.SECP521R1, True),
        (ec.SECP224R1, False),
        (ec.SECP256K1, False),
        (ec.BrainpoolP256R1, False),
    ],
)
def test_only_named_curves_are_strong(curve: type[ec.EllipticCurve], *, strong: bool) -> None:
    assert algorithms.strong_key(forge.public_info(forge.ec_key(curve))) is strong


def test_hashes_are_known_by_name_alone() -> None:
    assert [algorithms.strong_hash(name) for name in ("sha256", "sha384", "sha512")] == [True] * 3
    assert not any(algorithms.strong_hash(name) for name in ("sha1", "md5", "sha224", "", None))


def pss(**other: object) -> algos.SignedDigestAlgorithm:
    parameters: dict[str, object] = {
        "hash_algorithm": {"algorithm": "sha256"},
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
        "salt_length": 32,
    }
    return algos.SignedDigestAlgorithm(
        {"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(parameters | other)}
    )


def test_pss_wants_one_hash_and_a_salt_at_least_as_long() -> None:
    assert algorithms.known_family(pss())
    assert algorithms.known_family(pss(salt_length=33))
    assert not algorithms.known_family(pss(salt_length=31))
    assert not algorithms.known_family(pss(hash_algorithm={"algorithm": "sha512"}))
    assert not algorithms.known_family(pss(trailer_field=2))
    assert not algorithms.known_family(algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss"}))
