"""Two hundred slow clients of each kind against the whole site, which goes on for the others."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

import pytest

from tests.kit.web.slow_clients import KINDS, SlowClients, held, seconds_of
from web.gate.security import file_headers
from web.site.app import LARGEST_REQUEST
from web.site.httpd import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.kit.web.visitor import Visitor
    from web.gate.composition import Composition

CLIENTS = 200
PATIENCE = 60.0
"""Seconds after which an answer does not come; far more than the slowest machine needs."""


@pytest.fixture
def running(app: Flask) -> Iterator[Server]:
    """Give the site on the server it is really served by."""
    server = Server(app, ("127.0.0.1", 0), LARGEST_REQUEST, file_headers(tls=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server
    server.stop()
    thread.join(60)
    assert not thread.is_alive()


def rest(server: Server) -> None:
    """Wait until no thread of the site works and no request waits for one."""
    dispatcher = server.task_dispatcher
    idle = threading.Event()
    for _ in range(10_000):
        with dispatcher.lock:
            if not dispatcher.queue and not dispatcher.active_count:
                return
        idle.wait(0.01)
    raise AssertionError(dispatcher.active_count)


@pytest.mark.parametrize("kind", KINDS)
def test_slow_clients_hold_no_thread_and_no_connection_of_the_database(
    running: Server, auditor: Visitor, composition: Composition, kind: str
) -> None:
    port = int(running.effective_port)
    cookie = auditor.client.get_cookie("nes")
    assert cookie is not None
    with held(kind, port, CLIENTS, f"nes={cookie.value}") as clients:
        assert all(seconds_of(port, path, PATIENCE) < math.inf for path in ("/healthz", "/giris"))
        rest(running)
        assert composition.database.pool.checkedout() == 0  # type: ignore[attr-defined]  # a queue's
        if kind == "export":  # a small one leaves at once; what is large is kept for its reader
            assert clients.open[0].recv(15) == b"HTTP/1.1 200 OK"
        else:
            assert len(running.active_channels) >= CLIENTS
        _leave(clients)


def _leave(clients: SlowClients) -> None:
    """Let clients drip once more and go in the midst of it."""
    clients.drip()
    clients.leave()
