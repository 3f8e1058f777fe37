"""Owns how the OpenID provider is asked: listed hosts, over TLS, no redirect, ten seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException

from signing.way import loopback, scheme_and_host

if TYPE_CHECKING:
    from signing.way import Way

SECONDS = 10
"""How long the provider may take to connect, and for each piece of its answer."""


class HostNotListed(RequestException):
    """The provider's description names a host that this site may not ask (NES_OUTBOUND)."""


class NotOverTls(RequestException):
    """The provider's description names an address that others could listen to."""


class Asking(OAuth2Session):  # type: ignore[misc] # the library carries no types
    """A session that speaks to some hosts only (None stands for all) and goes one way."""

    def __init__(
        self,
        *,
        hosts: frozenset[str] | None,
        way: Way,
        **options: Any,  # noqa: ANN401 - the library's
    ) -> None:
        """Hold the list and take the way; the options are the library's."""
        super().__init__(**options)
        self.hosts = hosts
        way.lead(self)

    def request(self, method: str, url: str, **options: Any) -> Any:  # noqa: ANN401 - the library's
        """Ask one address, which is never left for another."""
        scheme, host = scheme_and_host(url)
        if self.hosts is not None and host not in self.hosts:
            raise HostNotListed(host)
        if scheme != "https" and not loopback(host):
            raise NotOverTls(host)
        options.update(allow_redirects=False, timeout=SECONDS)
        return super().request(method, url, **options)
