"""A certificate authority in another process, which a house asks over CMP."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from signing.authority.cmp import CmpIssuer
from signing.authority.issuing import proof_of
from tests.kit.signing import forge
from tests.kit.signing.responder import SECRET, Relay, relayed, responder

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from signing import errors
    from signing.authority.demo import Authority
    from signing.x509.builder import CertificateRequest

NOWHERE = Relay(0, address="http://127.0.0.1:1", patience=1)
OWN_SERIAL = 0x7E57_0000_0000_0000_0001


@dataclass
class House:
    """A certificate authority elsewhere, and a key that asks it for a certificate."""

    authority: Authority
    folder: Path
    stack: ExitStack
    key: forge.Key = field(default_factory=forge.ec_key)
    request: CertificateRequest = field(default_factory=forge.person_request)

    @property
    def kept(self) -> Path:
        """The folder of what is kept for a repetition."""
        return self.folder / "kept"

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates of the authority, the issuing one first."""
        return (self.authority.issuing.der, self.authority.root.der)

    @property
    def proof(self) -> bytes:
        """The proof that the key is ours."""
        public = forge.public_info(self.key)
        name = self.request.subject.name()
        return proof_of(name, public, lambda data: forge.raw_sign(self.key, data, "sha256"))

    def made(self, key: forge.Key | None = None, **changes: Any) -> bytes:  # noqa: ANN401 - fields of a request
        """Make what the authority has to give: its own serial number, its own addresses."""
        wanted = replace(self.request, serial_number=OWN_SERIAL, **changes)
        wanted = replace(wanted, crl_urls=("http://makam.example/x.crl",))
        return self.authority.issue(wanted, forge.public_info(key or self.key))

    def open(self, certificate: bytes, *options: str, secret: str = SECRET) -> Relay:
        """Open the authority with this certificate to give."""
        port = self.stack.enter_context(
            responder(self.folder, certificate, *options, secret=secret)
        )
        return self.stack.enter_context(relayed(port))

    def issuer(self, relay: Relay, **other: object) -> CmpIssuer:
        """Return what asks that authority."""
        return CmpIssuer(relay.endpoint(**other), self.chain, self.kept)

    def refused(self, relay: Relay, error: type[errors.SigningError]) -> errors.SigningError:
        """Ask for the certificate, which must end in this error."""
        with pytest.raises(error) as caught:
            self.issuer(relay).certify(self.request, self.proof)
        return caught.value
