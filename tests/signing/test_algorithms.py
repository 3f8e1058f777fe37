"""The dated rules for algorithms: what is on the list, from which size, until which day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import algos
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signing import algorithms
from signing.algorithms import HASH_RULES, KEY_RULES, REVIEW_BY, Rule
from tests.signing import forge

if TYPE_CHECKING:
    from asn1crypto.keys import PublicKeyInfo

END = datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC)


def key(bits: int) -> PublicKeyInfo:
    return forge.public_info(rsa.generate_private_key(65537, bits))


def test_the_rules_are_to_be_reviewed_and_no_weak_name_is_among_them() -> None:
    assert date(2027, 12, 31) == REVIEW_BY
    names = {rule.name for rule in (*KEY_RULES, *HASH_RULES)}
    assert names.isdisjoint({"sha1", "md5", "sha224", "dsa", "secp256k1", "secp192r1"})
    assert all(rule.until is None or rule.until > REVIEW_BY for rule in (*KEY_RULES, *HASH_RULES))


def test_what_is_weaker_than_128_bits_has_a_last_day() -> None:
    weaker = [rule for rule in KEY_RULES if rule.bits < (3072 if rule.name == "rsa" else 256)]
    assert weaker == [Rule("rsa", 2048, date(2030, 12, 31))]
    assert all(rule.bits >= 256 for rule in HASH_RULES)


def test_a_rule_holds_to_the_end_of_its_last_day() -> None:
    rule = Rule("rsa", 2048, date(2030, 12, 31))
    assert rule.holds(END)
    assert not rule.holds(END + timedelta(seconds=1))
    assert rule.holds(None)
    assert Rule("rsa", 3072).holds(datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("bits", "now", "later"), [(2048, True, False), (3072, True, True)])
def test_an_rsa_key_falls_under_the_rule_of_its_size(bits: int, *, now: bool, later: bool) -> None:
    public = key(bits)
    assert algorithms.strong_key(public) is now
    assert algorithms.strong_key(public, END) is now
    assert algorithms.strong_key(public, END + timedelta(days=1)) is later


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
