"""By what name the source of a request is counted and remembered: one place for all."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import request

HOST_BITS = 64
"""Bits of an IPv6 address that one subscriber chooses as he likes (RFC 6177, RFC 7421)."""


def name_source() -> str:
    """Return the source a request came from, as the proxy in front names it."""
    return source_key(request.remote_addr or "127.0.0.1")


def source_key(address: str) -> str:
    """Return the source an address belongs to: itself for IPv4, its /64 for IPv6.

    An IPv4 address that is written in IPv6 is the IPv4 address; what is no address is a source of
    its own name.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    network = IPv6Network((int(found) >> HOST_BITS << HOST_BITS, 128 - HOST_BITS))
    return str(network)
