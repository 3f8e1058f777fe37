"""The clients of time-stamps, lists and OCSP, against a real server that may be hostile."""

from __future__ import annotations

from datetime import timedelta
from threading import Semaphore
from typing import TYPE_CHECKING

import pytest
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509

from signing.authority import ocsp
from signing.errors import OnlineAnswerWrong, OnlineUnavailable
from signing.network.fetch import Fetcher, FetchTimeouts
from signing.network.online import LARGEST_LIST, SMALL, ListCache, Online
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.loopback import Loopback, serving
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Iterator

from tests.kit.signing.own_house import DIGEST, PATIENT, QUICK, House, make_house, subject


@pytest.fixture(scope="module")
def house() -> House:
    return make_house()


@pytest.fixture
def site() -> Iterator[Loopback]:
    with serving() as site:
        yield site


@pytest.fixture
def online(site: Loopback) -> Online:
    return Online(site.url("/tsa"), PATIENT)


# places, sizes, times


@pytest.mark.parametrize("status", [204, 301, 302, 404, 500, 503])
def test_any_status_but_200_is_no_answer_and_no_redirect_is_followed(
    site: Loopback, online: Online, status: int
) -> None:
    site.answers["/tsa"] = (status, b"" if status == 204 else b"x")
    with refusing(OnlineUnavailable, match=f"durum {status}"):
        online.timestamp(DIGEST)
    assert site.times("/elsewhere") == 0


def test_a_flood_is_cut_at_the_limit(site: Loopback, online: Online) -> None:
    site.answers["/tsa"] = b"x" * (SMALL + 1)
    with refusing(OnlineUnavailable, match="çok büyük"):
        online.timestamp(DIGEST)
    site.answers["/tsa"] = b"x" * SMALL
    with pytest.raises(OnlineAnswerWrong):
        online.timestamp(DIGEST)


def test_a_silent_server_is_given_up(site: Loopback) -> None:
    site.answers["/tsa"] = b"x" * 50
    site.pieces = (1, 0.4)
    with refusing(OnlineUnavailable, match="Timeout"):
        Online(site.url("/tsa"), QUICK).timestamp(DIGEST)


def test_a_trickle_is_given_up_though_each_piece_comes_in_time(site: Loopback) -> None:
    moments = iter([0.0, 0.1, 0.2, 10.1])
    fetcher = Fetcher(ticks=lambda: next(moments))
    site.answers["/tsa"] = b"x" * 50
    site.pieces = (1, 0.01)
    with refusing(OnlineUnavailable, match="çok yavaş"):
        Online(site.url("/tsa"), fetcher).timestamp(DIGEST)


def test_nobody_there_is_no_answer() -> None:
    with serving() as site:
        url = site.url("/tsa")
    with refusing(OnlineUnavailable, match="ConnectionError"):
        Online(url, PATIENT).timestamp(DIGEST)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "ldap://x/y", "//x", "http://", "http://[", ""],
)
def test_only_http_and_https_are_spoken(url: str) -> None:
    with refusing(OnlineUnavailable, match="http veya https"):
        Online(url, PATIENT).timestamp(DIGEST)


def test_a_refusal_names_the_place_without_its_secrets(site: Loopback) -> None:
    url = site.url("/tsa?key=geheim").replace("http://", "http://user:parola@")
    with pytest.raises(OnlineUnavailable) as caught:
        Online(url, PATIENT).timestamp(DIGEST)
    assert caught.value.params["where"] == site.url("/tsa")


