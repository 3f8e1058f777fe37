"""Owns how the OpenID provider is asked: hosts of the list only, no redirect, ten seconds."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException

SECONDS = 10
"""How long the provider may take to connect, and for each piece of its answer."""


class HostNotListed(RequestException):
    """The provider's description names a host that this site may not ask (NES_OUTBOUND)."""


class Asking(OAuth2Session):  # type: ignore[misc] # the library carries no types
    """A session that speaks to some hosts only; None stands for all."""

    def __init__(self, *, hosts: frozenset[str] | None, **options: Any) -> None:  # noqa: ANN401 - the library's
        """Hold the list; the options are the library's."""
        super().__init__(**options)
        self.hosts = hosts

    def request(self, method: str, url: str, **options: Any) -> Any:  # noqa: ANN401 - the library's
        """Ask one address, which is never left for another."""
        if self.hosts is not None and urlsplit(url).hostname not in self.hosts:
            raise HostNotListed(urlsplit(url).hostname)
        options.update(allow_redirects=False, timeout=SECONDS)
        return super().request(method, url, **options)
