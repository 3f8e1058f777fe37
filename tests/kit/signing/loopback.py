"""A real HTTP server on a loopback port in a thread, whose answers the test decides."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from ssl import SSLContext


@dataclass
class Loopback:
    """What a server answers by path, and what it was asked; an unknown path is a 404.

    An answer is bytes, or (status, bytes), or a function of the request's body to either.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    pieces: tuple[int, float] | None = None
    """Bytes of each piece and seconds between two, for a slow server."""
    address: str = ""

    def url(self, path: str) -> str:
        """Give the address of a path."""
        return f"{self.address}{path}"

    def times(self, path: str) -> int:
        """Say how often a path was asked."""
        return sum(asked == path for asked, _, _ in self.asked)

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Note what is asked and give status and body."""
        self.asked.append((path, headers, body))
        found: Any = self.answers.get(path, (404, b""))
        said = found(body) if callable(found) else found
        return said if isinstance(said, tuple) else (200, said)


def _handler(site: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body are two writes: Nagle would keep the second for 40 ms, until the first is
        # acknowledged.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            status, body = site.answer(self.path, dict(self.headers), self.rfile.read(length))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self._write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def _write(self, body: bytes) -> None:
            size, pause = site.pieces or (len(body) or 1, 0.0)
            for start in range(0, len(body), size):
                try:
                    self.wfile.write(body[start : start + size])
                except OSError:
                    return  # the client had enough
                if pause:
                    Event().wait(pause)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def serving(
    answers: dict[str, bytes | Callable[..., object]] | None = None,
    tls: SSLContext | None = None,
) -> Iterator[Loopback]:
    """Serve on a free loopback port for as long as the block lasts."""
    site = Loopback({} if answers is None else dict(answers))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    site.address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    with running(server, tls):
        yield site


@contextmanager
def running(server: ThreadingHTTPServer, tls: SSLContext | None = None) -> Iterator[None]:
    """Run a server, over TLS where a context is given, for as long as the block lasts."""
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
