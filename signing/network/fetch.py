"""Asking one address over HTTP, with limits on place, size and time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import HTTPError

from signing.errors import OnlineUnavailable
from signing.network.outbound import OutboundPolicy, scheme_and_host

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STATUS_OK = 200
CHUNK = 16 * 1024


@dataclass(frozen=True)
class FetchTimeouts:
    """Seconds to wait: for the connection, for each piece, and for the whole answer."""

    connect: float = 3.0
    read: float = 5.0
    whole: float = 10.0


@dataclass(frozen=True)
class HttpAnswer:
    """What came back: the status of HTTP (RFC 9110, 15) and the body."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Fetcher:
    """Asks over a session of `requests`; safe to use from several threads.

    Only http and https, no redirect, nothing beyond the size limit; no other status than 200 is an
    answer, but to `exchange`.
    `ticks` is a clock that only runs forward; `route` says where an address is really served (a
    demonstration serves its own). `hosts` are the only ones that are asked, in small letters;
    None stands for all. `way` says how they are reached, and whether without TLS.
    """

    patience: FetchTimeouts = FetchTimeouts()
    ticks: Callable[[], float] = time.monotonic
    route: Callable[[str], str] = str
    hosts: frozenset[str] | None = None
    way: OutboundPolicy = field(default_factory=OutboundPolicy)

    @cached_property
    def session(self) -> requests.Session:
        """The session that goes the way, and heeds no proxy or password of the environment."""
        return self.way.session()

    def get(self, url: str, accept: str, limit: int) -> bytes:
        """Fetch at most `limit` bytes; OnlineUnavailable says why there are none."""
        return self._good(requests.Request("GET", url, {"Accept": accept}), limit)

    def post(self, url: str, body: bytes, kinds: tuple[str, str], limit: int) -> bytes:
        """Send a body of the first media type and get an answer of the second."""
        headers = {"Content-Type": kinds[0], "Accept": kinds[1]}
        return self._good(requests.Request("POST", url, headers, data=body), limit)

    def exchange(self, url: str, body: bytes, headers: Mapping[str, str], limit: int) -> HttpAnswer:
        """Send a body and give the answer, whatever its status; OnlineUnavailable without one."""
        request = requests.Request("POST", url, headers, data=body)
        return self._ask(request, limit, frozenset(range(100, 600)))

    def _good(self, request: requests.Request, limit: int) -> bytes:
        return self._ask(request, limit, frozenset({STATUS_OK})).body

    def _ask(self, request: requests.Request, limit: int, statuses: frozenset[int]) -> HttpAnswer:
        url = self.route(request.url)
        self._check(url)
        until = self.ticks() + self.patience.whole
        try:
            # Packed answers would let a small one grow beyond the limit.
            with self.session.request(
                request.method,
                url,
                data=request.data,
                headers={**request.headers, "Accept-Encoding": "identity"},
                timeout=(self.patience.connect, self.patience.read),
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code not in statuses:
                    raise _unavailable(url, "http_status", status=answer.status_code)
                body = self._body(answer, url, limit, until)
                return HttpAnswer(answer.status_code, body)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _unavailable(url, type(error).__name__) from error

    def _check(self, url: str) -> None:
        """Refuse what may not be asked, before anything is sent."""
        scheme, host = scheme_and_host(url)
        if scheme not in {"http", "https"} or not host:
            raise _unavailable(url, "not_http")
        if not self.way.lets(url, self.hosts):
            raise _unavailable(url, "host_not_allowed")
        if self.way.overheard(url):
            raise _unavailable(url, "without_tls")

    def _body(self, answer: requests.Response, url: str, limit: int, until: float) -> bytes:
        """Read piece by piece, so that neither a flood nor a trickle holds us."""
        found = bytearray()
        while piece := answer.raw.read1(CHUNK):
            found += piece
            if len(found) > limit:
                raise _unavailable(url, "answer_too_large")
            if self.ticks() > until:
                raise _unavailable(url, "answer_too_slow")
        return bytes(found)


def place(url: str) -> str:
    """Name an address without what may be secret in it (user, password, query)."""
    bare, _, _ = url.partition("?")
    scheme, _, rest = bare.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"[:120]


def _unavailable(url: str, reason: str, **more: int) -> OnlineUnavailable:
    return OnlineUnavailable(where=place(url), reason=reason, **more)
