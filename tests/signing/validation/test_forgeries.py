"""Containers that are cut, bent, forged or weak: what the validation answers to each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, keys, x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing.validation.trust import Trust
from signing.verdict import Indication, SubIndication
from tests.kit.signing import forge
from tests.kit.signing import house as kit

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.validation.validate import Validation

from tests.kit.signing.answers import PASSED, TEXT, answer, failed, unsure


@pytest.mark.parametrize("length", [0, 1, 2, 4, 100, 1000, -1])
def test_a_truncated_container_is_a_format_failure(
    length: int, signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    assert answer(judge(signer.sign(TEXT)[:length])) == failed(SubIndication.FORMAT_FAILURE)


@pytest.mark.parametrize("tail", [b"\x00", b"\n", b"\x05\x00", b"\x30\x00"])
def test_bytes_after_the_container_are_a_format_failure(
    tail: bytes, signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    assert answer(judge(signer.sign(TEXT) + tail)) == failed(SubIndication.FORMAT_FAILURE)


def test_an_indefinite_length_is_a_format_failure(
    signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    container = signer.sign(TEXT)
    indefinite = b"\x30\x80" + container[4:] + b"\x00\x00"
    assert cms.ContentInfo.load(indefinite)["content_type"].native == "signed_data"
    assert answer(judge(indefinite)) == failed(SubIndication.FORMAT_FAILURE)


def test_a_container_too_large_to_be_one_is_a_format_failure(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    assert answer(judge(forger.bent(attached=True).sign(b"a" * 300_000))) == failed(
        SubIndication.FORMAT_FAILURE
    )


@pytest.mark.parametrize(
    "bend",
    [
        {"attached": True},
        {"content_type": "enveloped_data"},
        {"signers": 0},
        {"signers": 2},
        {"without": frozenset({"content_type"})},
        {"without": frozenset({"message_digest"})},
        {"twice": frozenset({"message_digest"})},
        {"twice": frozenset({"content_type"})},
    ],
    ids=str,
)
def test_a_container_of_another_shape_is_a_format_failure(
    bend: dict[str, object], forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    assert answer(judge(forger.bent(**bend).sign(TEXT))) == failed(SubIndication.FORMAT_FAILURE)


def test_a_cms_object_that_is_no_signature_is_a_format_failure(
    judge: Callable[..., Validation],
) -> None:
    data = cms.ContentInfo({"content_type": "data", "content": b"merhaba"}).dump()
    assert answer(judge(data)) == failed(SubIndication.FORMAT_FAILURE)


def test_more_certificates_than_a_chain_needs_are_a_format_failure(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    many = forger.bent(
        others=tuple(
            forge.self_signed(forger.key, forge.person_request(number)) for number in range(2, 13)
        )
    )
    assert answer(judge(many.sign(TEXT))) == failed(SubIndication.FORMAT_FAILURE)


@pytest.mark.parametrize("bend", ["without", "twice"])
def test_a_missing_or_doubled_binding_to_the_certificate_breaks_a_constraint(
    bend: str, forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    bent = forger.bent(**{bend: frozenset({"signing_certificate_v2"})})
    assert answer(judge(bent.sign(TEXT))) == unsure(SubIndication.SIG_CONSTRAINTS_FAILURE)


def test_a_binding_to_another_certificate_finds_no_signing_certificate(
    forger: forge.Forger, judge: Callable[..., Validation], authority: Authority
) -> None:
    bent = forger.bent(bound_to=authority.issuing.der)
    assert answer(judge(bent.sign(TEXT))) == unsure(SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


def test_a_container_without_the_signer_finds_no_signing_certificate(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    bent = forger.bent(without=frozenset({"certificate"}))
    assert answer(judge(bent.sign(TEXT))) == unsure(SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


def test_a_container_without_a_claimed_time_passes_and_claims_none(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    verdict = judge(forger.bent(without=frozenset({"signing_time"})).sign(TEXT))
    assert answer(verdict) == PASSED
    assert verdict.claimed_time is None


def test_changed_signed_attributes_are_a_crypto_failure(
    signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    container = signer.sign(TEXT)
    assert container.count(b"261122090000Z") == 1
    changed = container.replace(b"261122090000Z", b"251122090000Z")
    verdict = judge(changed)
    assert answer(verdict) == failed(SubIndication.SIG_CRYPTO_FAILURE)


def test_a_changed_signature_value_is_a_crypto_failure(
    signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    container = bytearray(signer.sign(TEXT))
    container[-1] ^= 1
    assert answer(judge(bytes(container))) == failed(SubIndication.SIG_CRYPTO_FAILURE)


def test_a_certificate_put_in_place_of_the_signers_is_not_accepted(
    forger: forge.Forger, judge: Callable[..., Validation], authority: Authority
) -> None:
    request = forge.person_request()
    theirs = authority.issue(request, forge.public_info(forge.ec_key()))
    swapped = forger.bent(certificate=theirs)
    assert answer(judge(swapped.sign(TEXT))) == failed(SubIndication.SIG_CRYPTO_FAILURE)


@pytest.mark.parametrize("key", [forge.rsa_key, forge.ec_key], ids=["rsa", "ec"])
def test_sha_1_in_the_signature_is_refused(
    key: Callable[[], forge.Key], authority: Authority, judge: Callable[..., Validation]
) -> None:
    weak = forge.Forger.of(authority, forge.person_request(), key()).bent(digest="sha1")
    expected = unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert answer(judge(weak.sign(TEXT))) == expected


def test_sha_1_in_the_binding_to_the_certificate_is_refused(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    weak = forger.bent(binding_digest="sha1")
    expected = unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert answer(judge(weak.sign(TEXT))) == expected


def test_a_digest_that_differs_from_that_of_the_signature_is_refused(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    parsed = cms.ContentInfo.load(forger.sign(TEXT))
    info = parsed["content"]["signer_infos"][0]
    info["digest_algorithm"] = {"algorithm": "sha512"}
    parsed["content"]["digest_algorithms"] = [{"algorithm": "sha512"}]
    expected = unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert answer(judge(parsed.dump(force=True))) == expected


def test_a_key_that_is_too_short_is_refused(
    authority: Authority, judge: Callable[..., Validation]
) -> None:
    weak = forge.Forger.of(authority, forge.person_request(), forge.rsa_key(1024))
    expected = unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert answer(judge(weak.sign(TEXT))) == expected


def test_a_certificate_signed_with_sha_1_is_refused(judge: Callable[..., Validation]) -> None:
    root, key = forge.ec_key(), forge.ec_key()
    request = forge.person_request()
    anchor = forge.self_signed(root, replace(request, key_usage=frozenset({"key_cert_sign"})))
    issuer = request.subject.name()
    leaf = forge.certificate(key, root, forge.person_request(9), issuer, digest="sha1")
    verdict = judge(forge.Forger(key, leaf).sign(TEXT), trust=Trust((anchor,)))
    assert answer(verdict) == unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)


CALM = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@given(data=st.binary(max_size=200))
@CALM
def test_random_bytes_are_always_a_format_failure(
    data: bytes, judge: Callable[..., Validation]
) -> None:
    assert answer(judge(data)) == failed(SubIndication.FORMAT_FAILURE)


@given(
    place=st.integers(0, 10_000),
    value=st.integers(1, 255),
    cut=st.integers(0, 3),
    kind=st.booleans(),
)
@CALM
def test_a_container_with_any_changed_bytes_gives_an_answer_and_never_an_exception(
    place: int,
    value: int,
    cut: int,
    kind: bool,  # noqa: FBT001 - hypothesis gives it by name
    signer: kit.Signer,
    judge: Callable[..., Validation],
    genuine: bytes,
) -> None:
    data = bytearray(genuine)
    position = place % len(data)
    if kind:
        data[position] ^= value
    else:
        data[position : position + cut] = bytes([value])
    verdict = judge(bytes(data))
    assert verdict.indication in Indication
    if verdict.passed:
        assert verdict.signer == signer.produced.certificate


@pytest.fixture(scope="module")
def genuine(signer: kit.Signer) -> bytes:
    """Give one good container to be spoilt."""
    return signer.sign(TEXT)


def test_a_signature_algorithm_that_leaves_the_hash_to_the_digest_is_fine(
    authority: Authority, judge: Callable[..., Validation]
) -> None:
    plain = forge.Forger.of(authority, forge.person_request(), forge.rsa_key())
    assert answer(judge(plain.bent(plain_rsa=True).sign(TEXT))) == PASSED
    weak = plain.bent(plain_rsa=True, digest="sha1")
    expected = unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert answer(judge(weak.sign(TEXT))) == expected


def test_an_unknown_signature_algorithm_is_refused(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    parsed = cms.ContentInfo.load(forger.sign(TEXT))
    info = parsed["content"]["signer_infos"][0]
    info["signature_algorithm"] = {"algorithm": "1.2.3.4"}
    expected = unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert answer(judge(parsed.dump(force=True))) == expected


def test_a_key_on_an_unknown_curve_is_neither_trusted_nor_qualified(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    def change(tbs: x509.TbsCertificate) -> None:
        info = tbs["subject_public_key_info"]
        info["algorithm"] = {
            "algorithm": "ec",
            "parameters": keys.ECDomainParameters("named", "1.2.3.4"),
        }

    odd = forger.bent(certificate=forge.changed(forger.certificate, change))
    verdict = judge(odd.sign(TEXT))
    assert answer(verdict) == unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert verdict.qualification is not None
    assert verdict.qualification.code == "weak_key"
    assert not verdict.qualified


def test_a_false_issuer_brought_along_neither_helps_nor_hinders(
    forger: forge.Forger, authority: Authority, judge: Callable[..., Validation]
) -> None:
    impostor = forge.ec_key()
    name = authority.issuing.parsed.subject
    request = forge.person_request(2**80 + 2, key_usage=frozenset({"key_cert_sign"}))
    false_issuer = forge.changed(
        forge.certificate(impostor, impostor, request, name),
        lambda tbs: tbs.__setitem__("subject", name),
    )
    brought = forger.bent(others=(false_issuer, authority.issuing.der))
    assert answer(judge(brought.sign(TEXT))) == PASSED
    key = forge.ec_key()
    leaf = forge.certificate(key, impostor, forge.person_request(), name)
    theirs = forge.Forger(key, leaf, (false_issuer, authority.issuing.der))
    verdict = judge(theirs.sign(TEXT))
    assert not verdict.passed
