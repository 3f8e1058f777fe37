"""The running product, asked by programs that we did not write: openssl and pyhanko."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import requests
from asn1crypto import pem

from handlers.desk import documents
from signing.authority.demo import Addresses
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.papers.document import Document
from tests.handlers.conftest import services as plain_services  # noqa: F401 - we put a port into it
from tests.kit.handlers.world import applicant
from tests.kit.ports import free_port
from tests.kit.signing import pdfs
from tests.kit.web.program import served
from workflow.model.clock import SystemClock, day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from handlers.cards.seed import Held
    from handlers.kit.services import Services
    from signing.authority.demo import Authority
    from tests.kit.handlers.world import World


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def services(plain_services: Services, port: int) -> Services:  # noqa: F811 - a fixture of that name
    """Give services whose certificates name the port that this test serves on."""
    base = f"http://127.0.0.1:{port}"
    return replace(plain_services, addresses=Addresses.under(base), tsa_url=f"{base}/tsa")


@dataclass(frozen=True)
class Stranger:
    """Somebody with openssl, the root's certificate and nothing else of ours."""

    folder: Path
    base: str

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run openssl in his folder."""
        return subprocess.run(
            ["openssl", *words], cwd=self.folder, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip

    def fetch(self, path: str, name: str, kind: str = "CERTIFICATE") -> None:
        """Download what a certificate points to, and keep it as PEM."""
        answer = requests.get(f"{self.base}{path}", timeout=10)
        answer.raise_for_status()
        (self.folder / name).write_bytes(pem.armor(kind, answer.content))

    def status(self, *more: str) -> str:
        """Ask for the status at the address that stands in the certificate; give what is said."""
        url = self.run("x509", "-in", "person.pem", "-noout", "-ocsp_uri").stdout.strip()
        assert url == f"{self.base}/nes.ocsp"
        done = self.run(
            "ocsp", "-url", url, "-CAfile", "root.pem", "-verify_other", "nes.pem",
            "-issuer", "nes.pem", *more, "-cert", "person.pem",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Response verify OK" in done.stderr
        assert "WARNING" not in done.stderr + done.stdout
        return done.stdout

    def verified(self, *more: str) -> subprocess.CompletedProcess[str]:
        """Check the certificate with the list that it names itself, fetched by openssl."""
        return self.run(
            "verify", "-CAfile", "root.pem", "-untrusted", "nes.pem", "-crl_check",
            "-crl_download", "-x509_strict", *more, "person.pem",
        )  # fmt: skip


@pytest.fixture
def me(world: World) -> int:
    # openssl looks at the computer's clock.
    world.clock.set(SystemClock().now() - timedelta(minutes=1))
    return world.person()


@pytest.fixture
def held(world: World, me: int) -> Held:
    ends_on: date = day_in_istanbul(world.clock.now()) + timedelta(days=100)
    return world.card(me, ends_on)


@pytest.fixture
def stranger(
    world: World, app: Flask, port: int, held: Held, authority: Authority, tmp_path: Path
) -> Iterator[Stranger]:
    """Serve the product and give a stranger who knows the root and the holder's certificate."""
    der = world.read(Certificate, held.certificate_id).der
    assert der is not None
    with served(app, port) as base:
        stranger = Stranger(tmp_path, base)
        (tmp_path / "person.pem").write_bytes(pem.armor("CERTIFICATE", der))
        (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", authority.root.der))
        stranger.fetch("/ca/nes.cer", "nes.pem")
        yield stranger


def test_openssl_verifies_the_chain_with_the_list_that_the_certificate_names(
    world: World, me: int, held: Held, stranger: Stranger
) -> None:
    assert stranger.verified().stdout == "person.pem: OK\n"
    world.clock.set(SystemClock().now() - timedelta(seconds=5))
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.run_effects("revocation.publish")
    refused = stranger.verified()
    assert refused.returncode == 2
    assert "certificate revoked" in refused.stderr


def test_openssl_verifies_the_whole_chain_with_both_lists(stranger: Stranger) -> None:
    for name in ("nes", "root"):
        stranger.fetch(f"/{name}.crl", f"{name}.crl", "X509 CRL")
    stranger.fetch("/ca/root.cer", "fetched.pem")
    assert (stranger.folder / "fetched.pem").read_bytes() == (
        stranger.folder / "root.pem"
    ).read_bytes()
    done = stranger.run(
        "verify", "-CAfile", "root.pem", "-untrusted", "nes.pem", "-crl_check_all",
        "-CRLfile", "nes.crl", "-CRLfile", "root.crl", "-x509_strict", "person.pem",
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("person.pem: OK\n", 0), done.stderr


def test_openssl_asks_for_the_status_and_believes_the_answer(
    world: World, me: int, held: Held, stranger: Stranger
) -> None:
    world.clock.set(SystemClock().now())
    assert "person.pem: good" in stranger.status()
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.run_effects("revocation.publish")
    said = stranger.status("-no_nonce")
    assert "person.pem: revoked" in said
    assert "Reason: certificateHold" in said
    world.clock.advance(seconds=1)
    reason = "Kart kayboldu ya da çalındı"
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason=reason)
    world.run_effects("revocation.publish")
    said = stranger.status("-sha256")
    assert "Reason: keyCompromise" in said
    number = stranger.run("x509", "-in", "person.pem", "-noout", "-serial").stdout.strip()
    other = f"0x{int(number.partition('=')[2], 16) + 1:x}"
    assert f"{other}: unknown" in stranger.status("-serial", other)


@pytest.mark.parametrize("digest", ["-sha256", "-sha384", "-sha512"])
def test_openssl_accepts_the_time_stamp_over_its_own_request(
    digest: str, world: World, stranger: Stranger
) -> None:
    world.clock.set(SystemClock().now())
    (stranger.folder / "text").write_bytes("İmzalanan metin.".encode())
    asked = stranger.run("ts", "-query", "-data", "text", digest, "-cert", "-out", "asked.tsq")
    assert asked.returncode == 0
    _stamp(stranger)
    words = ("ts", "-verify", "-in", "stamp.tsr", "-CAfile", "root.pem", "-untrusted", "nes.pem")
    for over in (("-queryfile", "asked.tsq"), ("-data", "text")):
        done = stranger.run(*words, *over)
        assert (done.stdout, done.returncode) == ("Verification: OK\n", 0), done.stderr
    (stranger.folder / "text").write_bytes(b"another text")
    assert stranger.run(*words, "-data", "text").returncode == 1


def test_openssl_reads_the_rejection_of_a_weak_hash(stranger: Stranger) -> None:
    (stranger.folder / "text").write_bytes(b"text")
    stranger.run("ts", "-query", "-data", "text", "-sha1", "-out", "asked.tsq")
    _stamp(stranger)
    shown = stranger.run("ts", "-reply", "-in", "stamp.tsr", "-text").stdout
    assert "Status: Rejected." in shown
    assert "unrecognized or unsupported algorithm identifier" in shown


def test_pyhankos_command_judges_a_signed_form_by_what_its_certificates_point_to(
    world: World, me: int, held: Held, stranger: Stranger
) -> None:
    form = _signed_form(world, me, held)
    # The session's own authority was made without addresses: its issuer is trusted as it is.
    anchors = b"".join((stranger.folder / f"{name}.pem").read_bytes() for name in ("root", "nes"))
    done = pdfs.pyhanko_command(stranger.folder, form, anchors)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr + done.stdout
    assert "The signature covers the entire file." in done.stdout
    assert "The signature is judged VALID." in done.stdout
    done = pdfs.pyhanko_command(stranger.folder, form.replace(b"/Reason", b"/ReasOn"), anchors)
    assert done.returncode == 1
    assert "The signature is cryptographically unsound." in done.stdout
    world.clock.set(SystemClock().now())
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    world.run_effects("revocation.publish")
    done = pdfs.pyhanko_command(stranger.folder, form, anchors)
    assert done.returncode == 1
    assert "The signature is cryptographically sound." in done.stdout
    assert "certificate is revoked" in done.stdout, done.stdout
    assert "The signature is judged INVALID." in done.stdout


def _signed_form(world: World, me: int, held: Held) -> bytes:
    """Give the application form as its reader gets it, signed a moment ago."""
    world.clock.set(SystemClock().now())
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_imza")
    sha256 = world.read(Application, case).form_sha256
    claimed = world.claimed("application", case, me)
    payload = replace(claimed, container=world.sign(held, sha256)).payload()
    world.engine.fire(case, "approve_e_imza", applicant(me), payload)
    with world.engine.database.connect() as connection:
        return documents.issued(connection, world.read(Document, sha256))


def _stamp(stranger: Stranger) -> None:
    answer = requests.post(
        f"{stranger.base}/tsa",
        data=(stranger.folder / "asked.tsq").read_bytes(),
        headers={"Content-Type": "application/timestamp-query"},
        timeout=10,
    )
    assert answer.headers["Content-Type"] == "application/timestamp-reply"
    (stranger.folder / "stamp.tsr").write_bytes(answer.content)
