"""A real certificate authority, spoken to over CMP (RFC 4210, 9480) by the `openssl cmp` program.

A certificate is asked for with p10cr and confirmed with certConf; its status is changed with rr.
Requests are protected by a shared secret, which travels in the environment of the program.

The serial number, the validity and the addresses in the certificate are the authority's choice.
So a request cannot be repeated as it is with the demo authority. Instead the program keeps each
answer in a private folder before it confirms it; a try that finds the answer of a killed one has
that certificate revoked before it asks anew. An answer that was never kept was never confirmed,
and an authority gives up a certificate that nobody confirms (RFC 4210, 5.3.18). A program that
outlives its killed caller holds the lock it inherited, so that nobody asks for the same key twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from asn1crypto import pem
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from signing.authority.cmp_message import certificates_in
from signing.authority.crl import Reason
from signing.authority.issuing import proven_key
from signing.errors import (
    CertificateMismatch,
    CertificateUnusable,
    IssuerAway,
    IssuerRefused,
    StoreFull,
    TrustUnusable,
)
from signing.validation.trust import Trust
from signing.x509 import builder
from signing.x509.algorithms import KEY_RULES, AlgorithmRule, strong_key
from signing.x509.certificate import X509Certificate, read
from signing.x509.profile import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asn1crypto.keys import PublicKeyInfo

    from signing.x509.builder import CertificateRequest

PROGRAM = "openssl"
SECRET_KEY = "CMP_SECRET"  # noqa: S105 - the name of the variable, not its value
SECONDS = 30
"""How long one transaction may take, with its polling."""

SPARE = 5
"""Seconds after which a program that has not ended by itself is ended."""

MOST_ANSWERS = 64
"""How many answers of one transaction are kept, those of polling included."""

ASKED, MADE, OLD = "request.der", "made.der", "certificate.pem"
"""The names of the files in the folder of a transaction."""

GRACE = timedelta(days=1)
"""How much later than asked a certificate may end: the authority counts from its own clock."""

ITS_OWN = frozenset(
    {"serial_number", "not_before", "not_after", "crl_urls", "ocsp_urls", "issuer_urls"}
)
"""Fields that the authority chooses."""

REASONS = {
    Reason.UNSPECIFIED: 0,
    Reason.KEY_COMPROMISE: 1,
    Reason.AFFILIATION_CHANGED: 3,
    Reason.SUPERSEDED: 4,
    Reason.CESSATION: 5,
    Reason.ON_HOLD: 6,
    None: 8,  # removeFromCRL
    Reason.PRIVILEGE_WITHDRAWN: 9,
}
"""The numbers of RFC 5280, 5.3.1."""

OF_THE_REQUEST = frozenset(
    {"badAlg", "badRequest", "badDataFormat", "incorrectData", "badPOP", "badCertTemplate",
     "addInfoNotAvailable", "unacceptedPolicy", "unacceptedExtension", "duplicateCertReq"}
)  # fmt: skip
"""Failures (RFC 4210, 5.2.3) that asking again cannot mend; all others may pass."""

DONE_ALREADY = frozenset({"certRevoked", "badCertId"})
"""What an authority says of a certificate that it has revoked or given up already."""

# Only the answer to this very request counts, not an error message about the transaction.
_REJECTED = re.compile(
    r"request rejected by server:PKIStatus: rejection; "
    r"PKIFailureInfo: ([A-Za-z0-9]+(?:, [A-Za-z0-9]+)*)"
)
_SAID = re.compile(r'StatusString: "([^"\n]{1,200})"')
_ERROR = re.compile(r"^CMP error: (.{1,120})", re.MULTILINE)
# The authority's words may hold a number that is nobody's business, such as a TCKN.
_DIGITS = re.compile(r"[0-9]{6,}")


@dataclass(frozen=True)
class Endpoint:
    """Where the authority is and how we are known there.

    `recipient` is its name as openssl writes it ("/C=TR/CN=…"), for an authority that wants one;
    `tls_anchors` (PEM) is for https.
    """

    server: str
    reference: str
    secret: str = field(repr=False)
    recipient: str = ""
    tls_anchors: Path | None = None
    seconds: int = SECONDS
    program: str = PROGRAM


def read_chain(path: Path, rules: tuple[AlgorithmRule, ...] = KEY_RULES) -> tuple[bytes, ...]:
    """Read the authority's certificates (PEM), the issuing one first and its root last.

    TrustUnusable when the file cannot be read, is no such chain, or a key in it is too weak by
    the rules: what such an authority issues would be refused wherever it is judged.
    """
    try:
        blocks = list(pem.unarmor(path.read_bytes(), multiple=True))
        chain = [read(der) for _, _, der in blocks]
    except (OSError, ValueError, CertificateUnusable) as error:
        raise TrustUnusable(path=str(path), reason="pem_unreadable") from error
    pairs = zip(chain, [*chain[1:], chain[-1]], strict=True)
    if not all(issued_by(one, other) for one, other in pairs):
        raise TrustUnusable(path=str(path), reason="no_chain_to_root")
    if not all(strong_key(one.parsed.public_key, rules=rules) for one in chain):
        raise TrustUnusable(path=str(path), reason="weak_key_in_chain")
    return tuple(one.der for one in chain)


def issued_by(certificate: X509Certificate, issuer: X509Certificate) -> bool:
    """Say whether this issuer's key signed the certificate and its name stands in it."""
    made = x509.load_der_x509_certificate(certificate.der)
    try:
        made.verify_directly_issued_by(x509.load_der_x509_certificate(issuer.der))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


