"""Asking one address over HTTP, with limits on place, size and time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from signing.errors import OnlineUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

STATUS_OK = 200
CHUNK = 16 * 1024


@dataclass(frozen=True)
class Patience:
    """Seconds to wait: for the connection, for each piece, and for the whole answer."""

    connect: float = 3.0
    read: float = 5.0
    whole: float = 10.0


def plain_session() -> requests.Session:
    """Give a session that heeds no proxy and no password file of the environment."""
    session = requests.Session()
    session.trust_env = False
    return session


@dataclass(frozen=True)
class Fetcher:
    """Asks over a session of `requests`; safe to use from several threads.

    Only http and https, no redirect, no other status than 200, nothing beyond the size limit.
    A site behind a proxy gives its own session. `ticks` is a clock that only runs forward;
    `route` says where an address is really served (a demonstration serves its own). `hosts` are
    the only ones that are asked, in small letters; None stands for all.
    """

    session: requests.Session = field(default_factory=plain_session)
    patience: Patience = Patience()
    ticks: Callable[[], float] = time.monotonic
    route: Callable[[str], str] = str
    hosts: frozenset[str] | None = None

    def get(self, url: str, accept: str, limit: int) -> bytes:
        """Fetch at most `limit` bytes; OnlineUnavailable says why there are none."""
        return self._ask("GET", url, {"Accept": accept}, None, limit)

    def post(self, url: str, body: bytes, kinds: tuple[str, str], limit: int) -> bytes:
        """Send a body of the first media type and get an answer of the second."""
        headers = {"Content-Type": kinds[0], "Accept": kinds[1]}
        return self._ask("POST", url, headers, body, limit)

    def _ask(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, limit: int
    ) -> bytes:
        url = self.route(url)
        if not _reachable(url):
            raise _unavailable(url, "adres http veya https değil")
        if self.hosts is not None and urlsplit(url).hostname not in self.hosts:
            raise _unavailable(url, "sunucu NES_OUTBOUND listesinde yok")
        until = self.ticks() + self.patience.whole
        try:
            # Packed answers would let a small one grow beyond the limit.
            with self.session.request(
                method,
                url,
                data=body,
                headers={**headers, "Accept-Encoding": "identity"},
                timeout=(self.patience.connect, self.patience.read),
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.status_code != STATUS_OK:
                    raise _unavailable(url, f"durum {answer.status_code}")
                return self._body(answer, url, limit, until)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise _unavailable(url, type(error).__name__) from error

    def _body(self, answer: requests.Response, url: str, limit: int, until: float) -> bytes:
        """Read piece by piece, so that neither a flood nor a trickle holds us."""
        found = bytearray()
        while piece := answer.raw.read1(CHUNK):
            found += piece
            if len(found) > limit:
                raise _unavailable(url, "yanıt çok büyük")
            if self.ticks() > until:
                raise _unavailable(url, "yanıt çok yavaş")
        return bytes(found)


def _reachable(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def place(url: str) -> str:
    """Name an address without what may be secret in it (user, password, query)."""
    bare, _, _ = url.partition("?")
    scheme, _, rest = bare.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"[:120]


def _unavailable(url: str, reason: str) -> OnlineUnavailable:
    return OnlineUnavailable(where=place(url), reason=reason)
