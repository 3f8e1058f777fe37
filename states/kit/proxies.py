"""Which machines are believed when they say for whom they ask."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from states.kit.settings import Settings

    Network = IPv4Network | IPv6Network

HERE = ("127.0.0.0/8", "::1")
"""The proxies of a site outside the demo that names none: those on its own machine."""


def known_networks(value: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a word that is neither an address nor a network of addresses."""
    for word in value:
        try:
            ip_network(word)
        except ValueError as error:
            raise ValueError(
                f"{word!r} is neither an address nor a network such as 10.0.0.0/24"
            ) from error
    return value


def proxies_of(settings: Settings) -> tuple[Network, ...]:
    """Return the networks whose word is taken; none in a demo that names none."""
    words = settings.forwarded_by or (() if settings.demo else HERE)
    return tuple(ip_network(word) for word in words)


def is_among(address: str, networks: Iterable[Network]) -> bool:
    """Say whether an address stands in one of the networks; what is no address stands in none."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)
