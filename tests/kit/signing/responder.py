"""A certificate authority in another process: openssl's own CMP responder, behind a relay.

The responder listens for the length of one test. The relay is what our program speaks to: it
notes each message by its kind and can do something in the middle of a transaction.
"""

from __future__ import annotations

import http.client
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from asn1crypto import parser, pem

from signing.authority.cmp import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "gizli-parola"
REFERENCE = "nes-ofis"
LAST = {"certConf", "rr"}
KINDS = {4: "p10cr", 11: "rr", 24: "certConf", 25: "pollReq"}
ERROR = 23
WAITING = b"\x03"


def kind_of(message: bytes) -> str:
    """Name the kind of a CMP message by the tag of its body (RFC 4210, 5.1.2)."""
    whole = parser.parse(message)[4]
    body = whole[parser.peek(whole) :]
    return KINDS[parser.parse(body[: parser.peek(body)])[2]]


def waits(message: bytes) -> bool:
    """Say whether an answer only says to ask again later: an error of the status "waiting"."""
    whole = parser.parse(message)[4]
    body = parser.parse(whole[parser.peek(whole) :])
    if body[2] != ERROR:
        return False
    content = parser.parse(body[4])[4]
    return bool(parser.parse(parser.parse(content)[4])[4] == WAITING)


@contextmanager
def responder(
    folder: Path, certificate: bytes, *options: str, secret: str = SECRET
) -> Iterator[int]:
    """Run a responder that has this certificate to give, and give its port."""
    path = folder / f"rsp-{len(list(folder.glob('rsp-*')))}.pem"
    path.write_bytes(pem.armor("CERTIFICATE", certificate))
    line = ["openssl", "cmp", "-config", "", "-batch", "-port", "0", "-srv_ref", REFERENCE]
    line += ["-srv_secret", f"pass:{secret}", "-rsp_cert", str(path), *options]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            yield next(
                int(told.split(b" PID")[0].rpartition(b":")[2])
                for told in process.stdout
                if told.startswith(b"ACCEPT")
            )
        finally:
            process.kill()


@dataclass
class Relay:
    """Hands each message on to a responder; `routes` may send a kind elsewhere than the rest."""

    port: int
    routes: dict[str, int] = field(default_factory=dict)
    seen: list[tuple[str, bytes]] = field(default_factory=list)
    before: Callable[[str], None] = lambda _kind: None
    address: str = ""
    patience: int = 20
    open: dict[int, http.client.HTTPConnection] = field(default_factory=dict)

    @property
    def kinds(self) -> list[str]:
        """The kinds of the messages in the order in which they came."""
        return [kind for kind, _ in self.seen]

    def endpoint(self, **other: object) -> Endpoint:
        """Give the endpoint of the relay."""
        values = {"reference": REFERENCE, "secret": SECRET, "seconds": self.patience, **other}
        return Endpoint(f"{self.address}/pkix/", **values)  # type: ignore[arg-type]

    def hand_on(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Note a message and ask the responder."""
        kind = kind_of(body)
        self.seen.append((kind, body))
        self.before(kind)
        # The responder takes a new connection for the end of what it was in the middle of.
        port = self.routes.get(kind, self.port)
        asked = self.open.pop(port, None) or http.client.HTTPConnection("127.0.0.1", port)
        asked.request("POST", path, body, {"Content-Type": "application/pkixcmp"})
        answer = asked.getresponse()
        told = answer.status, answer.read()
        if kind in LAST and not waits(told[1]):
            asked.close()
        else:
            self.open[port] = asked
        return told

    def close(self) -> None:
        """Close what is still open."""
        for asked in self.open.values():
            asked.close()


@contextmanager
def relayed(port: int) -> Iterator[Relay]:
    """Run a relay on this machine in front of a responder."""
    relay = Relay(port)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status, answer = relay.hand_on(self.path, body)
            except ConnectionAbortedError:
                return
            self.send_response(status)
            self.send_header("Content-Type", "application/pkixcmp")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False  # so that closing waits for them
        relay.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join()
            relay.close()
