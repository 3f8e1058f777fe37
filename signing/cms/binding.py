"""What a signature was asked for: the purpose and the address, among what the card signs.

The program that signs writes in which purpose it showed and which address it was connected to, by
its own knowledge and never by the server's word. So a signature that a stranger's server had made
says so, and serves nowhere else. The attribute is our own: others sign without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from asn1crypto import core
from pyhanko.sign.ades.asn1_util import register_cms_attribute

from signing.cms import signed_data

if TYPE_CHECKING:
    from asn1crypto.cms import CMSAttributes

OID = "2.25.59144836485323140573137075686568463783"
"""Made from a UUID (ITU-T X.667, 7), so that nobody had to be asked for it."""

NAME = "nes_asked"
_PORTS = {"https": 443, "http": 80}


class _Asked(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    _fields = [("purpose", core.UTF8String), ("address", core.UTF8String)]  # noqa: RUF012 - its way


register_cms_attribute(OID, NAME, _Asked)


@dataclass(frozen=True)
class HandshakeBinding:
    """A purpose of the handshake, and the address of the server that asked."""

    purpose: str
    address: str

    def attribute(self) -> bytes:
        """Return the signed attribute that says it, in DER."""
        said = _Asked({"purpose": self.purpose, "address": canonical(self.address)})
        return signed_data.attribute(signed_data.oid(OID), said.dump())


def read(attributes: CMSAttributes) -> HandshakeBinding | None:
    """Give what signed attributes say of it, None when nothing; ValueError for odd values."""
    for entry in attributes:
        if entry["type"].dotted == OID:
            found = _Asked.load(entry["values"][0].dump(), strict=True)
            return HandshakeBinding(found["purpose"].native, found["address"].native)
    return None


def canonical(url: str) -> str:
    """Write an address the one way: small letters, no port that goes without saying, no end slash.

    What is no address comes back as it is.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url
    name = f"[{host}]" if ":" in host else host
    shown = "" if port in {None, _PORTS.get(parts.scheme)} else f":{port}"
    return f"{parts.scheme}://{name}{shown}{parts.path.rstrip('/')}" if host else url
