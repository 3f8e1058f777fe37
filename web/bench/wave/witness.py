"""Who looks at a wave from outside: asks for list, answers and certificates, and has one revoked.

The office is served as it always is, and openssl judges what it hands out (RFC 5280, RFC 6960).
What was seen is kept as files, so that other programs can judge it too.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import text

from web.bench.kit.crowd import environment, settings_for
from web.bench.rows.serving import served
from web.gate.composition import compose
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from web.bench.wave.ground import WaveOffice

SAMPLE = 5
"""Certificates that are judged in the middle of a wave, and again after it."""

POLL = 0.5
"""Seconds between two looks at whether the revocation can be seen."""

BOUND = 120.0
"""Seconds after which the revocation counts as never seen: twice what it may take."""

REASON = "çalındı"

_SENT = text("""
SELECT c.id, c.person_id, c.der FROM certificate c JOIN application a ON a.id = c.application_id
WHERE a.state = 'couriered' ORDER BY c.id LIMIT :most
""")


@dataclass(slots=True)
class Witnessed:
    """How many things openssl was asked about and accepted, and the seconds of a revocation."""

    asked: int = 0
    accepted: int = 0
    seconds: float = BOUND
    refused: list[str] = field(default_factory=list)

    def note(self, what: str, *, accepted: bool) -> None:
        """Count one thing that was judged."""
        self.asked += 1
        self.accepted += accepted
        if not accepted:
            self.refused.append(what)


class Witness:
    """Looks at one office over the network; ``folder`` keeps what it was handed."""

    def __init__(self, office: WaveOffice, base: str, folder: Path) -> None:
        """Fetch the certificates of the authority."""
        self.office, self.base, self.folder = office, base, folder
        self.seen = Witnessed()
        self._program = shutil.which("openssl") or "openssl"
        self._pool = ThreadPoolExecutor(1)
        self._middle: Future[None] | None = None
        for name in ("root", "nes"):
            der = self._fetch(f"/ca/{name}.cer", f"{name}.cer")
            pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
            (folder / f"{name}.pem").write_bytes(pem)

    def look(self, couriered: int) -> None:
        """Begin once half of the cases are with the courier; the wave goes on meanwhile."""
        if self._middle is None and 2 * couriered >= self.office.cases:
            self._middle = self._pool.submit(self._in_the_middle)

    def end(self) -> Witnessed:
        """Judge once more, after the wave, and return all that was seen."""
        if self._middle is not None:
            self._middle.result()
        self.judge("after")
        self._pool.shutdown()
        return self.seen

    def _in_the_middle(self) -> None:
        self.judge("during")
        case, person, certificate = self._sent()[0]
        composition = compose(
            settings_for(self.office.url, self.office.folder), application="nes bench"
        )
        try:
            actor = Actor(f"person:{person}", frozenset({"applicant"}), "demo", person)
            composition.engine.fire(case, "revoke", actor, reason=REASON, workflow="certificate")
        finally:
            composition.database.dispose()
        begun = time.monotonic()
        while (waited := time.monotonic() - begun) < BOUND:
            if self._is_seen(certificate):
                self.seen.seconds = waited
                return
            time.sleep(POLL)

    def judge(self, when: str) -> None:
        """Let openssl judge the list, and certificate and answer of a sample."""
        self._list(when)
        for number, (_, _, certificate) in enumerate(self._sent(), start=1):
            name = f"{when}-{number}"
            (self.folder / f"{name}.cer").write_bytes(certificate.public_bytes(Encoding.DER))
            (self.folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
            # The certificate of a renewal begins where the old one ends.
            begins = certificate.not_valid_before_utc + timedelta(hours=1)
            said = self._openssl(
                "verify", "-CAfile", "root.pem", "-untrusted", "nes.pem", "-x509_strict",
                "-attime", str(int(begins.timestamp())), f"{name}.pem",
            )  # fmt: skip
            self.seen.note(f"{name}.cer: {said}", accepted=f"{name}.pem: OK" in said)
            said = self._status(name)
            self.seen.note(f"{name}.ocsp: {said}", accepted="Response verify OK" in said)

    def _list(self, when: str) -> x509.CertificateRevocationList:
        name = f"{when}.crl"
        found = x509.load_der_x509_crl(self._fetch("/nes.crl", name))
        said = self._openssl("crl", "-inform", "DER", "-in", name, "-CAfile", "nes.pem", "-noout")
        self.seen.note(f"{name}: {said}", accepted="verify OK" in said)
        return found

    def _is_seen(self, certificate: x509.Certificate) -> bool:
        """Say whether list and answer tell that it is revoked, and no longer on hold."""
        found = x509.load_der_x509_crl(self._fetch("/nes.crl", "revoked.crl"))
        entry = found.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is None or "certificate_hold" in str(list(entry.extensions)):
            return False
        (self.folder / "revoked.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        said = self._status("revoked")
        return "revoked.pem: revoked" in said and "certificateHold" not in said

    def _status(self, name: str) -> str:
        return self._openssl(
            "ocsp", "-url", f"{self.base}/nes.ocsp", "-CAfile", "root.pem", "-verify_other",
            "nes.pem", "-issuer", "nes.pem", "-cert", f"{name}.pem", "-respout", f"{name}.ocsp",
        )  # fmt: skip

    def _sent(self) -> list[tuple[int, int, x509.Certificate]]:
        with self.office.composition.database.connect() as connection:
            found = connection.execute(_SENT, {"most": SAMPLE}).all()
        return [(case, person, x509.load_der_x509_certificate(der)) for case, person, der in found]

    def _fetch(self, path: str, name: str) -> bytes:
        answer = requests.get(self.base + path, timeout=30)
        answer.raise_for_status()
        (self.folder / name).write_bytes(answer.content)
        return answer.content

    def _openssl(self, *words: str) -> str:
        done = subprocess.run(  # noqa: S603 - names of our own files
            [self._program, *words], cwd=self.folder, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        return done.stdout + done.stderr


@contextmanager
def witness_of(office: WaveOffice, folder: Path) -> Iterator[Witness]:
    """Serve the office and give who looks at it."""
    folder.mkdir(parents=True, exist_ok=True)
    known = environment(office.url, office.folder)
    with served("ours", known, office.folder, processes=1) as (port,):
        yield Witness(office, f"http://127.0.0.1:{port}", folder)
