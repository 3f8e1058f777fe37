"""Rules of certificates on a path and beside it, and what is said of what is not supported."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import core, x509

from signing.app.words.validation import VALIDATION, sentence_of
from signing.cms import levels
from signing.cms.levels import Level
from signing.cms.signed_data import take_apart
from signing.errors import ContainerUnusable
from signing.validation import augmentation
from signing.validation.trust import Revocation, Trust, TrustWindow
from signing.validation.validate import validate
from signing.verdict import SubIndication
from signing.x509 import builder, tlv
from signing.x509.certificate import X509Certificate
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.answers import PASSED, TEXT, answer, failed, unsure
from tests.kit.signing.crowd import Own, named
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.refusing import refusing
from tests.signing.validation.test_other_makers import BOUNCYCASTLE, bouncycastle
from tests.signing.validation.test_path_building import stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from signing.authority.demo import Authority
    from signing.validation.validate import Validation

SECOND = timedelta(seconds=1)
PERSONAL = frozenset({"digital_signature", "non_repudiation"})
DSA, ED25519, ML_DSA = "1.2.840.10040.4.1", "1.3.101.112", "2.16.840.1.101.3.4.3.18"
FOREIGN = [(DSA, "DSA"), (ED25519, "Ed25519"), (ML_DSA, "ML-DSA-65"), ("2.999.1", "2.999.1")]


def with_key(der: bytes, oid: str) -> bytes:
    """Give a certificate of a key of another kind; its signature no longer fits."""
    body, algorithm, signature = tlv.inside(der, tlv.SEQUENCE)
    fields = tlv.inside(body, tlv.SEQUENCE)
    kind = tlv.wrap(tlv.SEQUENCE, [core.ObjectIdentifier(oid).dump()])
    fields[6] = tlv.wrap(tlv.SEQUENCE, [kind, tlv.wrap(3, [bytes(33)])])
    return tlv.wrap(tlv.SEQUENCE, [tlv.wrap(tlv.SEQUENCE, fields), algorithm, signature])


def beside(container: bytes, *more: bytes) -> bytes:
    """Put certificates, of whatever kind, beside a signature."""
    parts = take_apart(container)
    return replace(parts, certificates=(*parts.certificates, *more)).dump()


# kinds of keys


@pytest.mark.parametrize(("oid", "_name"), FOREIGN)
def test_a_certificate_of_another_kind_of_key_beside_a_signature_is_passed_over(
    oid: str, _name: str, forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    own = Own(named("TEST yabancı"))
    assert answer(judge(beside(forger.sign(TEXT), with_key(own.certify(own), oid)))) == PASSED


@pytest.mark.parametrize(("oid", "name"), FOREIGN)
def test_a_signer_with_another_kind_of_key_is_told_its_name(
    oid: str, name: str, forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    verdict = judge(forger.bent(certificate=with_key(forger.certificate, oid)).sign(TEXT))
    assert answer(verdict) == unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert f"İmzalayan anahtar {name} türünde; bu tür desteklenmiyor." in sentence_of(verdict)
    assert verdict.record()["sub_indication"] == "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"


# certificates that are none of X.509, and BER


@pytest.mark.parametrize(
    ("tag", "name"),
    [(0xA0, "PKCS#6"), (0xA1, "sürüm 1"), (0xA2, "nitelik sertifikası"), (0xA3, "X.509 olmayan")],
)
def test_a_certificate_that_is_none_of_x509_is_told_by_its_name(
    tag: int, name: str, forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    verdict = judge(beside(forger.sign(TEXT), tlv.wrap(tag, [b"\x05\x00"])))
    assert answer(verdict) == unsure(SubIndication.SIG_CONSTRAINTS_FAILURE)
    assert name in sentence_of(verdict)
    assert sentence_of(verdict).endswith("desteklenmiyor.")


def test_a_container_in_ber_is_told_so_and_a_broken_one_is_not() -> None:
    ber = (BOUNCYCASTLE / "SHA256withECDSA.ber").read_bytes()
    verdict = bouncycastle(ber)
    assert answer(verdict) == failed(SubIndication.FORMAT_FAILURE)
    assert "BER ile yazılmış; yalnız DER kabul edilir" in sentence_of(verdict)
    der = (BOUNCYCASTLE / "SHA256withECDSA.der").read_bytes()
    data = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\x00\x00"
    for broken in (ber[:-1], ber[:200], der[:-1], b"\x30\x80" * 5000, data, b""):
        assert sentence_of(bouncycastle(broken)) == VALIDATION[SubIndication.FORMAT_FAILURE]


# what every certificate on the path has to keep


@pytest.fixture
def house() -> House:
    return House()


class House:
    """An authority in memory, the lists of it, and a person."""

    def __init__(self, at: datetime = NOW) -> None:
        """Make the keys; the root's certificate lives for 700 days from a moment."""
        self.root, self.person = Own(named("TEST Kök")), Own(named("TEST kişi"))
        self.anchor = self.root.certify(self.root, at=at)

    def leaf(self, *more: x509.Extension, at: datetime = NOW) -> bytes:
        """Give the certificate of the person."""
        return self.root.certify(self.person, ca=False, usage=PERSONAL, more=more, at=at)

    def judge(
        self, leaf: bytes, at: datetime = NOW, windows: tuple[tuple[str, TrustWindow], ...] = ()
    ) -> Validation:
        """Judge a signature of the person at a moment."""
        container = forge.Forger(self.person.key, leaf).sign(TEXT, at)
        trust = Trust((self.anchor,), windows=windows)
        known = Revocation((self.root.list(1),))
        return validate(container, TEXT, trust=trust, revocation=known, at=at)


