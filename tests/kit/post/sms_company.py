"""An SMS provider in a process of its own, which answers as it is told to.

Run as a program it serves on a free loopback port and prints it. ``PUT /script`` takes what the
next messages meet, in order: a status with a body behind it, or ``lost``, ``half``, ``slow``,
``huge``; when it is over each is answered ``200 {"code": "00"}``. ``GET /received`` tells what came
under each key, and how often.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import TYPE_CHECKING, Any

import requests

from tests.kit.scripted import ScriptedHandler, running, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW = 20.0
YES = '200 {"code": "00"}'


class Company(ThreadingHTTPServer):
    """The state of the company."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[str] = []
        self.received: dict[str, dict[str, Any]] = {}
        self.connections = 0
        self.ending = Event()


class Handler(ScriptedHandler, BaseHTTPRequestHandler):
    """Takes messages, each key once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Company

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_PUT(self) -> None:
        self.server.script = json.loads(self.body())
        self.raw(200, b"{}")

    def do_GET(self) -> None:
        said = {"received": self.server.received, "connections": self.server.connections}
        self.raw(200, json.dumps(said).encode())

    def do_POST(self) -> None:
        body = self.body().decode()
        what = self.server.script.pop(0) if self.server.script else YES
        fresh = {"times": 0, "body": body, "headers": dict(self.headers)}
        self.server.received.setdefault(self.headers["Idempotency-Key"], fresh)["times"] += 1
        if what == "lost":
            self.close_connection = True
        elif what == "half":
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"code"')
            self.close_connection = True
        elif what == "slow":
            self.server.ending.wait(SLOW)
        elif what == "huge":
            self.raw(200, b" " * 70_000)
        else:
            status, _, said = what.partition(" ")
            self.raw(int(status), said.encode())


@dataclass(frozen=True)
class ServedSms:
    """A company that runs: where, and what to tell it."""

    url: str

    def script(self, *what: str) -> None:
        """Say what the next messages meet."""
        requests.put(f"{self.url}/script", json=what, timeout=10)

    def received(self) -> dict[str, dict[str, Any]]:
        """Give what came by key."""
        found: dict[str, dict[str, Any]] = self._said()["received"]
        return found

    def connections(self) -> int:
        """Give how many connections were opened, this one included."""
        return int(self._said()["connections"])

    def _said(self) -> dict[str, Any]:
        said: dict[str, Any] = requests.get(f"{self.url}/received", timeout=10).json()
        return said


@contextmanager
def sms_company() -> Iterator[ServedSms]:
    """Run a company for as long as the block lasts."""
    with running(__name__) as port:
        yield ServedSms(f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    serve(Company())
