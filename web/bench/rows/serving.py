"""The measurement of the served case page beside a bare view of the same template."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from flask import g, template_rendered
from flask.sessions import SecureCookieSessionInterface

from states.kit.settings import load_settings
from web.bench.kit.crowd import environment
from web.bench.kit.reader import Reader
from web.bench.kit.table import ABOVE, Figure
from web.gate.composition import compose
from web.gate.limits import limiter
from web.gate.logs import configure_logs
from web.gate.session import signed_in
from web.site.app import create_app
from web.terminal.serving import end_with_parent, serve_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from jinja2 import Template
    from sqlalchemy import URL

    from web.gate.session import SignedIn

SECONDS = 4.0
"""How long each side is asked."""

AT_ONCE = 4
"""How many ask at the same time."""

PROCESSES = 2
"""How many instances share the work."""

PATIENCE = 60.0
"""Seconds a server is given to come up."""

OFFICER = 1
PAGE_KEY = "BENCH_PAGE"


def rows(url: URL, folder: Path, page: str, tell: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the requests a second of a served case page, ours and the bare view's."""
    tell("serving a case page")
    known = {**environment(url, folder), PAGE_KEY: page}
    with served("ours", known, folder) as ports:
        ours = _rate(ports, page, _cookie(known, page))
    with served("bare", known, folder) as ports:
        bare = _rate(ports, page, "")
    yield Figure(
        f"case page, requests a second with {PROCESSES} processes against a bare view",
        ours, bare, "1/s", 0.1, 0.3, ABOVE,
    )  # fmt: skip


def ours() -> Flask:
    """Return the site as it is served, without the throttle: one address asks for everybody."""
    configure_logs()
    site = create_app(compose(load_settings(os.environ), application="nes bench"))
    limiter.enabled = False
    return site


def bare() -> Flask:
    """Return a Flask application whose case page is the same template rendered from constants."""
    site = ours()
    template, context, person = _captured(site, os.environ[PAGE_KEY])
    site.jinja_env.globals["csrf_token"] = lambda: "token"

    def constant(**_: str) -> str:
        g.signed_in = person
        return template.render(context)

    # What is left of the site is its routing and its templates.
    site.before_request_funcs.clear()
    site.after_request_funcs.clear()
    site.teardown_request_funcs.clear()
    site.session_interface = SecureCookieSessionInterface()
    site.view_functions["office.case"] = constant
    del site.wsgi_app  # the middleware before it
    return site


def _captured(site: Flask, page: str) -> tuple[Template, dict[str, Any], SignedIn | None]:
    """Return the template of a page, what it was rendered with, and who saw it."""
    caught: list[tuple[Template, dict[str, Any], SignedIn | None]] = []

    def catch(_site: Flask, template: Template, context: dict[str, Any], **_: object) -> None:
        caught.append((template, dict(context), signed_in()))

    with template_rendered.connected_to(catch, site):
        Reader(site, OFFICER).get(page)
    return caught[-1]


def _cookie(known: dict[str, str], page: str) -> str:
    """Sign in within this process and return the cookie, which every process of the site knows."""
    composition = compose(load_settings({**os.environ, **known}), application="nes bench")
    try:
        reader = Reader(create_app(composition), OFFICER)
        cookies = reader.get(page).request.headers["Cookie"]
    finally:
        composition.database.dispose()
    return cookies


@contextmanager
def served(
    which: str, known: dict[str, str], folder: Path, processes: int = PROCESSES
) -> Iterator[list[int]]:
    """Serve one side on free ports of loopback, and end its processes by their own numbers.

    RuntimeError when one does not come up.
    """
    log = folder / f"{which}.log"
    ports = [_free_port() for _ in range(processes)]
    with log.open("wb") as lines:
        started = [
            subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "web.bench.rows.serving", which, str(port)],
                env={**os.environ, **known}, stderr=lines, stdin=subprocess.PIPE,
            )
            for port in ports
        ]  # fmt: skip
    try:
        for port, process in zip(ports, started, strict=True):
            if not _answers(port, process):
                last = log.read_text(encoding="utf-8").splitlines()[-1:]
                message = f"the server that is to be measured did not come up: {''.join(last)}"
                raise RuntimeError(message)
        yield ports
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
            if process.stdin is not None:
                process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server answers; False when it ended or took too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
                _ask(connection, "/healthz", "")
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def _rate(ports: list[int], path: str, cookie: str) -> float:
    end = time.monotonic() + SECONDS

    def ask_on(number: int) -> int:
        answered, port = 0, ports[number % len(ports)]
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            while time.monotonic() < end:
                _ask(connection, path, cookie)
                answered += 1
        return answered

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(ask_on, range(AT_ONCE))) / SECONDS


def _ask(connection: http.client.HTTPConnection, path: str, cookie: str) -> None:
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        message = f"{path}: {answer.status}"
        raise RuntimeError(message)


if __name__ == "__main__":
    end_with_parent()
    side, number = {"ours": ours, "bare": bare}[sys.argv[1]], int(sys.argv[2])
    serve_site(side(), load_settings(os.environ), number)
