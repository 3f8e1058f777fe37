"""The time-stamp authority: its tokens, and what it makes of requests that it does not like."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, tsp
from hypothesis import given
from hypothesis import strategies as st

from signing.authority.tsa import (
    IMPRINTS,
    NONCE_LIMIT_BITS,
    REASONS,
    SIZE_LIMIT,
    Response,
    Stamper,
    TimeStampFailure,
    rejection,
    respond,
)
from signing.tokens import keys
from signing.x509 import oids
from signing.x509.certificate import read
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.asking import stamp_request
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from signing.authority.demo import Authority

SERIAL = 2**127 + 3


def granted(authority: Authority, request: bytes) -> tuple[tsp.TSTInfo, cms.SignedData]:
    """Give what a token says and the container that it says it in."""
    response = tsp.TimeStampResp.load(authority.timestamp_response(request, NOW, SERIAL))
    assert response["status"]["status"].native == "granted"
    signed = response["time_stamp_token"]["content"]
    return signed["encap_content_info"]["content"].parsed, signed


def refused(der: bytes) -> TimeStampFailure:
    """Give why a response carries no token; the sentence says it too."""
    response = Response.load(der, strict=True)
    assert response["time_stamp_token"].native is None
    status = response["status"]
    assert status["status"].native == "rejection"
    (fault,) = status["fail_info"].native
    assert status["status_string"].native == [REASONS[TimeStampFailure(fault)]]
    return TimeStampFailure(fault)


def asked(authority: Authority, request: bytes) -> TimeStampFailure:
    return refused(authority.timestamp_response(request, NOW, SERIAL))


@pytest.mark.parametrize("digest", sorted(IMPRINTS))
def test_a_token_says_what_when_under_which_policy_and_with_which_number(
    digest: str, authority: Authority
) -> None:
    info, _ = granted(authority, stamp_request(b"text", digest, nonce=17))
    assert info["version"].native == "v1"
    assert info["policy"].native == oids.DEMO_TSA_POLICY
    assert info["message_imprint"]["hash_algorithm"]["algorithm"].native == digest
    assert info["message_imprint"]["hashed_message"].native == hashlib.new(digest, b"text").digest()
    assert info["gen_time"].native == NOW
    assert info["accuracy"]["seconds"].native == 1
    assert info["serial_number"].native == SERIAL
    assert info["nonce"].native == 17
    assert info["ordering"].native is False


def test_a_request_without_nonce_gets_none(authority: Authority) -> None:
    info, _ = granted(authority, stamp_request())
    assert info["nonce"].native is None


def test_the_time_is_cut_to_whole_seconds(authority: Authority) -> None:
    later = NOW + timedelta(microseconds=999_999)
    response = tsp.TimeStampResp.load(authority.timestamp_response(stamp_request(), later, SERIAL))
    content = response["time_stamp_token"]["content"]["encap_content_info"]["content"]
    assert content.parsed["gen_time"].native == NOW


def test_the_token_is_signed_and_bound_to_the_certificate_of_the_stamper(
    authority: Authority,
) -> None:
    info, signed = granted(authority, stamp_request())
    (signer,) = signed["signer_infos"]
    attributes = {entry["type"].native: entry["values"] for entry in signer["signed_attrs"]}
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2"}
    assert attributes["content_type"].native == ["tst_info"]
    assert attributes["message_digest"].native == [hashlib.sha256(info.dump()).digest()]
    (bound,) = attributes["signing_certificate_v2"][0]["certs"]
    assert bound["cert_hash"].native == hashlib.sha256(authority.stamper.der).digest()
    assert "hash_algorithm" not in bound.dump().hex()
    covered = cms.CMSAttributes.load(b"\x31" + signer["signed_attrs"].dump()[1:]).dump()
    public = authority.stamper.parsed.public_key
    assert keys.verify(public, covered, signer["signature"].native)
    assert signer["sid"].chosen["serial_number"].native == authority.stamper.serial_number
    assert signed["version"].native == "v3"


def test_certificates_come_along_when_they_are_asked_for(authority: Authority) -> None:
    _, without = granted(authority, stamp_request())
    assert without["certificates"].native is None
    _, signed = granted(authority, stamp_request(cert_req=True))
    sent = [entry.chosen.dump() for entry in signed["certificates"]]
    # A SET OF in DER is sorted by its bytes.
    assert sorted(sent) == sorted([authority.stamper.der, authority.issuing.der])


def test_the_stampers_certificate_is_for_that_alone(authority: Authority) -> None:
    parsed = authority.stamper.parsed
    assert parsed.extended_key_usage_value.native == ["time_stamping"]
    assert "extended_key_usage" in parsed.critical_extensions
    assert parsed.key_usage_value.native == {"digital_signature"}


def test_the_policy_may_be_named_and_no_other(authority: Authority) -> None:
    info, _ = granted(authority, stamp_request(req_policy=oids.DEMO_TSA_POLICY))
    assert info["policy"].native == oids.DEMO_TSA_POLICY
    assert asked(authority, stamp_request(req_policy="1.2.3.4")) is TimeStampFailure.POLICY


def test_only_strong_hashes_are_stamped(authority: Authority) -> None:
    for weak in ("sha1", "md5", "sha224"):
        assert asked(authority, stamp_request(digest=weak)) is TimeStampFailure.BAD_ALGORITHM
    odd = {"hash_algorithm": {"algorithm": "2.999.7"}, "hashed_message": b"x" * 32}
    assert asked(authority, stamp_request(message_imprint=odd)) is TimeStampFailure.BAD_ALGORITHM


def test_a_hash_of_another_length_is_no_hash(authority: Authority) -> None:
    for length in (0, 31, 33, 48):
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"x" * length}
        assert (
            asked(authority, stamp_request(message_imprint=imprint)) is TimeStampFailure.BAD_FORMAT
        )


def test_a_nonce_may_be_long_but_not_endless(authority: Authority) -> None:
    info, _ = granted(authority, stamp_request(nonce=2**NONCE_LIMIT_BITS - 1))
    assert info["nonce"].native == 2**NONCE_LIMIT_BITS - 1
    assert asked(authority, stamp_request(nonce=2**NONCE_LIMIT_BITS)) is TimeStampFailure.BAD_FORMAT


def test_another_version_and_any_extension_are_refused(authority: Authority) -> None:
    assert asked(authority, stamp_request(version="v2")) is TimeStampFailure.BAD_REQUEST
    extension = {"extn_id": "2.999.8", "extn_value": b"\x05\x00"}
    assert asked(authority, stamp_request(extensions=[extension])) is TimeStampFailure.EXTENSION


def test_outside_the_life_of_its_certificate_it_gives_no_time(authority: Authority) -> None:
    request = stamp_request()
    certificate = authority.stamper
    second = timedelta(seconds=1)
    for moment in (certificate.not_before - second, certificate.not_after + second):
        assert (
            refused(authority.timestamp_response(request, moment, SERIAL))
            is TimeStampFailure.NO_TIME
        )
    for moment in (certificate.not_before, certificate.not_after):
        response = tsp.TimeStampResp.load(authority.timestamp_response(request, moment, SERIAL))
        assert response["status"]["status"].native == "granted"


def test_what_is_not_exactly_one_der_request_is_refused(authority: Authority) -> None:
    good = stamp_request()
    hostile = [b"", b"junk", good[:-1], good + b"\x00", b"\x30\x00", b"\x30" * SIZE_LIMIT]
    hostile += [b"\x04\x82\x40\x00" + b"\x00" * SIZE_LIMIT]
    assert {asked(authority, each) for each in hostile} == {TimeStampFailure.BAD_FORMAT}


@given(data=st.data())
def test_a_request_with_any_byte_changed_gets_a_response(data: st.DataObject) -> None:
    request = bytearray(stamp_request(nonce=2**60, cert_req=True))
    place = data.draw(st.integers(0, len(request) - 1))
    request[place] = data.draw(st.integers(0, 255))
    stamper = Stamper(NOBODY, (), lambda _: b"signature")
    response = Response.load(respond(bytes(request), stamper, NOW, SERIAL), strict=True)
    status = response["status"]["status"].native
    assert (status, response["time_stamp_token"].native is None) in {
        ("granted", False), ("rejection", True),
    }  # fmt: skip


@given(st.binary(max_size=200))
def test_any_bytes_get_a_rejection(request: bytes) -> None:
    stamper = Stamper(NOBODY, (), lambda _: b"signature")
    assert respond(request, stamper, NOW, SERIAL) == rejection(TimeStampFailure.BAD_FORMAT)


@pytest.mark.parametrize("why", list(TimeStampFailure))
def test_every_rejection_has_a_sentence(why: TimeStampFailure) -> None:
    assert refused(rejection(why)) is why


NOBODY = read(forge.self_signed(forge.ec_key(), forge.person_request()))
assert NOBODY.holder == kit.OTHER_PERSON.common_name
