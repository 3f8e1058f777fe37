"""The OCSP responder: what it answers, to whom, and what it makes of hostile requests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import core, ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp as other
from hypothesis import given
from hypothesis import strategies as st

from signing.authority.crl import Reason, RevokedEntry
from signing.authority.ocsp import (
    GOOD,
    ID_HASHES,
    NONCE_LIMIT,
    REQUESTS_LIMIT,
    SIZE_LIMIT,
    UNKNOWN,
    OcspFailure,
    Responder,
    ServedStatus,
    failure,
    is_keepable,
    respond,
)
from signing.tokens import keys
from signing.x509.certificate import read
from tests.kit.signing import asking, forge
from tests.kit.signing.asking import identifier, ocsp_of, ocsp_request
from tests.kit.signing.house import DAY, NOW

if TYPE_CHECKING:
    from signing.authority.demo import Authority
    from signing.x509.certificate import X509Certificate


NOBODY = read(forge.self_signed(forge.ec_key(), forge.person_request()))


@pytest.fixture(scope="module")
def issuer(authority: Authority) -> X509Certificate:
    return authority.issuing


def answer(
    authority: Authority, request: bytes, status: ServedStatus = GOOD
) -> tuple[str, ocsp.OCSPResponse]:
    """Give what a request is answered with: how, and the whole response."""
    response = ocsp.OCSPResponse.load(authority.ocsp_response(request, lambda _: status, NOW))
    return response["response_status"].native, response


def one(authority: Authority, status: ServedStatus) -> ocsp.SingleResponse:
    """Give the only response to a question about one certificate of this status."""
    how, response = answer(authority, ocsp_request(authority.issuing, 77), status)
    assert how == "successful"
    (single,) = response.response_data["responses"]
    return single


def refused(authority: Authority, request: bytes) -> str:
    how, response = answer(authority, request)
    assert response["response_bytes"].native is None
    return how


def test_a_good_certificate_is_good_for_one_minute(authority: Authority) -> None:
    single = one(authority, GOOD)
    assert single["cert_status"].name == "good"
    assert single["cert_id"]["serial_number"].native == 77
    assert single["this_update"].native == NOW
    assert single["next_update"].native == NOW + timedelta(minutes=1)


def test_a_certificate_nobody_made_is_unknown(authority: Authority) -> None:
    assert one(authority, UNKNOWN)["cert_status"].name == "unknown"


@pytest.mark.parametrize("reason", list(Reason))
def test_a_revoked_certificate_says_since_when_and_why(
    reason: Reason, authority: Authority
) -> None:
    since = NOW - DAY
    single = one(
        authority, ServedStatus(entry=RevokedEntry(77, since.replace(microsecond=5), reason))
    )
    revoked = single["cert_status"].chosen
    assert single["cert_status"].name == "revoked"
    assert revoked["revocation_time"].native == since
    expected = None if reason is Reason.UNSPECIFIED else reason.value
    assert revoked["revocation_reason"].native == expected


def test_the_answer_is_signed_by_the_delegated_responder_whose_certificate_it_brings(
    authority: Authority,
) -> None:
    _, response = answer(authority, ocsp_request(authority.issuing, 1))
    basic = response.basic_ocsp_response
    (own,) = basic["certs"]
    assert own.dump() == authority.responder.der
    assert own.extended_key_usage_value.native == ["ocsp_signing"]
    assert own.ocsp_no_check_value is not None
    assert own.issuer == authority.issuing.parsed.subject
    data = basic["tbs_response_data"]
    assert keys.verify(own.public_key, data.dump(), basic["signature"].native)
    assert data["responder_id"].name == "by_name"
    assert data["responder_id"].chosen == own.subject
    assert data["produced_at"].native == NOW


@pytest.mark.parametrize("digest", sorted(ID_HASHES))
def test_the_issuer_may_be_named_by_any_of_the_usual_hashes(
    digest: str, authority: Authority
) -> None:
    how, response = answer(authority, ocsp_request(authority.issuing, 5, digest=digest))
    assert how == "successful"
    named = response.response_data["responses"][0]["cert_id"]["hash_algorithm"]
    assert named["algorithm"].native == digest


def test_another_library_reads_the_answer_and_its_signature(authority: Authority) -> None:
    held = ServedStatus(entry=RevokedEntry(9, NOW - DAY, Reason.ON_HOLD))
    der = authority.ocsp_response(ocsp_request(authority.issuing, 9), lambda _: held, NOW)
    response = other.load_der_ocsp_response(der)
    assert response.certificate_status is other.OCSPCertStatus.REVOKED
    assert response.revocation_reason is x509.ReasonFlags.certificate_hold
    assert response.revocation_time_utc == NOW - DAY
    assert (response.this_update_utc, response.serial_number) == (NOW, 9)
    responder = x509.load_der_x509_certificate(authority.responder.der)
    assert response.certificates == [responder]
    responder.verify_directly_issued_by(x509.load_der_x509_certificate(authority.issuing.der))
    key = responder.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    # Raises when the signature does not fit.
    key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))


def test_a_nonce_comes_back_and_none_does_not(authority: Authority) -> None:
    for nonce in (b"n", b"n" * NONCE_LIMIT):
        _, response = answer(authority, ocsp_request(authority.issuing, 1, nonce=nonce))
        assert response.nonce_value.native == nonce
        assert not is_keepable(response.dump())
    _, response = answer(authority, ocsp_request(authority.issuing, 1))
    assert response.nonce_value is None
    assert is_keepable(response.dump())


@pytest.mark.parametrize("nonce", [b"", b"n" * (NONCE_LIMIT + 1)])
def test_a_nonce_of_no_use_is_a_malformed_request(nonce: bytes, authority: Authority) -> None:
    assert (
        refused(authority, ocsp_request(authority.issuing, 1, nonce=nonce)) == OcspFailure.MALFORMED
    )


def test_two_nonces_are_a_malformed_request(authority: Authority) -> None:
    asked = [{"req_cert": identifier(authority.issuing, 1)}]
    both = asking.nonce_extension(b"a") + asking.nonce_extension(b"b")
    assert refused(authority, ocsp_of(asked, both)) == OcspFailure.MALFORMED


def test_each_certificate_of_a_request_gets_its_own_answer_in_order(authority: Authority) -> None:
    statuses = {3: GOOD, 1: UNKNOWN, 2: ServedStatus(entry=RevokedEntry(2, NOW, Reason.ON_HOLD))}
    request = ocsp_request(authority.issuing, 3, 1, 2)
    der = authority.ocsp_response(request, statuses.__getitem__, NOW)
    responses = ocsp.OCSPResponse.load(der).response_data["responses"]
    assert [
        (each["cert_id"]["serial_number"].native, each["cert_status"].name) for each in responses
    ] == [(3, "good"), (1, "unknown"), (2, "revoked")]


def test_the_authoritys_own_services_are_good(authority: Authority) -> None:
    request = ocsp_request(authority.issuing, authority.stamper.serial_number)
    how, response = answer(authority, request, UNKNOWN)
    assert how == "successful"
    assert response.response_data["responses"][0]["cert_status"].name == "good"


def test_a_question_about_another_issuers_certificate_is_not_ours_to_answer(
    authority: Authority,
) -> None:
    assert refused(authority, ocsp_request(authority.root, 1)) == OcspFailure.UNAUTHORIZED
    unheard = identifier(authority.issuing, 1) | {"hash_algorithm": {"algorithm": "md5"}}
    assert refused(authority, ocsp_of([{"req_cert": unheard}], [])) == OcspFailure.UNAUTHORIZED


@pytest.mark.parametrize("part", ["issuer_name_hash", "issuer_key_hash"])
def test_name_and_key_of_the_issuer_must_both_fit(part: str, authority: Authority) -> None:
    other = identifier(authority.issuing, 1) | {part: b"\x00" * 32}
    assert refused(authority, ocsp_of([{"req_cert": other}], [])) == OcspFailure.UNAUTHORIZED


def test_among_ours_another_issuers_certificate_is_unknown(authority: Authority) -> None:
    asked = [
        {"req_cert": identifier(authority.root, 1)},
        {"req_cert": identifier(authority.issuing, 1)},
    ]
    how, response = answer(authority, ocsp_of(asked, []))
    assert how == "successful"
    names = [each["cert_status"].name for each in response.response_data["responses"]]
    assert names == ["unknown", "good"]


def test_an_unknown_extension_is_passed_over_unless_it_is_critical(authority: Authority) -> None:
    asked = [{"req_cert": identifier(authority.issuing, 1)}]
    extension: dict[str, Any] = {
        "extn_id": "2.999.1",
        "extn_value": core.ParsableOctetString(b"\x05\x00"),
    }
    assert answer(authority, ocsp_of(asked, [extension]))[0] == "successful"
    assert refused(authority, ocsp_of(asked, [extension | {"critical": True}])) == (
        OcspFailure.MALFORMED
    )
    known = {
        "extn_id": "acceptable_responses",
        "critical": True,
        "extn_value": ocsp.AcceptableResponses(["basic_ocsp_response"]),
    }
    assert answer(authority, ocsp_of(asked, [known]))[0] == "successful"


def test_no_question_too_many_and_another_version_are_malformed(authority: Authority) -> None:
    asked = [{"req_cert": identifier(authority.issuing, 1)}]
    assert refused(authority, ocsp_of([], [])) == OcspFailure.MALFORMED
    assert refused(authority, ocsp_of(asked * (REQUESTS_LIMIT + 1), [])) == OcspFailure.MALFORMED
    assert answer(authority, ocsp_of(asked * REQUESTS_LIMIT, []))[0] == "successful"
    assert refused(authority, ocsp_of(asked, [], version=1)) == OcspFailure.MALFORMED


def test_what_is_not_exactly_one_der_request_is_malformed(authority: Authority) -> None:
    good = ocsp_request(authority.issuing, 1)
    hostile = [b"", b"junk", good[:-1], good + b"\x00", b"\x30\x80" + good[2:] + b"\x00\x00"]
    hostile += [b"\x30\x00", b"\x30" * SIZE_LIMIT, b"\x04\x82\x40\x00" + b"\x00" * SIZE_LIMIT]
    assert {refused(authority, each) for each in hostile} == {OcspFailure.MALFORMED}


@given(data=st.data())
def test_a_request_with_any_byte_changed_gets_a_response(
    data: st.DataObject, issuer: X509Certificate, authority: Authority
) -> None:
    request = bytearray(ocsp_request(issuer, 2**70, nonce=b"nonce"))
    place = data.draw(st.integers(0, len(request) - 1))
    request[place] = data.draw(st.integers(0, 255))
    responder = Responder(issuer, authority.responder, lambda _: b"signature")
    response = ocsp.OCSPResponse.load(respond(bytes(request), responder, lambda _: GOOD, NOW))
    assert response["response_status"].native in {
        "successful", OcspFailure.MALFORMED, OcspFailure.UNAUTHORIZED,
    }  # fmt: skip


@given(st.binary(max_size=200))
def test_any_bytes_get_a_response(request: bytes) -> None:
    responder = Responder(NOBODY, NOBODY, lambda _: b"signature")
    assert respond(request, responder, lambda _: GOOD, NOW) == failure(OcspFailure.MALFORMED)


@pytest.mark.parametrize("why", list(OcspFailure))
def test_a_failure_says_why_and_is_kept_by_nobody(why: OcspFailure) -> None:
    response = ocsp.OCSPResponse.load(failure(why), strict=True)
    assert response["response_status"].native == why.value
    assert response["response_bytes"].native is None
    assert not is_keepable(failure(why))
