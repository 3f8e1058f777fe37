"""The sample proxy, as it stands in the documentation, run by nginx before a small site."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from states.kit.proxies import HERE
from tests.house.tree import ROOT
from tests.kit.ports import free_port
from tests.web.httpd.conftest import Clock, serving
from web.gate.forwarded import Forwarded
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    from web.site.httpd import Server

NGINX = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin:{os.environ['PATH']}")
NAME = "nes.example.org"
LARGEST = 20 * 1024 * 1024

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason=".ci/setup test installs nginx"),
    # The certificate is of this test, so nobody vouches for it.
    pytest.mark.filterwarnings("ignore:Unverified HTTPS request"),
]


@dataclass
class Proxy:
    """A running nginx before a running site."""

    plain: int
    tls: int
    site: Server
    asked: list[str]
    client: requests.Session

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401 - the client's
        """Ask by TLS, by the name of the site."""
        headers = {"Host": NAME, **options.pop("headers", {})}
        address = f"https://127.0.0.1:{self.tls}{path}"
        return self.client.request(
            method, address, headers=headers, verify=False, allow_redirects=False, **options
        )


def certificate(folder: Path) -> None:
    """Write a certificate of the site that it issued to itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = SystemClock().now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "chain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def sample(folder: Path, changes: dict[str, str]) -> str:
    """Return the sample with what differs here in its places, inside a whole configuration."""
    text = (ROOT / "docs/deploy/nginx.conf").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    user = "user root;" if os.geteuid() == 0 else ""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    return f"{user}\nworker_processes 1;\nevents {{}}\nhttp {{\n{places}{text}}}\n"


@pytest.fixture
def proxy(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Proxy]:
    """Give a running proxy; a test may change the sample by ``changes``."""
    asked: list[str] = []

    def site(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)}")
        said = f"{environ['wsgi.url_scheme']} {environ['HTTP_HOST']} {environ['REMOTE_ADDR']}"
        start("200 OK", [("Content-Type", "text/plain"), ("X-Content-Type-Options", "nosniff")])
        return [said.encode()]

    believed = Forwarded(site, tuple(ip_network(word) for word in HERE))
    with serving(believed, Clock(), LARGEST) as server, requests.Session() as client:
        plain, tls = free_port(), free_port()
        certificate(tmp_path)
        changes = {
            "    listen [::]:80;\n": "", "    listen [::]:443 ssl;\n": "",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl",
            "127.0.0.1:8000": f"127.0.0.1:{server.effective_port}",
            "/etc/ssl/nes": str(tmp_path), "/var/log/nginx": str(tmp_path),
            **getattr(request, "param", {}),
        }  # fmt: skip
        (tmp_path / "nginx.conf").write_text(sample(tmp_path, changes), encoding="utf-8")
        words = ["-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "stderr"]
        plan = f"daemon off; pid {tmp_path}/nginx.pid;"
        with subprocess.Popen([str(NGINX), *words, "-g", plan], stderr=subprocess.PIPE) as process:
            client.trust_env = False
            waits = HTTPAdapter(max_retries=Retry(connect=12, read=0, backoff_factor=0.05))
            client.mount("https://", waits)
            client.mount("http://", waits)
            try:
                yield Proxy(plain, tls, server, asked, client)
            finally:
                process.terminate()
        assert process.returncode == 0


def test_the_site_is_told_who_came_by_tls_whatever_the_client_says(proxy: Proxy) -> None:
    lies = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "gopher"}
    answer = proxy.ask("GET", "/giris", headers=lies)
    assert answer.text == f"https {NAME} 127.0.0.1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Server"] == "nginx"


def test_who_comes_in_the_clear_is_sent_on(proxy: Proxy) -> None:
    address = f"http://127.0.0.1:{proxy.plain}/giris?devam=1"
    answer = proxy.client.get(address, headers={"Host": NAME}, allow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"https://{NAME}/giris?devam=1"
    assert proxy.asked == []


def test_old_tls_is_refused(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/").status_code == 200
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        socket.create_connection(("127.0.0.1", proxy.tls)) as raw,
        pytest.raises((ssl.SSLError, ConnectionError)),
    ):
        old.wrap_socket(raw)


def test_a_body_reaches_the_site_only_when_it_is_whole(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/").status_code == 200
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    head = f"POST /p HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\nContent-Length: 9\r\n\r\n"
    with (
        socket.create_connection(("127.0.0.1", proxy.tls)) as raw,
        context.wrap_socket(raw) as slow,
    ):
        slow.sendall(head.encode() + b"half")
        assert proxy.ask("GET", "/meanwhile").status_code == 200
        assert proxy.asked == ["GET / 0", "GET /meanwhile 0"]
        slow.sendall(b" done")
        assert slow.recv(15) == b"HTTP/1.1 200 OK"
    assert proxy.asked[-1] == "POST /p 9"


def test_what_is_too_large_is_a_sentence_under_headers(proxy: Proxy) -> None:
    answer = proxy.ask("POST", "/", data=b"x" * (LARGEST + 1))
    assert answer.status_code == 413
    assert "çok büyük" in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert proxy.asked == []


def test_counts_are_kept_inside(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/metrics").status_code == 403
    assert proxy.asked == []


@pytest.mark.parametrize(
    "proxy", [{"rate=20r/s": "rate=1r/m", "burst=100": "burst=3"}], indirect=True
)
def test_one_address_asks_no_more_often_than_it_may(proxy: Proxy) -> None:
    found = [proxy.ask("GET", "/") for _ in range(6)]
    assert [answer.status_code for answer in found] == [200] * 4 + [429] * 2
    assert "Çok sık" in found[-1].text


def test_a_site_that_is_away_is_a_sentence(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/").status_code == 200
    while proxy.site.accepting:
        proxy.site.stop()
    answer = proxy.ask("GET", "/")
    assert answer.status_code == 503
    assert "Hizmete şu an ulaşılamıyor" in answer.text


def test_no_log_says_what_was_asked(proxy: Proxy, tmp_path: Path) -> None:
    assert proxy.ask("GET", "/ara?q=10000000146").status_code == 200
    assert proxy.ask("POST", "/ara?q=10000000146", data=b"x" * (LARGEST + 1)).status_code == 413
    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert "GET 200" in logs
    assert not any(word in logs for word in ("10000000146", "127.0.0.1", "/ara"))
