"""The demo authority's services on a loopback port, and cards whose certificates name them."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from signing.authority.ocsp import GOOD
from signing.network.fetch import Fetcher, FetchTimeouts
from signing.network.online import Online
from tests.kit.signing.house import NOW
from tests.kit.signing.loopback import Loopback, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signing.authority.demo import Authority

BASE = "http://nes.example"
_serials = itertools.count(2**65)


@dataclass
class Outside:
    """The services, their clock, and the client that asks them."""

    authority: Authority
    site: Loopback
    online: Online
    now: datetime = NOW
    asked: list[str] = field(default_factory=list)

    def serve(self) -> None:
        """Answer at the fixed paths, by the clock of this object."""
        day = timedelta(days=1)
        authority = self.authority
        self.site.answers |= {
            "/tsa": lambda body: authority.timestamp_response(body, self.now, next(_serials)),
            "/nes.crl": lambda _body: authority.crl((), self.now, self.now + day, 1),
            "/root.crl": lambda _body: authority.root_crl(self.now, self.now + day, 1),
            "/nes.ocsp": lambda body: authority.ocsp_response(body, lambda _: GOOD, self.now),
        }


@contextmanager
def outside(authority: Authority) -> Iterator[Outside]:
    """Serve the authority for as long as the block lasts."""
    with serving() as site:
        patience = FetchTimeouts(1, 2, 4)
        route = Fetcher(patience=patience, route=lambda url: site.url(urlsplit(url).path))
        services = Outside(authority, site, Online(f"{BASE}/tsa", route))
        services.serve()
        yield services
