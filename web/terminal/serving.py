"""What one process of the crew does: it serves the site, or works, until it is told to end."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from states.kit.errors import StoreError
from states.kit.log_events import LogEvent
from states.kit.settings import load_settings
from web.gate.composition import compose
from web.gate.logs import configure_logs, log, tell_unexpected_ends
from web.gate.security import file_headers
from web.site.app import LARGEST_REQUEST, create_app
from web.site.httpd import Server
from web.site.supervisor import PATIENCE, patiently

if TYPE_CHECKING:
    from flask import Flask

    from states.kit.settings import Settings

TURN = 0.0005
"""Seconds that one thread may reckon while others wait, a tenth of Python's own: a page comes back
from the database a dozen times, and each time would wait so long for whoever judges a signature."""


def serve(settings: Settings) -> None:
    """Compose the site and serve it until a signal asks for the end.

    One process with threads: the counts of /metrics and the session on the token are one per
    process. More processes are more instances behind a proxy; sessions and throttles are shared.
    """
    composition = compose(settings, application="nes web")
    try:
        serve_site(create_app(composition), settings, settings.port)
    finally:
        composition.database.dispose()


def serve_site(site: Flask, settings: Settings, port: int) -> None:
    """Serve a site on the host of the settings until SIGINT or SIGTERM."""
    headers = file_headers(tls=not settings.demo)
    server = Server(site, (settings.host, port), LARGEST_REQUEST, headers)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.stop())
    server.run()


def main(what: str) -> None:
    """Run one process of the crew: ``web`` or ``worker``."""
    end_with_parent()
    tell_unexpected_ends()
    configure_logs()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        settings = load_settings(os.environ)
        patiently(lambda: {"web": _serve, "worker": _work}[what](settings))
    except (StoreError, OSError) as error:  # neither has a person's words
        log.critical(LogEvent.NOT_SERVING, reason=str(error))
        sys.exit(1)


def _serve(settings: Settings) -> None:
    sys.setswitchinterval(TURN)
    serve(settings)


def _work(_: Settings) -> None:
    from web.terminal.commands.worker import work_on  # noqa: PLC0415 - the command imports this module

    search_garbage_less()
    work_on()


GARBAGE = 20_000
"""So many new objects before Python looks for rings among them; its own 700 are made by each of the
hundred structures of a certificate, and the search took a fifteenth of a worker's time."""


def search_garbage_less() -> None:
    """Look for garbage less often, and never among what is loaded, which stays to the end."""
    gc.freeze()
    gc.set_threshold(GARBAGE)


def end_with_parent() -> None:
    """End this process by SIGTERM as soon as the parent is gone, even if that was killed.

    One that does not end by that is killed. The parent holds the other end of our standard input
    and never writes.
    """
    watch = threading.Thread(target=_end_at_silence, name="parent", daemon=True)
    watch.start()


def _end_at_silence() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1])
