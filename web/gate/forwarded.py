"""What is believed of a proxy: for whom it asks, and that he came by TLS."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from states.kit.proxies import is_among

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from states.kit.proxies import Network

SCHEMES = frozenset({"http", "https"})


class Forwarded:
    """Puts the client of a request in the place of the proxies that hand it on.

    Only proxies of the settings are believed. Of several addresses in X-Forwarded-For the last
    counts that is no such proxy: what stands before it is the client's own word.
    """

    def __init__(self, site: WSGIApplication, proxies: tuple[Network, ...]) -> None:
        """Stand before a site."""
        self.site, self.proxies = site, proxies

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Hand a request on to the site."""
        if is_among(environ.get("REMOTE_ADDR", ""), self.proxies):
            environ["REMOTE_ADDR"] = self._client(environ)
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
            if scheme in SCHEMES:
                environ["wsgi.url_scheme"] = scheme
        return self.site(environ, start)

    def _client(self, environ: WSGIEnvironment) -> str:
        client: str = environ["REMOTE_ADDR"]
        for word in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            said = word.strip()
            if not _is_address(said):
                break
            client = said
            if not is_among(said, self.proxies):
                break
        return client


def _is_address(said: str) -> bool:
    try:
        ip_address(said)
    except ValueError:
        return False
    return True
