"""Clients that are slow, silent or never read: what each costs, and when each has to go."""

from __future__ import annotations

import errno
import json
import resource
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.web.httpd.conftest import LARGE, LARGEST, Clock, Ground, Site, heard, serving
from web.gate.logs import configure_logs
from web.site.httpd import patience, server
from web.site.httpd.patience import Phase, PhaseTimer
from web.site.httpd.refusal import SENTENCES
from web.site.httpd.server import THREADS, connections_allowed

if TYPE_CHECKING:
    import socket


HALF_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
HALF_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n"
GET = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def late(answer: bytes) -> bool:
    """Say whether an answer tells somebody that he is too slow, under the site's headers."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return (
        head.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        and b"X-Content-Type-Options: nosniff" in head
        and body.decode() == SENTENCES[408]
    )


@pytest.mark.parametrize(
    ("said", "phase", "seconds"), [(HALF_HEAD, Phase.HEAD, 20), (HALF_BODY, Phase.BODY, 30)]
)
def test_a_head_or_body_that_does_not_come_is_answered_and_ended(
    ground: Ground, said: bytes, phase: Phase, seconds: float
) -> None:
    with ground.connect(said) as client:
        ground.wait_for(phase)
        ground.pass_seconds(seconds - 1)
        client.sendall(b"x")
        assert ground.server.active_channels
        ground.pass_seconds(2)
        assert late(heard(client))
    assert ground.site.asked == []


def test_a_client_that_says_nothing_is_ended_without_a_word(ground: Ground) -> None:
    with ground.connect() as client:
        ground.wait_for(Phase.FIRST)
        ground.pass_seconds(21)
        assert heard(client) == b""


def test_a_kept_connection_may_rest_longer_than_a_proxy_keeps_it(ground: Ground) -> None:
    with ground.connect(GET % b"/") as client:
        assert client.recv(9) == b"HTTP/1.1 "
        ground.wait_for(Phase.NEXT)
        ground.pass_seconds(70)
        client.sendall(LAST % b"/")
        assert heard(client).count(b"200 OK") == 2
    with ground.connect(GET % b"/") as client:
        assert client.recv(9) == b"HTTP/1.1 "
        ground.wait_for(Phase.NEXT)
        ground.pass_seconds(76)
        assert b"408" not in heard(client)


def test_slow_clients_are_told_in_the_log_and_kept_connections_that_rest_are_not(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs()
    with ground.connect(GET % b"/") as resting:
        assert resting.recv(9) == b"HTTP/1.1 "
        ground.wait_for(Phase.NEXT)
        with ground.connect(HALF_HEAD) as slow:
            ground.wait_for(Phase.NEXT, Phase.HEAD)
            ground.pass_seconds(76)
            assert late(heard(slow))
        heard(resting)  # until the server ends it
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    ended = [line["waiting_for"] for line in told if line["event"] == "slow_clients_ended"]
    assert ended == [Phase.HEAD.value]


def test_a_body_that_goes_on_is_waited_for(ground: Ground) -> None:
    with ground.connect(HALF_BODY.replace(b"Host", b"Connection: close\r\nHost")) as client:
        ground.wait_for(Phase.BODY)
        for sent in (1, 2):
            client.sendall(b"x" * patience.STEP)
            ground.wait_for_held(sent * patience.STEP)
            ground.pass_seconds(30)
        client.sendall(b"x" * (90_000 - 2 * patience.STEP))
        assert heard(client).endswith(b"x" * 90_000)


def test_a_reader_who_takes_nothing_is_ended_and_holds_no_thread(ground: Ground) -> None:
    with ground.connect(GET % b"/large") as client:
        assert client.recv(9) == b"HTTP/1.1 "
        assert ground.ask(LAST % b"/").startswith(b"HTTP/1.1 200")
        ground.wait_for(Phase.ANSWER)
        ground.pass_seconds_until_nobody_is_left(31)


def test_an_answer_without_end_is_closed_when_its_reader_is_ended(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ground.server.adj, "outbuf_high_watermark", 3 * len(LARGE))
    with ground.connect(GET % b"/parts") as client:
        assert client.recv(9) == b"HTTP/1.1 "
        ground.wait_for(Phase.ANSWER)
        ground.pass_seconds_until_nobody_is_left(31)
        assert ground.site.closed.wait(30)


def test_what_was_asked_at_once_is_answered_as_it_is_taken(ground: Ground) -> None:
    with ground.connect((GET % b"/large") * 5 + LAST % b"/") as client:
        assert client.recv(9) == b"HTTP/1.1 "
        ground.settle()
        assert ground.site.asked == ["/large"]
        assert heard(client).count(LARGE) == 5
    assert ground.site.asked == ["/large"] * 5 + ["/"]


def test_small_answers_come_in_the_order_in_which_they_were_asked(ground: Ground) -> None:
    posts = b"".join(
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n%02d" % n for n in range(50)
    )
    answer = ground.ask(posts + LAST % b"/")
    assert [part[-2:] for part in answer.split(b"HTTP/1.1 200 OK")[1:-1]] == [
        b"%02d" % n for n in range(50)
    ]


def test_health_is_answered_while_every_thread_works(ground: Ground) -> None:
    with ExitStack() as kept:
        for _ in range(THREADS):
            kept.enter_context(ground.connect(GET % b"/wait"))
        for _ in range(THREADS):
            assert ground.site.waiting.acquire(timeout=30)
        assert ground.ask(LAST % b"/healthz").startswith(b"HTTP/1.1 200")
        ground.pass_seconds(1000)
        assert len(ground.server.active_channels) == THREADS  # work has no limit of time
        ground.site.go_on.set()


def test_the_oldest_of_the_greediest_source_makes_room(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ground.server, "most", 3)
    with ExitStack() as kept:
        clients: list[socket.socket] = []
        for _ in range(3):
            clients.append(kept.enter_context(ground.connect()))
            ground.pass_seconds(1)
        assert ground.ask(LAST % b"/").startswith(b"HTTP/1.1 200")
        assert heard(clients[0]) == b""
        assert len(ground.server.active_channels) == 2


def test_when_no_files_are_left_the_oldest_makes_room(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def accept(self) -> None:
            raise OSError(errno.EMFILE, "no files left")

    with ground.connect() as client:
        ground.wait_for(Phase.FIRST)
        monkeypatch.setattr(ground.server, "socket", Full())
        ground.server.handle_accept()
        monkeypatch.undo()
        assert heard(client) == b""
    assert ground.ask(LAST % b"/").startswith(b"HTTP/1.1 200")


def test_a_connection_that_can_not_be_begun_stops_nobody(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(sock: socket.socket, _: object) -> None:
        sock.close()
        raise ValueError("10000000146")

    configure_logs()
    monkeypatch.setattr(ground.server, "_welcome", fail)
    with ground.connect() as client:
        assert client.recv(1) == b""
    monkeypatch.delattr(ground.server, "_welcome")
    assert ground.ask(LAST % b"/").startswith(b"HTTP/1.1 200")
    (line,) = capsys.readouterr().err.splitlines()
    assert (json.loads(line)["event"], "10000000146" in line) == ("accepting_failed", False)


def test_as_many_connections_are_taken_as_files_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"now": (1024, 5000)}

    def change(_: int, wanted: tuple[int, int]) -> None:
        limits["now"] = wanted

    monkeypatch.setattr(resource, "getrlimit", lambda _: limits["now"])
    monkeypatch.setattr(resource, "setrlimit", change)
    assert connections_allowed() == (5000 - 200) // 3
    assert limits["now"] == (5000, 5000)
    limits["now"] = (100, 100)
    assert connections_allowed() == 10
    limits["now"] = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    assert connections_allowed() == server.CONNECTIONS


def test_when_all_are_worked_for_the_new_one_goes(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ground.server, "most", 1)
    with ground.connect(LAST % b"/wait") as client:
        assert ground.site.waiting.acquire(timeout=30)
        with ground.connect() as second:
            assert heard(second) == b""
        ground.site.go_on.set()
        assert heard(client).startswith(b"HTTP/1.1 200")


def test_when_all_hold_too_much_the_oldest_goes(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ground.connect(HALF_BODY + b"x" * 50_000) as first:
        ground.pass_seconds(1)
        with ground.connect(HALF_BODY + b"x" * 50_000) as second:
            ground.wait_for_held(100_000)
            monkeypatch.setattr(server, "HELD_BY_ALL", 60_000)
            ground.settle()
            answer = heard(first)
            assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
            assert answer.decode().endswith(SENTENCES[503])
            second.sendall(b"x" * 40_000)
            assert second.recv(15) == b"HTTP/1.1 200 OK"


def test_what_is_begun_is_ended_before_the_server_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LOOK", 0.01)
    site, clock = Site(), Clock()
    with serving(site, clock, LARGEST) as made:
        ground = Ground(made, site, clock)
        working, resting = ground.connect(GET % b"/wait"), ground.connect()
        assert site.waiting.acquire(timeout=30)
        ground.wait_for(Phase.WORK, Phase.FIRST)  # who is not let in yet is reset, not ended
        made.stop()
        assert heard(resting) == b""
        threading.Timer(0, site.go_on.set).start()
        assert working.recv(15) == b"HTTP/1.1 200 OK"
        with pytest.raises(ConnectionRefusedError):
            ground.connect()
        working.close()
        resting.close()


def test_each_phase_is_counted_from_its_own_beginning() -> None:
    found = PhaseTimer(Phase.FIRST, 0.0)
    assert not found.is_over(Phase.HEAD, 1, 19)
    assert not found.is_over(Phase.HEAD, 1, 39)
    assert not found.is_over(Phase.HEAD, 2, 40)
    assert not found.is_over(Phase.HEAD, 2, 60)
    assert found.is_over(Phase.HEAD, 2, 60.5)
    assert not found.is_over(Phase.BODY, 10, 61)
    assert not found.is_over(Phase.BODY, 10 + patience.STEP, 91)
    assert not found.is_over(Phase.BODY, 9 + 2 * patience.STEP, 120)
    assert found.is_over(Phase.BODY, 9 + 2 * patience.STEP, 121)
