"""The address of this site, as far as a signature may depend on it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from signing.cms.binding import canonical
from signing.network.outbound import loopback
from web.gate.composition import composed


def here() -> str:
    """Return the address of this site: the public one, or that of this very machine.

    Loopback (in the demo, or while no public address is set; `web.gate.security` has refused all
    other names) is asked under more than one name, so there it is what the request says, but the
    port is the one that is listened on: a program beside us must not have its own address taken for
    ours.
    """
    public = composed().settings.public_url
    url = urlsplit(request.host_url)
    host = url.hostname or ""
    if public and (not composed().settings.demo or not loopback(host)):
        return canonical(public)
    name = f"[{host}]" if ":" in host else host
    return canonical(f"{url.scheme}://{name}:{request.environ['SERVER_PORT']}")
