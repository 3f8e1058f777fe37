"""An SMS provider in a process of its own, which answers as it is told to.

Run as a program it serves on a free loopback port and prints it. ``PUT /script`` takes what the
next messages meet, in order: a status with a body behind it, or ``lost``, ``half``, ``slow``,
``huge``; when it is over each is answered ``200 {"code": "00"}``. ``GET /received`` tells what came
under each key, and how often.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import TYPE_CHECKING, Any

import requests

from tests.house.tree import ROOT

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


class Handler(BaseHTTPRequestHandler):
    """Takes messages, each key once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Company

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_PUT(self) -> None:
        self.server.script = json.loads(self._body())
        self._raw(200, b"{}")

    def do_GET(self) -> None:
        said = {"received": self.server.received, "connections": self.server.connections}
        self._raw(200, json.dumps(said).encode())

    def do_POST(self) -> None:
        body = self._body().decode()
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
            self._raw(200, b" " * 70_000)
        else:
            status, _, said = what.partition(" ")
            self._raw(int(status), said.encode())

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _raw(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


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
    with subprocess.Popen(
        [sys.executable, "-m", __name__], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield ServedSms(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


if __name__ == "__main__":
    server = Company()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
