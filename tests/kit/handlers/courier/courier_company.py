"""A courier company in a process of its own, which answers as it is told to.

Run as a program it serves on a free loopback port and prints it. ``PUT /script`` takes the list of
what the next requests meet, in order (``ok`` when it is over); ``GET /booked`` tells the parcels by
key, each with how often it was asked for.
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

SECRET = "kurye-sirri-0123456789"
STATUSES = {
    "unauthorised": 401, "forbidden": 403, "too_many": 429, "broken": 500, "away": 503,
    "moved": 302,
}  # fmt: skip
SLOW = 20.0


class Company(ThreadingHTTPServer):
    """The state of the company."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[str] = []
        self.booked: dict[str, dict[str, Any]] = {}
        self.ending = Event()


class Handler(ScriptedHandler, BaseHTTPRequestHandler):
    """Books and calls back, each key once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Company

    def do_PUT(self) -> None:
        self.server.script = json.loads(self.body())
        self._say(200, {})

    def do_GET(self) -> None:
        self._say(200, self.server.booked)

    def do_POST(self) -> None:
        said = json.loads(self.body())
        what = self.server.script.pop(0) if self.server.script else "ok"
        if self.headers["Authorization"] != f"Bearer {SECRET}":
            what = "unauthorised"
        if what in STATUSES:
            self._say(STATUSES[what], {"reason": what})
        elif what.startswith("refuse"):
            self._say(422, {"reason": what.partition(":")[2]})
        elif self.path.endswith("/recall"):
            self._recalled(what)
        elif self.path.endswith(("/redeliver", "/keep")):
            self._asked(said)
        else:
            self._booked(what, said)

    def _booked(self, what: str, said: dict[str, str]) -> None:
        """Book first, so that an answer that does not arrive finds the parcel booked."""
        key = self.headers["Idempotency-Key"]
        parcel = self.server.booked.setdefault(
            key, {**said, "times": 0, "tracking_number": f"HK{len(self.server.booked) + 1:08}"}
        )
        parcel["times"] += 1
        number = parcel["tracking_number"]
        if what == "lost":
            self.close_connection = True
        elif what == "slow":
            self.server.ending.wait(SLOW)
        elif what == "garbage":
            self.raw(200, b"<html>\xff")
        elif what == "nested":
            self.raw(200, b"[" * 9_000)
        elif what == "huge":
            self.raw(200, b" " * 70_000)
        elif what.startswith("number:"):
            self._say(200, {"tracking_number": json.loads(what.partition(":")[2])})
        else:
            self._say(201, {"tracking_number": number})

    def _recalled(self, what: str) -> None:
        number = self.path.split("/")[-2]
        known = [one for one in self.server.booked.values() if one["tracking_number"] == number]
        if not known:
            self._say(404, {"reason": "unknown parcel"})
        elif what == "delivered":
            self._say(409, {"reason": "delivered"})
        else:
            known[0]["recalled"] = self.headers["Idempotency-Key"]
            self.raw(204, b"")

    def _asked(self, said: dict[str, str]) -> None:
        wish, key = self.path.split("/")[-1], self.headers["Idempotency-Key"]
        number = self.path.split("/")[-2]
        parcel = next(
            one for one in self.server.booked.values() if one["tracking_number"] == number
        )
        parcel["wish"] = [wish, key, said]
        self.raw(204, b"")

    def _say(self, status: int, said: object) -> None:
        self.raw(status, json.dumps(said).encode())


@dataclass(frozen=True)
class Served:
    """A company that runs: where, and what to tell it."""

    url: str

    def script(self, *what: str) -> None:
        """Say what the next requests meet."""
        requests.put(f"{self.url}/script", json=what, timeout=10)

    def booked(self) -> dict[str, dict[str, Any]]:
        """Give the parcels by key."""
        found: dict[str, dict[str, Any]] = requests.get(f"{self.url}/booked", timeout=10).json()
        return found


@contextmanager
def company() -> Iterator[Served]:
    """Run a company for as long as the block lasts."""
    with running(__name__) as port:
        yield Served(f"http://127.0.0.1:{port}")


if __name__ == "__main__":
    serve(Company())
