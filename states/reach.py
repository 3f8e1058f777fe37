"""Owns what the settings let the product reach: hosts to ask, and the way to the database."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from sqlalchemy import URL

    from states.settings import Settings

CHECKED = frozenset({"verify-ca", "verify-full"})
"""Values of libpq's ``sslmode`` that check the server's certificate."""


def host_of(address: str) -> str:
    """Return the host of an address in small letters, "" where it names none."""
    return urlsplit(address).hostname or ""


def on_this_machine(host: str) -> bool:
    """Say whether a host of an address is this very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_to_ask(settings: Settings) -> frozenset[str] | None:
    """Return the hosts that may be asked: NES_OUTBOUND and those of other settings.

    None stands for all: a demo without NES_OUTBOUND.
    """
    if settings.demo and not settings.outbound:
        return None
    own = (settings.tsa_url, settings.oidc_issuer, settings.cmp_server, settings.public_url)
    named = (host_of(address) for address in own if address)
    return frozenset({*settings.outbound, *named, settings.host})


def database_over_open_net(settings: Settings) -> bool:
    """Say whether the database would be asked over a net, with its certificate unchecked."""
    url = settings.database_url
    if url is None or settings.database_private:
        return False
    return url.query.get("sslmode") not in CHECKED and _leaves_this_machine(url)


def _leaves_this_machine(url: URL) -> bool:
    """Say whether libpq would go over a net to one of the hosts of an address."""
    named = [str(url.host or "")]
    for key in ("host", "hostaddr"):
        given = url.query.get(key, ())
        named += [given] if isinstance(given, str) else given
    hosts = [host for name in named for host in name.split(",")]
    return any(host and host[0] not in "/@" and not on_this_machine(host) for host in hosts)
