"""What the demo authority serves to programs, as the certificates name it."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import crl, ocsp
from werkzeug.http import http_date

from handlers.kit.context import CaseEngine
from signing.authority import tsa
from signing.authority.ocsp import SIZE_LIMIT, OcspFailure
from signing.errors import DeviceFailed
from states.cases.certificate import Certificate
from tests.kit.handlers.world import applicant
from tests.kit.signing.asking import ocsp_request, stamp_request
from web.gate.composition import Composition
from web.site import authority as face
from web.site.app import create_app

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from handlers.cards.seed import Held
    from handlers.kit.services import Services
    from signing.authority.demo import Authority
    from states.kit.settings import Settings
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

OCSP_REQUEST = "application/ocsp-request"
STAMP_REQUEST = "application/timestamp-query"
SERVED = ("/nes.crl", "/root.crl", "/ca/root.cer", "/ca/nes.cer")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a program that speaks to the site."""
    return app.test_client()


@pytest.fixture
def me(world: World) -> int:
    return world.person()


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, date(2026, 8, 10))


def serial(world: World, held: Held) -> int:
    return int(world.read(Certificate, held.certificate_id).serial, 16)


def send(client: FlaskClient, path: str, body: bytes, kind: str) -> TestResponse:
    return client.post(path, data=body, content_type=kind)


def stamp(client: FlaskClient, body: bytes) -> Any:  # noqa: ANN401 - asn1crypto has no types
    answer = send(client, "/tsa", body, STAMP_REQUEST)
    assert (answer.status_code, answer.mimetype) == (200, "application/timestamp-reply")
    return tsa.Response.load(answer.data, strict=True)


def by_post(client: FlaskClient, request: bytes) -> ocsp.OCSPResponse:
    answer = send(client, "/nes.ocsp", request, OCSP_REQUEST)
    assert (answer.status_code, answer.mimetype) == (200, "application/ocsp-response")
    assert answer.headers["Cache-Control"] == "no-store"
    return ocsp.OCSPResponse.load(answer.data)


def by_get(client: FlaskClient, request: bytes, **more: str) -> TestResponse:
    encoded = base64.b64encode(request).decode()
    return client.get(f"/nes.ocsp/{encoded}", headers=more)


def status(response: ocsp.OCSPResponse) -> tuple[str, str | None]:
    """Give the state of the only certificate that was asked for, and the reason."""
    (single,) = response.response_data["responses"]
    chosen = single["cert_status"].chosen
    revoked = single["cert_status"].name == "revoked"
    return single["cert_status"].name, chosen["revocation_reason"].native if revoked else None


def listed(client: FlaskClient) -> dict[int, str | None]:
    """Give what stands on the list that is handed out."""
    parsed = crl.CertificateList.load(client.get("/nes.crl").data)
    entries = parsed["tbs_cert_list"]["revoked_certificates"]
    return {
        entry["user_certificate"].native: entry.crl_reason_value.native
        if entry.crl_reason_value
        else None
        for entry in entries
    }


def test_anyone_may_fetch_the_newest_list_and_none_is_told_as_none(
    world: World, visitor: Visitor
) -> None:
    visitor.get("/nes.crl", 404)
    visitor.get("/root.crl", 404)
    world.publish_lists()
    for path, issuer in (("/nes.crl", "TEST NES"), ("/root.crl", "TEST Kök")):
        answer = visitor.get(path).response
        assert answer.mimetype == "application/pkix-crl"
        assert answer.headers["Cache-Control"].startswith("public, max-age=60")
        fetched = crl.CertificateList.load(answer.data)
        assert fetched["tbs_cert_list"]["this_update"].native == world.clock.now()
        assert fetched.issuer.native["common_name"].startswith(issuer)


def test_the_chain_is_handed_out(client: FlaskClient, authority: Authority) -> None:
    for path, expected in (("/ca/root.cer", authority.root), ("/ca/nes.cer", authority.issuing)):
        answer = client.get(path)
        assert answer.mimetype == "application/pkix-cert"
        assert answer.data == expected.der
    assert client.get("/ca/other.cer").status_code == 404


