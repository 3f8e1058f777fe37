"""Servers of the tests that run as a process of their own and answer as they are told to."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from tests.house.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import HTTPServer


@contextmanager
def running(module: str, *arguments: str) -> Iterator[int]:
    """Run a module as a server for as long as the block lasts; give the port that it prints."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def serve(server: HTTPServer) -> None:
    """Print the port of a server and serve for ever."""
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


class ScriptedHandler(BaseHTTPRequestHandler):
    """Bodies in and out, and no lines of a log."""

    def body(self) -> bytes:
        """Read what was sent."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def raw(self, status: int, body: bytes) -> None:
        """Answer; a redirection leads elsewhere."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