def test_an_extension_that_stands_there_twice_is_refused_in_whatever_order(house: House) -> None:
    assert house.judge(house.leaf()).passed
    wider = builder.key_usage(frozenset({"key_cert_sign"}))
    assert answer(house.judge(house.leaf(wider))) == unsure(
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
    )


def test_a_certificate_whose_two_algorithms_differ_is_refused(house: House) -> None:
    body, algorithm, _ = tlv.inside(house.leaf(), tlv.SEQUENCE)
    other = tlv.wrap(tlv.SEQUENCE, [core.ObjectIdentifier("1.2.840.10045.4.3.3").dump()])
    spoilt = body.replace(algorithm, other)
    assert spoilt != body
    signature = tlv.wrap(3, [b"\0", house.root.sign(spoilt)])
    leaf = tlv.wrap(tlv.SEQUENCE, [spoilt, algorithm, signature])
    assert answer(house.judge(leaf)) == unsure(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)


def test_the_last_second_of_a_certificate_belongs_to_its_life_and_the_next_does_not(
    house: House,
) -> None:
    ended, begun = house.leaf(at=NOW - 700 * DAY), house.leaf(at=NOW + 30 * DAY)
    assert X509Certificate(ended).not_after == X509Certificate(begun).not_before == NOW
    gone = unsure(SubIndication.OUT_OF_BOUNDS_NO_POE)
    assert house.judge(ended).passed
    assert answer(house.judge(ended, NOW + SECOND)) == gone
    assert house.judge(begun).passed
    assert answer(house.judge(begun, NOW - SECOND)) == gone


def test_an_anchor_ends_with_its_own_certificate_and_a_window_may_only_be_narrower() -> None:
    house = House(NOW - 700 * DAY)
    nobody = unsure(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert X509Certificate(house.anchor).not_after == NOW
    assert house.judge(house.leaf()).passed
    assert answer(house.judge(house.leaf(), NOW + SECOND)) == nobody
    sha256 = X509Certificate(house.anchor).sha256
    wide = ((sha256, TrustWindow(NOW - 900 * DAY, NOW + DAY)),)
    assert answer(house.judge(house.leaf(), NOW + SECOND, wide)) == nobody
    assert house.judge(house.leaf(), NOW, wide).passed
    narrow = ((sha256, TrustWindow(NOW - 900 * DAY, NOW - SECOND)),)
    assert answer(house.judge(house.leaf(), NOW, narrow)) == nobody
    begun = House(NOW + 30 * DAY)
    assert begun.judge(begun.leaf(at=NOW)).passed
    assert answer(begun.judge(begun.leaf(at=NOW), NOW - SECOND)) == nobody


# the end of a time-stamp


def test_a_time_stamp_that_can_not_be_read_is_no_error_of_ours(
    authority: Authority, signer: kit.Signer
) -> None:
    container = signer.sign(TEXT)
    stamped = levels.with_time_stamp(container, stamp(authority, container))
    assert levels.level(stamped) is Level.B_T
    ends = x509.Certificate.load(authority.stamper.der)["tbs_certificate"]["validity"]
    for value in (ends["not_after"].dump(), b"\x18\x0f20261122090000Z"):
        spoilt = stamped.replace(value, value[:2] + b"9" * (len(value) - 3) + b"Z")
        assert spoilt != stamped
        with refusing(ContainerUnusable, match="okunamadı"):
            augmentation.renew_before(spoilt)
