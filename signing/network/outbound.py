"""Which way another house is asked: straight, or through the site's own forward proxy over TLS."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH

if TYPE_CHECKING:
    from pathlib import Path

PORTS = {"http": 80, "https": 443}

# A backslash or a blank ends the host for `requests` and not for `urlsplit`: what is asked would
# not be what was judged.
_ADDRESS = re.compile(r"[\x21-\x5b\x5d-\x7e]+")


def scheme_and_host(url: str) -> tuple[str, str]:
    """Give the scheme and the host (small letters) that are asked; "" for what is not there.

    Both are "" where an address could be read in two ways.
    """
    if not _ADDRESS.fullmatch(url):
        return "", ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""


def loopback(host: str) -> bool:
    """Say whether what is sent to a host (as `scheme_and_host` gives it) stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def this_machine(host: str) -> bool:
    """Say whether asking a host, however it is written, would come to this very machine.

    Beside loopback that is what the system takes for it: the unspecified address, an IPv4 address
    inside an IPv6 one or written in fewer parts, and the names below `localhost` (RFC 6761, 6.3).
    """
    if host.rstrip(".").rpartition(".")[2] == "localhost":
        return True
    found = _address(host)
    inner = getattr(found, "ipv4_mapped", None) or found
    return inner is not None and (inner.is_loopback or inner.is_unspecified)


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return ip_address(inet_aton(host))
    except OSError:
        return None


def host_and_port(url: str) -> str:
    """Give HOST:PORT of an address, "" for one that names none or could be read in two ways."""
    scheme, host = scheme_and_host(url)
    try:
        port = urlsplit(url).port or PORTS.get(scheme)
    except ValueError:
        return ""
    return f"{host}:{port}" if host and port else ""


@dataclass(frozen=True)
class OutboundPolicy:
    """How a site reaches others.

    `proxy` is the address of a forward proxy, "" for none; an https one is spoken to over TLS, so
    that what is asked of an http address is not in the clear as far as our own connection goes.
    `anchors` (PEM) are for its certificate and for nothing else; without them the ones that
    `requests` brings along count. `here` are names of this very machine beside loopback, `near`
    further hosts that are asked without the proxy. `plain` lets http addresses of other machines
    be asked straight. `places` are those of this very machine (as `host_and_port` gives them) that
    may be asked; None stands for all.
    """

    proxy: str = ""
    anchors: Path | None = None
    here: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    plain: bool = False
    places: frozenset[str] | None = None

    def lets(self, url: str, hosts: frozenset[str] | None) -> bool:
        """Say whether an address may be asked where `hosts` are the only ones; None stands for all.

        What is served on this machine is nobody else's business, so there a port has to be named:
        an address may have been written by a stranger.
        """
        _, host = scheme_and_host(url)
        if self.places is not None and (host in self.here or this_machine(host)):
            return host_and_port(url) in self.places
        return hosts is None or host in hosts

    def overheard(self, url: str) -> bool:
        """Say whether asking would leave this machine without TLS though nobody allowed it."""
        scheme, host = scheme_and_host(url)
        if scheme == "https" or self.plain or self._stays(host):
            return False
        return not self.proxies(url).get("http", "").startswith("https:")

    def proxies(self, url: str) -> dict[str, str]:
        """Give the proxies for an address as `requests` wants them; none where it goes straight."""
        _, host = scheme_and_host(url)
        if not self.proxy or host in self.near or self._stays(host):
            return {}
        return {"http": self.proxy, "https": self.proxy}

    def _stays(self, host: str) -> bool:
        return loopback(host) or host in self.here

    def session(self) -> requests.Session:
        """Give a session that goes this way, whatever the environment says of proxies."""
        session = requests.Session()
        # Variables and .netrc of the account that runs us must not decide whom we ask.
        session.trust_env = False
        self.lead(session)
        return session

    def lead(self, session: requests.Session) -> None:
        """Have a session that there is go this way; OSError when the anchors cannot be read."""
        adapter = _Adapter(self)
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)


class _Adapter(HTTPAdapter):
    """Sends each request the way it has to go; the proxy is validated by anchors of its own."""

    def __init__(self, policy: OutboundPolicy) -> None:
        self._policy = policy
        # Not the context of a request: for http addresses `requests` would check no certificate.
        self._context = (
            ssl.create_default_context(cafile=str(policy.anchors or DEFAULT_CA_BUNDLE_PATH))
            if policy.proxy.startswith("https:")
            else None
        )
        super().__init__()

    def send(
        self,
        request: requests.PreparedRequest,
        *given: Any,  # noqa: ANN401 - the library's
        **options: Any,  # noqa: ANN401 - the library's
    ) -> requests.Response:
        """Send a request; what else says where proxies are does not count."""
        options["proxies"] = self._policy.proxies(str(request.url))
        return super().send(request, *given, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:  # noqa: ANN401 - the library's
        """Give the connections to the proxy, made with its own anchors."""
        return super().proxy_manager_for(proxy, proxy_ssl_context=self._context, **options)
