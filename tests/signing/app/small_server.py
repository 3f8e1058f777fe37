"""A server in a thread that answers nes-imza whatever a test tells it to."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.signing.app.messages import ACCEPTED, claim_answer

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Server:
    """What the small server answers, and what it was asked."""

    url: str = ""
    claim: tuple[int, object] = (200, None)
    result: tuple[int, object] = (200, ACCEPTED)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self, path: str, body: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append((path, body))
        status, content = self.claim if path.endswith("claim") else self.result
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        return status, raw


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve on a free port of this machine."""
    state = Server(claim=(200, claim_answer()))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status, raw = state.answer(self.path, json.loads(self.rfile.read(length)))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    http = HTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    yield state
    http.shutdown()
    thread.join()
    http.server_close()
