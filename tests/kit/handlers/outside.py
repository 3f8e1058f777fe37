"""The demo authority's services on a loopback port, for an office that asks over the network."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handlers.certificates import revocation
from handlers.kit.context import CaseEngine
from signing.cms.profiles import Profile
from signing.network.fetch import Fetcher, FetchTimeouts
from signing.network.online import Online
from tests.kit.handlers.world import World
from tests.kit.signing.loopback import Loopback, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

_serials = itertools.count(2**64 + 1)


@contextmanager
def connected(world: World, profile: Profile = Profile.P4) -> Iterator[tuple[World, Loopback]]:
    """Give the same world with an office that asks the services, and the services."""
    with serving() as site:
        online = Online(
            site.url("/tsa"),
            Fetcher(
                patience=FetchTimeouts(1, 2, 4), route=lambda url: site.url(urlsplit(url).path)
            ),
        )
        services = replace(world.services, online=online, profile=profile)
        engine = CaseEngine(world.engine.database, world.engine.library, world.clock, services)
        outside = World(engine, services, world.clock)
        serve(outside, site)
        yield outside, site


def serve(world: World, site: Loopback) -> None:
    """Answer at the fixed paths from the world's own records, by the world's clock."""
    database, clock, authority = world.engine.database, world.clock, world.services.authority

    def lists(number: int) -> bytes:
        with database.connect() as connection:
            return revocation.lists_at(connection, clock.now()).crls[number]

    def status(body: bytes) -> bytes:
        return authority().ocsp_response(body, revocation.status_in(database), clock.now())

    site.answers |= {
        "/nes.crl": lambda _body: lists(0),
        "/root.crl": lambda _body: lists(1),
        "/nes.ocsp": status,
        "/tsa": lambda body: authority().timestamp_response(body, clock.now(), next(_serials)),
    }
