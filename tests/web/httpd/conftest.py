"""A server with a small site in a thread, whose clock the test turns."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from web.site.httpd import Server, server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from web.site.httpd.patience import Phase

LARGEST = 100_000
LARGE = b"x" * 4_000_000
"""More than the buffers of two sockets hold."""

HEADERS = {"X-Content-Type-Options": "nosniff"}


@dataclass
class Site:
    """A small site: says what it got, or something large, or waits until it may go on."""

    asked: list[str] = field(default_factory=list)
    waiting: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    go_on: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> list[bytes] | Parts:
        """Answer."""
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path == "/wait":
            self.waiting.release()
            assert self.go_on.wait(30)
        if path == "/broken":
            raise RuntimeError("10000000146")
        if path == "/parts":
            start("200 OK", [("Content-Type", "text/plain")])
            return Parts(self)
        body = LARGE if path == "/large" else environ["wsgi.input"].read()
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]


class Parts:
    """An answer without end."""

    def __init__(self, site: Site) -> None:
        """Belong to a site."""
        self.site = site

    def __iter__(self) -> Iterator[bytes]:
        """Go on as long as somebody takes it."""
        while True:
            yield LARGE

    def close(self) -> None:
        """Say that nobody takes it any more."""
        self.site.closed.set()


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@dataclass
class Ground:
    """A running server."""

    server: Server
    site: Site
    clock: Clock

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.effective_port)

    def connect(self, said: bytes = b"") -> socket.socket:
        """Come as a client with small buffers and say something."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(30)
        try:
            client.connect(("127.0.0.1", self.port))
            client.sendall(said)
        except OSError:
            client.close()
            raise
        return client

    def ask(self, said: bytes) -> bytes:
        """Say something and return everything that is answered until the end."""
        with self.connect(said) as client:
            return heard(client)

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass and wait until the server has looked at its connections after that."""
        self.settle()
        self.clock.now += seconds
        self.settle()

    def pass_seconds_until_nobody_is_left(self, seconds: float) -> None:
        """Let time pass, in steps: sockets may take some more of an answer in the first of them."""
        for _ in range(100):
            self.pass_seconds(seconds)
            if not self.server.active_channels:
                return
        raise AssertionError(self.server.active_channels)

    def wait_for(self, *phases: Phase) -> None:
        """Wait until the connections are in these phases, oldest first."""
        wanted = [phase.value for phase in phases]
        for _ in range(10_000):
            self.settle()
            found = [one.patience.phase.value for one in self.server.active_channels.values()]
            if found == wanted:
                return
        raise AssertionError(found)

    def wait_for_held(self, count: int) -> None:
        """Wait until the server keeps so many bytes for its clients."""
        for _ in range(10_000):
            self.settle()
            found = sum(one.held() for one in self.server.active_channels.values())
            if found >= count:
                return
        raise AssertionError(found)

    def settle(self) -> None:
        """Wait until the server has looked once more."""
        looked = threading.Event()
        self.server.looked = 0.0  # look at once
        self.server.trigger.pull_trigger(looked.set)
        assert looked.wait(30)
        looked.clear()
        self.server.trigger.pull_trigger(looked.set)
        assert looked.wait(30)


def heard(client: socket.socket) -> bytes:
    """Return what a client hears until the other side ends."""
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


@contextmanager
def serving(site: WSGIApplication, clock: Callable[[], float], largest: int) -> Iterator[Server]:
    """Serve a site in a thread."""
    made = Server(site, ("127.0.0.1", 0), largest, HEADERS, clock)
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made
    finally:
        made.stop()
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ground]:
    """Give a running server that stops at once, whatever still runs."""
    monkeypatch.setattr(server, "GRACE", -1.0)
    site, clock = Site(), Clock()
    with serving(site, clock, LARGEST) as made:
        yield Ground(made, site, clock)
        site.go_on.set()