def test_the_proxy_of_the_environment_is_not_used(
    site: Loopback, house: House, online: Online, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site.answers["/tsa"] = house.stamp
    assert online.timestamp(DIGEST)


# lists


def test_each_distribution_point_gives_its_list(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers |= {"/a.crl": house.list(1), "/b.crl": house.list(2)}
    certificate = subject(house, [[site.url("/a.crl")], [site.url("/b.crl")]], [])
    assert online.crls(certificate, NOW) == (house.list(1), house.list(2))


def test_a_certificate_without_points_has_no_list(house: House, online: Online) -> None:
    assert online.crls(subject(house, [], []), NOW) == ()


def test_the_second_address_of_a_point_serves_when_the_first_is_down(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers |= {"/a.crl": (500, b""), "/b.crl": house.list()}
    certificate = subject(house, [[site.url("/a.crl"), site.url("/b.crl")]], [])
    assert online.crls(certificate, NOW) == (house.list(),)
    site.answers["/b.crl"] = (500, b"")
    with refusing(OnlineUnavailable, match=r"b\.crl"):
        Online("", PATIENT).crls(certificate, NOW)


def test_a_list_is_asked_for_again_after_a_minute_and_not_before(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers["/a.crl"] = house.list()
    certificate = subject(house, [[site.url("/a.crl")]], [])
    for later in (0, 59):
        online.crls(certificate, NOW + timedelta(seconds=later))
    assert site.times("/a.crl") == 1
    site.answers["/a.crl"] = house.list(2)
    assert online.crls(certificate, NOW + timedelta(seconds=60)) == (house.list(2),)
    assert site.times("/a.crl") == 2


def test_no_list_is_used_after_its_own_end(site: Loopback, house: House) -> None:
    site.answers["/a.crl"] = house.list(hours=0)
    online = Online("", PATIENT)
    certificate = subject(house, [[site.url("/a.crl")]], [])
    online.crls(certificate, NOW - timedelta(seconds=30))
    online.crls(certificate, NOW - timedelta(seconds=1))
    assert site.times("/a.crl") == 1
    online.crls(certificate, NOW)
    assert site.times("/a.crl") == 2


def test_a_list_from_before_the_wanted_moment_is_asked_for_again(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers["/a.crl"] = house.list()
    certificate = subject(house, [[site.url("/a.crl")]], [])
    online.crls(certificate, NOW)
    online.crls(certificate, NOW, since=NOW)
    assert site.times("/a.crl") == 1
    online.crls(certificate, NOW, since=NOW + timedelta(seconds=1))
    assert site.times("/a.crl") == 2


@pytest.mark.parametrize("answer", [b"", b"garbage", b"0\x00", "cut", "tail"])
def test_what_is_no_list_is_refused_and_not_kept(
    site: Loopback, house: House, online: Online, answer: object
) -> None:
    bad = {"cut": house.list()[:-3], "tail": house.list() + b"\0"}
    site.answers["/a.crl"] = bad.get(str(answer), answer)
    certificate = subject(house, [[site.url("/a.crl")]], [])
    with pytest.raises(OnlineAnswerWrong):
        online.crls(certificate, NOW)
    site.answers["/a.crl"] = house.list()
    assert online.crls(certificate, NOW) == (house.list(),)


def test_the_cache_holds_so_many_lists_and_throws_out_the_oldest() -> None:
    cache = ListCache(entries=2)
    until = NOW + DAY
    for name in ("a", "b", "a", "c"):
        cache.put(name, name.encode(), until)
    assert [cache.get(name, NOW) for name in ("a", "b", "c")] == [b"a", None, b"c"]
    assert cache.get("a", until) is None


def test_a_list_may_be_bigger_than_a_token(site: Loopback, online: Online) -> None:
    assert LARGEST_LIST > 100 * SMALL
    site.answers["/a"] = b"x" * (SMALL + 1)
    assert len(online.fetcher.get(site.url("/a"), "a/b", LARGEST_LIST)) == SMALL + 1


# OCSP


def test_a_responder_answers_for_the_certificate_asked_about(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers["/ocsp"] = house.status
    certificate = subject(house, [], [site.url("/ocsp")])
    answer = asn1_ocsp.OCSPResponse.load(online.ocsp(certificate, house.certificate.parsed))
    (single,) = answer.response_data["responses"]
    assert single["cert_id"]["serial_number"].native == certificate.serial_number
    assert single["cert_id"]["hash_algorithm"]["algorithm"].native == "sha256"
    assert single["cert_status"].name == "good"
    assert (
        answer.nonce_value.native == asn1_ocsp.OCSPRequest.load(site.asked[0][2]).nonce_value.native
    )


def test_no_answer_is_kept_for_a_second_question(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers["/ocsp"] = house.status
    certificate = subject(house, [], [site.url("/ocsp")])
    for _ in range(2):
        online.ocsp(certificate, house.certificate.parsed)
    assert site.times("/ocsp") == 2


def test_a_certificate_without_responder_has_no_answer(house: House, online: Online) -> None:
    assert online.ocsp(subject(house, [], []), house.certificate.parsed) is None


def test_the_second_responder_is_asked_when_the_first_fails(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers |= {"/x": (503, b""), "/y": house.status}
    certificate = subject(house, [], [site.url("/x"), site.url("/y")])
    assert online.ocsp(certificate, house.certificate.parsed)
    del site.answers["/y"]
    with refusing(OnlineUnavailable, match="/y"):
        online.ocsp(certificate, house.certificate.parsed)


def test_an_answer_about_another_certificate_another_nonce_or_none_is_refused(
    site: Loopback, house: House, online: Online
) -> None:
    url = site.url("/ocsp")
    certificate, other = subject(house, [], [url]), house.certificate.parsed
    issuer = house.certificate.parsed
    site.answers["/ocsp"] = house.status
    before = online.ocsp(certificate, issuer)
    bad: list[object] = [
        before,  # the nonce of the question before
        about(house, other),
        ocsp.failure(ocsp.OcspFailure.TRY_LATER),
        b"garbage",
        b"",
        lambda body: house.status(body) + b"\0",
    ]
    for answer in bad:
        site.answers["/ocsp"] = answer
        with pytest.raises(OnlineAnswerWrong):
            online.ocsp(certificate, issuer)


def by_sha1_only(house: House, body: bytes, refusal: ocsp.OcspFailure) -> bytes:
    """Answer as a responder that knows certificates by SHA-1 only (RFC 5019, 2.1.1)."""
    asked = asn1_ocsp.OCSPRequest.load(body)["tbs_request"]["request_list"][0]["req_cert"]
    known = asked["hash_algorithm"]["algorithm"].native == "sha1"
    return house.status(body) if known else ocsp.failure(refusal)


@pytest.mark.parametrize("refusal", ocsp.OcspFailure)
def test_a_responder_that_knows_sha_1_only_is_asked_by_it_and_so_from_then_on(
    site: Loopback, house: House, online: Online, refusal: ocsp.OcspFailure
) -> None:
    site.answers["/ocsp"] = lambda body: by_sha1_only(house, body, refusal)
    certificate = subject(house, [], [site.url("/ocsp")])
    for times in (2, 3):
        assert online.ocsp(certificate, house.certificate.parsed)
        assert site.times("/ocsp") == times
    old = Online("", QUICK, id_hash="sha1")
    assert old.ocsp(certificate, house.certificate.parsed)
    site.answers["/ocsp"] = ocsp.failure(refusal)
    with pytest.raises(OnlineAnswerWrong):
        old.ocsp(certificate, house.certificate.parsed)
    assert site.times("/ocsp") == 5


def test_an_answer_may_name_the_certificate_by_another_hash_than_the_question(
    site: Loopback, house: House, online: Online
) -> None:
    certificate = subject(house, [], [site.url("/ocsp")])
    site.answers["/ocsp"] = about(house, certificate, "sha1")
    assert online.ocsp(certificate, house.certificate.parsed)
    assert site.times("/ocsp") == 1


def about(house: House, other: x509.Certificate, digest: str = "sha256") -> bytes:
    """Answer, without nonce, a question about another certificate."""
    found = asn1_ocsp.CertId(
        {
            "hash_algorithm": {"algorithm": digest},
            "issuer_name_hash": getattr(house.certificate.parsed.subject, digest),
            "issuer_key_hash": getattr(house.certificate.parsed.public_key, digest),
            "serial_number": other.serial_number,
        }
    )
    request = asn1_ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": found}]}})
    return house.status(bytes(request.dump()))


def test_so_many_signatures_are_worked_on_at_once_and_the_next_is_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("signing.network.online.TURN", 0.01)
    online = Online("http://x.example/tsa", QUICK, gate=Semaphore(1))
    with online.turn(), refusing(OnlineUnavailable, match="çok sayıda"), online.turn():
        pass
    with online.turn():
        assert online.gate.acquire(blocking=False) is False


def test_only_hosts_of_the_list_are_asked_wherever_an_address_comes_from(site: Loopback) -> None:
    site.answers["/liste"] = b"x"
    here = Fetcher(hosts=frozenset({"127.0.0.1", "zaman.example"}))
    assert here.get(site.url("/liste"), "*/*", SMALL) == b"x"
    none_here = Fetcher(hosts=frozenset({"zaman.example"}))
    for url in (site.url("/liste"), site.url("/liste").replace("://", "://zaman.example@")):
        with refusing(OnlineUnavailable, match="NES_OUTBOUND"):
            none_here.get(url, "*/*", SMALL)
    led_astray = Fetcher(route=lambda _: site.url("/liste"), hosts=frozenset({"zaman.example"}))
    with refusing(OnlineUnavailable, match="NES_OUTBOUND"):
        led_astray.post("http://zaman.example/", b"", ("a/b", "a/b"), SMALL)
    assert site.times("/liste") == 1


def test_a_host_of_the_list_is_known_in_capitals_too(site: Loopback) -> None:
    with refusing(OnlineUnavailable, match="ConnectionError|Timeout|Invalid"):
        Fetcher(
            patience=FetchTimeouts(0.01, 0.01, 0.1),
            route=lambda url: url.replace("ZAMAN.example", "LOCALHOST:9"),
            hosts=frozenset({"localhost"}),
        ).get("http://ZAMAN.example/", "*/*", SMALL)
    assert site.asked == []
