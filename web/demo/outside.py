"""Serving the demonstration to itself: its authority answers on a loopback port of its own."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from handlers.kit.services import at_home
from signing.network.fetch import Fetcher
from signing.network.online import Online
from web.site.app import create_app
from workflow.engine.engine import CaseEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.gate.composition import Composition

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """Answers requests and writes no line about them."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


@contextmanager
def connected(composition: Composition) -> Iterator[Composition]:
    """Give the same house whose office asks its own authority, served while the block lasts.

    A free port is taken and everything goes by the clock of the composition. Its certificates
    name the addresses of the settings as ever; only the asking is led here.
    """
    with socket.socket() as held:
        held.bind((HOST, 0))
        held.listen()
        base = f"http://{HOST}:{held.getsockname()[1]}"
        online = Online(f"{base}/tsa", Fetcher(route=partial(at_home, base)))
        services = replace(composition.engine.services, online=online)
        engine = CaseEngine(composition.database, composition.library, composition.clock, services)
        composition = replace(composition, engine=engine)
        with _served(composition, held):
            yield composition


@contextmanager
def _served(composition: Composition, held: socket.socket) -> Iterator[None]:
    port = held.getsockname()[1]
    server = make_server(
        HOST, port, create_app(composition), threaded=True, request_handler=_Quiet,
        fd=held.fileno(),
    )  # fmt: skip
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