def test_suspension_its_end_and_revocation_are_seen_in_list_and_answer_at_once(
    world: World, client: FlaskClient, authority: Authority, me: int, held: Held
) -> None:
    number = serial(world, held)
    request = ocsp_request(authority.issuing, number)
    assert status(by_post(client, request)) == ("good", None)
    assert number not in listed(client)

    world.clock.advance(seconds=30)
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.run_effects("revocation.publish")
    assert status(by_post(client, request)) == ("revoked", "certificate_hold")
    assert listed(client) == {number: "certificate_hold"}

    world.clock.advance(seconds=30)
    _lift(world, held)
    world.publish_lists()
    assert status(by_post(client, request)) == ("good", None)
    assert listed(client) == {}

    world.clock.advance(seconds=30)
    reason = "Kart kayboldu ya da çalındı: dün otobüste"
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason=reason)
    world.run_effects("revocation.publish")
    assert status(by_post(client, request)) == ("revoked", "key_compromise")
    assert listed(client) == {number: "key_compromise"}


def _lift(world: World, held: Held) -> None:
    """Take the certificate off suspension, as the holder's activation does."""
    world.write(
        "UPDATE certificate SET state = 'active', entered_at = :now, suspended_at = NULL,"
        " suspended_by = NULL WHERE id = :id",
        now=world.clock.now(), id=held.certificate_id,
    )  # fmt: skip


def test_a_number_that_we_never_gave_or_that_others_gave_is_unknown(
    world: World, client: FlaskClient, authority: Authority, me: int
) -> None:
    world.certificate(me, date(2026, 8, 10), "abcdef")
    for number in (0xABCDEF, 2**100, -5):
        request = ocsp_request(authority.issuing, number)
        assert status(by_post(client, request)) == ("unknown", None)


def test_an_answer_without_nonce_may_be_fetched_and_kept_for_a_minute(
    world: World, client: FlaskClient, authority: Authority, held: Held
) -> None:
    request = ocsp_request(authority.issuing, serial(world, held))
    answer = by_get(client, request)
    assert (answer.status_code, answer.mimetype) == (200, "application/ocsp-response")
    assert status(ocsp.OCSPResponse.load(answer.data)) == ("good", None)
    now = world.clock.now()
    assert answer.headers["Cache-Control"] == "public, max-age=60, no-transform, must-revalidate"
    assert answer.headers["Expires"] == http_date(now + timedelta(minutes=1))
    assert answer.headers["Last-Modified"] == http_date(now)
    again = by_get(client, request, **{"If-Modified-Since": http_date(now)})
    assert (again.status_code, again.data) == (304, b"")


def test_an_answer_to_one_asker_or_to_nonsense_is_kept_by_nobody(
    client: FlaskClient, authority: Authority
) -> None:
    one = by_get(client, ocsp_request(authority.issuing, 1, nonce=b"n" * 16))
    assert ocsp.OCSPResponse.load(one.data).nonce_value.native == b"n" * 16
    nonsense = client.get("/nes.ocsp/MA")
    strange = client.get("/nes.ocsp/ab//cd==/%FF")
    foreign = by_get(client, ocsp_request(authority.root, 1))
    for answer, failure in (
        (nonsense, OcspFailure.MALFORMED),
        (strange, OcspFailure.MALFORMED),
        (foreign, OcspFailure.UNAUTHORIZED),
    ):
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert ocsp.OCSPResponse.load(answer.data)["response_status"].native == failure
    assert one.headers["Cache-Control"] == "no-store"


def test_a_request_whose_base64_has_two_slashes_in_a_row_is_read_whole(
    client: FlaskClient, authority: Authority
) -> None:
    number = next(
        number
        for number in range(2**64, 2**64 + 2**22)
        if b"//" in base64.b64encode(ocsp_request(authority.issuing, number << 16 | 0xFFFF))
    )
    answer = by_get(client, ocsp_request(authority.issuing, number << 16 | 0xFFFF))
    assert status(ocsp.OCSPResponse.load(answer.data)) == ("unknown", None)