class CmpIssuer:
    """An `Issuer` over CMP; `folder` keeps what a repetition must know."""

    def __init__(self, endpoint: Endpoint, chain: tuple[bytes, ...], folder: Path) -> None:
        """Keep the arguments; nothing is asked yet. `chain` is as `read_chain` gives it."""
        self._endpoint, self._chain, self._folder = endpoint, chain, folder

    @property
    def issuing(self) -> X509Certificate:
        """Give the certificate of the authority that signs persons' certificates."""
        return X509Certificate(self._chain[0])

    @property
    def trust(self) -> Trust:
        """Give its root as anchor and what stands between."""
        return Trust(anchors=self._chain[-1:], intermediates=self._chain[:-1])

    def certify(self, request: CertificateRequest, proof: bytes) -> bytes:
        """Ask for the certificate of the key that signed `proof`; see signing.authority.issuing."""
        builder.check(request)
        public = proven_key(proof)
        folder = self._kept(public)
        with self._alone(folder) as lock:
            self._give_up(folder)
            with _writing(folder):
                folder.mkdir(mode=0o700)
                (folder / ASKED).write_bytes(proof)
            try:
                _Client(self._endpoint, folder, lock).enrol()
                return self._as_asked(folder, request, public.dump())
            # An answer that can never be used: the next try has to ask anew, not find it.
            except (CertificateMismatch, CertificateUnusable, IssuerRefused):
                self._give_up(folder)
                raise

    def _as_asked(self, folder: Path, request: CertificateRequest, public: bytes) -> bytes:
        certificate = read((folder / MADE).read_bytes())
        wrong = self.differences(certificate, request, public)
        if wrong:
            raise CertificateMismatch(fields=", ".join(wrong))
        return certificate.der

    @contextmanager
    def _alone(self, folder: Path) -> Iterator[int]:
        """Hold the lock of one key, which a program that outlives its killed caller holds too."""
        with _writing(folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = folder.with_suffix(".lock").open("wb")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                where = self._endpoint.server
                raise IssuerAway(where=where, reason="request_running") from None
            yield file.fileno()

    def settle(self, public: PublicKeyInfo) -> None:
        """Forget what was kept for a repetition: the certificate for this key lies on its card."""
        folder = self._kept(public)
        if folder.exists():
            _remove(folder)
        folder.with_suffix(".lock").unlink(missing_ok=True)

    def differences(
        self, certificate: X509Certificate, request: CertificateRequest, public: bytes
    ) -> list[str]:
        """Name the fields that are not as asked; what the authority chooses has only bounds.

        A certificate may not end more than a day later than asked, and the issuing authority of
        our chain must have signed it.
        """
        wrong = [name for name in compare(certificate, request, public) if name not in ITS_OWN]
        if not certificate.not_before < certificate.not_after <= request.not_after + GRACE:
            wrong.append("not_after")
        if not issued_by(certificate, self.issuing):
            wrong.append("issuer")
        return wrong

    def set_status(self, certificate: X509Certificate, reason: Reason | None) -> None:
        """Have the certificate revoked, held or released; already done counts as done."""
        with TemporaryDirectory(prefix="nes-cmp-") as name:
            folder = Path(name)
            (folder / OLD).write_bytes(pem.armor("CERTIFICATE", certificate.der))
            _Client(self._endpoint, folder).change(reason)

    def _kept(self, public: PublicKeyInfo) -> Path:
        return self._folder / hashlib.sha256(public.dump()).hexdigest()[:32]

    def _give_up(self, folder: Path) -> None:
        """Have every certificate that an earlier try was given revoked, then forget the try."""
        if not folder.exists():
            return
        for path in sorted(folder.glob("answer-*.der")):
            for der in certificates_in(path.read_bytes()):
                self.set_status(X509Certificate(der), Reason.SUPERSEDED)
        _remove(folder)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFull(where=str(folder)) from error


def _remove(folder: Path) -> None:
    with _writing(folder):
        shutil.rmtree(folder)


@dataclass(frozen=True)
class _Client:
    """One transaction of the `openssl cmp` program, whose files lie in a folder of its own."""

    endpoint: Endpoint
    folder: Path
    lock: int | None = None

    def enrol(self) -> None:
        """Ask with p10cr and confirm; each answer is kept before the next message is sent."""
        answers = ",".join(f"answer-{n:02}.der" for n in range(1, MOST_ANSWERS + 1))
        told = self._run(
            "p10cr", "-csr", ASKED, "-rspout", answers, "-certout", MADE, "-certform", "DER"
        )
        if told is not None:
            raise self._refusal(told)

    def change(self, reason: Reason | None) -> None:
        """Ask with rr; a certificate that is revoked or given up already needs no more."""
        told = self._run("rr", "-oldcert", OLD, "-revreason", str(REASONS[reason]))
        if told is None or (reason is not None and DONE_ALREADY & _failures(told)):
            return
        raise self._refusal(told)

    def _run(self, command: str, *arguments: str) -> str | None:
        """Run the program and return what it told when it failed, None when it did not."""
        endpoint = self.endpoint
        line = [
            endpoint.program, "cmp", "-config", "", "-batch", "-verbosity", "4",
            "-cmd", command, "-server", endpoint.server, "-ref", endpoint.reference,
            "-secret", f"env:{SECRET_KEY}", "-mac", "hmacWithSHA256",
            "-msg_timeout", str(endpoint.seconds), "-total_timeout", str(endpoint.seconds),
            *self._options(), *arguments,
        ]  # fmt: skip
        try:
            done = subprocess.run(  # noqa: S603 - no shell; every word is ours or a setting
                line,
                cwd=self.folder,
                pass_fds=() if self.lock is None else (self.lock,),
                env={"PATH": os.environ.get("PATH", os.defpath), SECRET_KEY: endpoint.secret},
                stdin=subprocess.DEVNULL,
                # The program tells its errors now on the one, now on the other.
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=endpoint.seconds + SPARE,
            )
        except subprocess.TimeoutExpired:
            raise self._away("time_out") from None
        except OSError as error:
            raise self._away("program_failed", program=endpoint.program) from error
        return None if done.returncode == 0 else done.stdout.decode(errors="replace")

    def _options(self) -> list[str]:
        recipient, anchors = self.endpoint.recipient, self.endpoint.tls_anchors
        named = ["-recipient", recipient] if recipient else []
        return [*named, "-tls_used", "-tls_trusted", str(anchors.absolute())] if anchors else named

    def _away(self, reason: str, **more: str) -> IssuerAway:
        return IssuerAway(where=self.endpoint.server, reason=reason, **more)

    def _refusal(self, told: str) -> CertificateMismatch | IssuerRefused | IssuerAway:
        """Turn what the program told into an error; whatever is not understood means "wait"."""
        if "certificate not accepted" in told:
            return CertificateMismatch(fields="public_key")
        failures = _failures(told)
        if failures & (OF_THE_REQUEST | DONE_ALREADY):
            words = [*sorted(failures), *_SAID.findall(told)]
            return IssuerRefused(reason=_DIGITS.sub("…", ", ".join(words)))
        first = _ERROR.search(told)
        return self._away(_DIGITS.sub("…", first[1]) if first else "answer_unreadable")


def _failures(told: str) -> set[str]:
    """Give the names of PKIFailureInfo with which the authority rejected a request."""
    found = _REJECTED.search(told)
    return set(found[1].split(", ")) if found else set()
