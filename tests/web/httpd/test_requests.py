"""What the server reads, what it refuses by itself, and what it says of it."""

from __future__ import annotations

import json
import select

import pytest

from tests.web.httpd.conftest import HEADERS, LARGE, LARGEST, Clock, Ground, Site, serving
from web.gate.logs import configure_logs
from web.site.httpd.events import Poll
from web.site.httpd.refusal import BROKEN, SENTENCES

NUMBER = b"10000000146"
"""What somebody typed."""

LAST = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
BAD = {
    "no version": (400, b"GET /" + NUMBER + b"\r\n\r\n"),
    "another version": (400, b"GET / HTTP/9.9 TCKN=" + NUMBER + b"\r\nHost: x\r\n\r\n"),
    "a later version": (400, b"GET /" + NUMBER + b" HTTP/2.0\r\nHost: x\r\n\r\n"),
    "no head at all": (400, NUMBER + b"\r\n\r\n"),
    "a blank in a name": (400, b"GET / HTTP/1.1\r\nna me: " + NUMBER + b"\r\n\r\n"),
    "half an address": (400, b"GET http://[" + NUMBER + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    "two lengths": (400, b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"),
    "a length of 5000 digits": (
        400, b"POST / HTTP/1.1\r\nContent-Length: " + b"1" * 5000 + b"\r\n\r\n",
    ),
    "a length and a coding": (
        400, b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "a coding of old": (400, b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "an unknown coding": (501, b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"),
    "a broken piece": (
        400, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + NUMBER,
    ),
    "a long head": (431, b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n"),
    "pieces without end": (
        413, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n30000\r\n" + b"x" * 0x30000,
    ),
}  # fmt: skip


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """Give what is logged."""
    configure_logs()
    return capsys


@pytest.mark.parametrize("case", BAD)
def test_what_can_not_be_read_is_answered_by_a_sentence_under_the_headers_of_the_site(
    ground: Ground, told: pytest.CaptureFixture[str], case: str
) -> None:
    status, said = BAD[case]
    head, _, body = ground.ask(said).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    assert first.split(" ")[1] == str(status)
    assert body.decode() == SENTENCES[status]
    found = dict(line.split(": ", 1) for line in lines)
    assert {name: found.get(name) for name in HEADERS} == HEADERS
    assert found["Cache-Control"] == "no-store"
    assert found["Content-Type"] == "text/plain; charset=utf-8"
    assert "Server" not in found
    assert "Via" not in found
    assert ground.site.asked == []
    logged = told.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in logged] == ["request_refused"]
    assert not any(word in "".join(logged) for word in (NUMBER.decode(), "127.0.0.1", "GET"))


def test_a_site_that_breaks_is_answered_and_logged_without_its_words(
    ground: Ground, told: pytest.CaptureFixture[str]
) -> None:
    answer = ground.ask(LAST % b"/broken?q=10000000146")
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert answer.decode().endswith(BROKEN)
    logged = [json.loads(line) for line in told.readouterr().err.splitlines()]
    assert [line["event"] for line in logged] == ["library", "request_refused"]
    assert logged[0]["code"] == "RuntimeError"
    assert any("conftest.py" in place for place in logged[0]["where"])
    assert NUMBER.decode() not in str(logged)


def test_a_connection_whose_handling_fails_is_ended_and_told_of(
    ground: Ground, told: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError(NUMBER.decode())

    monkeypatch.setattr("web.site.httpd.channel.Channel.received", fail)
    assert ground.ask(LAST % b"/") == b""
    monkeypatch.undo()
    (line,) = told.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "connection_failed"
    assert NUMBER.decode() not in line
    assert ground.ask(LAST % b"/").startswith(b"HTTP/1.1 200")


def test_a_body_that_is_announced_as_too_large_is_the_site_s_to_refuse(ground: Ground) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    whole = ground.ask(
        head.replace(b"Host", b"Connection: close\r\nHost") % LARGEST + b"x" * LARGEST
    )
    assert whole.endswith(b"x" * LARGEST)
    refused = ground.ask(head % (LARGEST + 1) + b"x" * (LARGEST + 1))
    assert refused.startswith(b"HTTP/1.1 200")  # this site looks at no length
    assert refused.endswith(b"\r\n\r\n")
    assert b"Connection: close" in refused


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(ground: Ground) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    with ground.connect(head) as client:
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ab")
        assert client.recv(15) == b"HTTP/1.1 200 OK"


def test_blank_lines_between_requests_are_no_requests(ground: Ground) -> None:
    assert b"200 OK" in ground.ask(b"\r\n\r\n\r\n\r\n" + LAST % b"/")
    assert ground.site.asked == ["/"]


def test_other_systems_are_served_by_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "epoll")
    site = Site()
    with serving(site, Clock(), LARGEST) as made:
        assert isinstance(made.events, Poll)
        ground = Ground(made, site, Clock())
        assert ground.ask(LAST % b"/large").endswith(LARGE)
        assert ground.ask(LAST % b"/").startswith(b"HTTP/1.1 200")
