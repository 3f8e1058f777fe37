"""Clients that hold a server instead of using it, and the measuring of what others feel meanwhile.

Against a running demo, with 1,000 of each kind::

    python -m tests.kit.web.slow_clients --port 8000 --clients 1000
"""

from __future__ import annotations

import argparse
import http.client
import re
import socket
import statistics
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
PIPELINED = 20
"""Answers that one client asks for without reading any."""

LARGE = "/bootstrap/static/css/bootstrap.min.css"
EXPORT = "/denetim/gunluk/aktar?bicim=csv"
DRIP_SECONDS = 10.0

_HEAD = "Host: {host}\r\n"
_GET = "GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n"
_POST = (
    "POST /api/imza/claim HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    "Content-Length: 100000\r\n\r\n{{"
)
KINDS = ("silent", "half_head", "slow_body", "no_reader", "export")


def opening(kind: str, host: str, cookie: str = "") -> bytes:
    """Return what a client of a kind sends before it goes slow."""
    text = {
        "silent": "",
        "half_head": "GET /healthz HTTP/1.1\r\nHost: {host}\r\nX-Slow: ",
        "slow_body": _POST,
        "no_reader": _GET.format(path=LARGE, host="{host}", more="") * PIPELINED,
        "export": _GET.format(path=EXPORT, host="{host}", more="Cookie: {cookie}\r\n"),
    }[kind]
    return text.format(host=host, cookie=cookie).encode()


@dataclass
class SlowClients:
    """Some clients of one kind, which send a byte each ten seconds where their kind sends."""

    kind: str
    port: int
    cookie: str = ""
    open: list[socket.socket] = field(default_factory=list)

    def come(self, count: int) -> None:
        """Connect and send the opening; a server that turns some away has turned them away."""
        said = opening(self.kind, f"{LOOPBACK}:{self.port}", self.cookie)
        for _ in range(count):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(2)
            self.open.append(client)
            try:
                client.connect((LOOPBACK, self.port))
                client.sendall(said)
            except OSError:
                continue

    def drip(self) -> None:
        """Send one byte more from each."""
        if self.kind in {"half_head", "slow_body"}:
            for client in self.open:
                try:
                    client.sendall(b"x")
                except OSError:
                    continue

    def leave(self) -> None:
        """Close all."""
        for client in self.open:
            client.close()


@contextmanager
def held(kind: str, port: int, count: int, cookie: str = "") -> Iterator[SlowClients]:
    """Give a server held by some clients of a kind."""
    clients = SlowClients(kind, port, cookie)
    try:
        clients.come(count)
        yield clients
    finally:
        clients.leave()


def seconds_of(port: int, path: str, timeout: float = 12.0) -> float:
    """Return how long one answer took on a new connection; infinity when none came."""
    began = time.perf_counter()
    try:
        with closing(http.client.HTTPConnection(LOOPBACK, port, timeout=timeout)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                return float("inf")
    except (OSError, http.client.HTTPException):
        return float("inf")
    return time.perf_counter() - began


def auditor_cookie(port: int) -> str:
    """Sign the auditor of a demo in and return the cookie."""
    with closing(http.client.HTTPConnection(LOOPBACK, port)) as connection:
        connection.request("GET", "/giris")
        answer = connection.getresponse()
        page, cookie = answer.read().decode(), _cookie_of(answer)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        # The name stands on the button of the form that signs this person in.
        form = page[: page.index("Deniz Denetçi")]
        action = re.findall(r'action="(/giris/deneme/user/\d+)"', form)
        if token is None or not action:
            raise LookupError("this is not a demo")
        body = f"csrf_token={token[1]}"
        head = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", action[-1], body, head)
        answer = connection.getresponse()
        answer.read()
        return _cookie_of(answer)


def _cookie_of(answer: http.client.HTTPResponse) -> str:
    return (answer.getheader("Set-Cookie") or "").partition(";")[0]


def measured(port: int, path: str, rounds: int) -> str:
    """Return median and worst of some answers, in milliseconds."""
    found = []
    for _ in range(rounds):
        found.append(seconds_of(port, path) * 1000)
        if found[-1] == float("inf"):
            return "no answer"
    return f"median {statistics.median(found):.0f} ms, worst {max(found):.0f} ms"


def dripping(clients: list[SlowClients], ended: threading.Event) -> None:
    """Let clients drip until the end."""
    while not ended.wait(DRIP_SECONDS):
        for some in clients:
            some.drip()


def rate(port: int, path: str, seconds: float = 4.0, at_once: int = 8) -> float:
    """Return the answers a second that some clients get over connections that stay open."""
    end, counts = time.monotonic() + seconds, []

    def ask() -> None:
        answered = 0
        with (
            closing(http.client.HTTPConnection(LOOPBACK, port, timeout=12)) as connection,
            suppress(OSError),
        ):
            while time.monotonic() < end:
                connection.request("GET", path)
                connection.getresponse().read()
                answered += 1
        counts.append(answered)

    threads = [threading.Thread(target=ask) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def main() -> None:
    """Measure a running demo with some slow clients of each kind, one kind after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--together", action="store_true")
    asked = parser.parse_args()
    cookie = auditor_cookie(asked.port) if "export" in asked.kinds else ""
    say = print
    say(f"{'undisturbed':12} {_all(asked.port, asked.rounds)}")
    with ExitStack() as kept:
        for kind in asked.kinds:
            with ExitStack() as alone:
                place = kept if asked.together else alone
                clients = place.enter_context(held(kind, asked.port, asked.clients, cookie))
                ended = threading.Event()
                threading.Thread(target=dripping, args=([clients], ended), daemon=True).start()
                place.callback(ended.set)
                say(f"{kind:12} {_all(asked.port, asked.rounds)}")


def _all(port: int, rounds: int) -> str:
    health, page = (measured(port, path, rounds) for path in ("/healthz", "/giris"))
    return f"/healthz {health} · /giris {page} · /healthz {rate(port, '/healthz'):.0f}/s"


if __name__ == "__main__":
    main()