def test_every_time_stamp_has_a_number_of_its_own_and_the_time_of_the_clock(
    world: World, client: FlaskClient
) -> None:
    numbers = set()
    for _ in range(3):
        token = stamp(client, stamp_request(cert_req=True))["time_stamp_token"]["content"]
        info = token["encap_content_info"]["content"].parsed
        numbers.add(info["serial_number"].native)
        assert info["gen_time"].native == world.clock.now()
    assert len(numbers) == 3
    assert min(numbers) >= 2**64


def test_a_bad_time_stamp_request_is_answered_with_a_rejection(client: FlaskClient) -> None:
    for body in (b"", b"junk", stamp_request(digest="sha1")):
        answer = stamp(client, body)
        assert answer["status"]["status"].native == "rejection"


@pytest.mark.parametrize(("path", "kind"), [("/nes.ocsp", OCSP_REQUEST), ("/tsa", STAMP_REQUEST)])
def test_what_is_too_large_or_of_another_sort_is_not_read(
    path: str, kind: str, client: FlaskClient
) -> None:
    assert send(client, path, b"x" * (SIZE_LIMIT + 1), kind).status_code == 413
    assert send(client, path, b"x", "text/plain").status_code == 415
    assert send(client, path, b"x" * SIZE_LIMIT, f"{kind}; charset=utf-8").status_code == 200


def test_the_addresses_set_no_cookie_and_ask_for_none(world: World, client: FlaskClient) -> None:
    world.publish_lists()
    answers = [client.get(path) for path in SERVED]
    answers.append(send(client, "/nes.ocsp", b"", OCSP_REQUEST))
    answers.append(send(client, "/tsa", b"", STAMP_REQUEST))
    assert {answer.status_code for answer in answers} == {200}
    assert not [answer for answer in answers if "Set-Cookie" in answer.headers]


def test_outside_a_demonstration_there_is_no_authority_of_ours(
    world: World, settings: Settings
) -> None:
    engine = world.engine
    real = settings.model_copy(update={"demo": False})
    composition = Composition(real, engine.database, engine.library, world.clock, engine)
    client = create_app(composition).test_client()
    world.publish_lists()
    assert client.get("/nes.crl").status_code == 200
    answers = [client.get(path) for path in (*SERVED[1:], "/nes.ocsp/MA")]
    answers.append(send(client, "/nes.ocsp", b"", OCSP_REQUEST))
    answers.append(send(client, "/tsa", b"", STAMP_REQUEST))
    assert {answer.status_code for answer in answers} == {404}


def test_where_another_authority_issues_only_the_time_is_ours(
    world: World, composition: Composition, services: Services
) -> None:
    others = replace(services, elsewhere=services.authority())
    engine = CaseEngine(world.engine.database, world.engine.library, world.clock, others)
    client = create_app(replace(composition, engine=engine)).test_client()
    answers = [client.get(path) for path in (*SERVED[1:], "/nes.ocsp/MA")]
    answers.append(send(client, "/nes.ocsp", b"", OCSP_REQUEST))
    assert {answer.status_code for answer in answers} == {404}
    assert stamp(client, stamp_request())["status"]["status"].native == "granted"


def test_a_token_that_is_away_is_a_try_later(
    app: Flask, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bytes:
        raise DeviceFailed(support="test")

    monkeypatch.setattr(authority, "ocsp_response", away)
    monkeypatch.setattr(authority, "timestamp_response", away)
    client = app.test_client()
    request = ocsp_request(authority.issuing, 1)
    assert by_post(client, request)["response_status"].native == OcspFailure.TRY_LATER
    rejected = stamp(client, stamp_request())["status"]
    assert rejected["fail_info"].native == {tsa.TimeStampFailure.SYSTEM}


def test_an_address_that_asks_without_end_is_throttled(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "_answer", lambda *_: b"")
    most = int(face.STAMPS.split()[0])
    client = app.test_client()
    answers = [send(client, "/tsa", b"", "text/plain").status_code for _ in range(most + 1)]
    assert answers == [415] * most + [429]
