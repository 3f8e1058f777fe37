"""A small forward proxy on a loopback port, spoken to over TLS, and the certificates for it."""

from __future__ import annotations

import select
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socket import create_connection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.kit.signing.loopback import running

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 5
"""How long the proxy waits for anything, so that no test hangs."""


@dataclass(frozen=True)
class Identity:
    """A PEM file of an authority of its own, and one of the key and certificate it signed."""

    anchors: Path
    own: Path

    def served(self) -> ssl.SSLContext:
        """Give the context of a server that shows this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.own)
        return context


def identity(folder: Path, *names: str) -> Identity:
    """Make the certificate of a server with these host names, or of 127.0.0.1 without one."""
    root, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("TEST kök", root, root, x509.BasicConstraints(ca=True, path_length=0))
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives = alternatives or [x509.IPAddress(ip_address("127.0.0.1"))]
    shown = _certificate("TEST", key, root, x509.SubjectAlternativeName(alternatives))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder.mkdir()
    made = Identity(folder / "anchors.pem", folder / "own.pem")
    made.anchors.write_bytes(authority)
    made.own.write_bytes(private + shown)
    return made


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    common, signer = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, "TEST kök")
    )
    is_authority = isinstance(extension, x509.BasicConstraints)
    # Newer versions of Python take no certificate without what RFC 5280 (4.2.1) demands of it.
    made = (
        x509.CertificateBuilder(signer, common, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 12, 31, tzinfo=UTC))
        .add_extension(extension, critical=is_authority)
        .add_extension(_usage(signs_certificates=is_authority), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuer, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass
class Forward:
    """Where the proxy is, what it was asked, and the port of loopback that each host really is."""

    address: str
    ports: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def place(self, method: str, url: str) -> tuple[str, int]:
        """Note what is asked and say where that is."""
        self.asked.append((method, url))
        return "127.0.0.1", self.ports[urlsplit(url).hostname or ""]


def _handler(proxy: Forward) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # as in `loopback`
        timeout = SECONDS

        def do_GET(self) -> None:
            host, port = proxy.place(self.command, self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            onward = HTTPConnection(host, port, timeout=SECONDS)
            onward.request(self.command, urlsplit(self.path).path, body, dict(self.headers))
            answer = onward.getresponse()
            said = answer.read()
            onward.close()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def do_POST(self) -> None:
            self.do_GET()

        def do_CONNECT(self) -> None:
            with create_connection(proxy.place("CONNECT", f"//{self.path}"), SECONDS) as onward:
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):  # either side may have had enough
                    _tunnel(self.connection, onward)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _tunnel(guest: socket.socket, onward: socket.socket) -> None:
    """Carry bytes both ways until one side ends."""
    other = {guest: onward, onward: guest}
    while True:
        held = isinstance(guest, ssl.SSLSocket) and guest.pending()
        ready = [guest] if held else select.select([guest, onward], [], [], SECONDS)[0]
        pieces = [(side, side.recv(64 * 1024)) for side in ready]
        for side, piece in pieces:
            other[side].sendall(piece)
        if not all(piece for _, piece in pieces) or not pieces:
            return


@contextmanager
def forwarding(shown: Identity | None) -> Iterator[Forward]:
    """Serve a proxy that shows this certificate, or one without TLS, while the block lasts."""
    proxy = Forward("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy))
    proxy.address = f"{'https' if shown else 'http'}://127.0.0.1:{server.server_address[1]}"
    with running(server, shown.served() if shown else None):
        yield proxy
