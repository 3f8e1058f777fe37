"""The signing program of the tests: what nes-imza does, without its terminal."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from signing.app.protocol import (
    CLAIM_PATH,
    RESULT_PATH,
    VERSION,
    VERSION_HEADER,
    Accepted,
    Claim,
    ResultRequest,
    ServerProblem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

    from flask import Flask
    from flask.testing import FlaskClient

    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page, Visitor


@dataclass
class Program:
    """What nes-imza does, without its terminal: it reads the answers by the same protocol."""

    client: FlaskClient
    address: str = "127.0.0.1"
    speaks: str = str(VERSION)

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401 - the client's answer
        """Send a JSON body."""
        return self.client.post(
            path,
            json=body,
            headers={VERSION_HEADER: self.speaks},
            environ_overrides={"REMOTE_ADDR": self.address},
        )

    def claim(self, code: str) -> Claim:
        """Trade a code, which must succeed."""
        answer = self.post(CLAIM_PATH, {"code": code})
        assert answer.status_code == 200, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        return Claim.parse(answer.json)

    def refused(self, path: str, body: object, status: int) -> ServerProblem:
        """Send what must be refused with a status, as problem+json."""
        answer = self.post(path, body)
        assert answer.status_code == status, answer.text
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.json["status"] == status
        return ServerProblem.parse(answer.json, status)

    def send(self, secret: str, container: bytes) -> Accepted:
        """Hand a signature in, which must be accepted."""
        answer = self.post(RESULT_PATH, ResultRequest(secret, container).body())
        assert answer.status_code == 200, answer.text
        return Accepted.parse(answer.json)

    def rejected(self, secret: str, container: bytes, status: int) -> ServerProblem:
        """Hand in a signature that must be refused."""
        return self.refused(RESULT_PATH, ResultRequest(secret, container).body(), status)


@pytest.fixture
def program(app: Flask) -> Program:
    """Give a signing program that speaks to the site."""
    return Program(app.test_client())


def signed(world: World, held: Held, claim: Claim) -> bytes:
    """Sign what a claim handed out, with a card."""
    return world.sign_bytes(held, claim.content, claim.profile)


def code_for_consent(browser: Visitor) -> Page:
    """Go from the start of an e-onay to its code page."""
    browser.get("/e-onay")
    text = browser.post("/e-onay/basla")
    assert text.heading == "e-onay metni"
    return browser.post(address(text), okudum="y")


def address(page: Page) -> str:
    """Return the address that a page was answered from."""
    return str(page.response.request.path)


def digits(page: Page) -> str:
    """Return the digits on a code page."""
    (shown,) = page.all("p", class_="code-digits")
    return shown


@contextmanager
def served(app: WSGIApplication, port: int = 0) -> Iterator[str]:
    """Serve a site on a port of this machine, a free one unless one is named."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
