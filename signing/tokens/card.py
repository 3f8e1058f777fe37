"""A demonstration card: a SoftHSM token that is filled step by step, each step repeatable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signing.errors import CardInUse, KeyAbsent

if TYPE_CHECKING:
    from asn1crypto.keys import PublicKeyInfo

    from signing.tokens.keys import KeyKind
    from signing.tokens.pin import Pin
    from signing.tokens.session import TokenSession
    from signing.tokens.slots import TokenStore
    from signing.x509.certificate import X509Certificate

ISSUER_ID = b"issuer"
ISSUER_LABEL = "TEST sertifika makamı"


@dataclass(frozen=True)
class BlankCard:
    """A card: its serial number (printed on it, the token's label) and the PINs it gets."""

    serial: str
    so_pin: Pin | str = field(repr=False)
    pin: Pin | str = field(repr=False)


def key_on_card(session: TokenSession, key_id: bytes, kind: KeyKind) -> PublicKeyInfo:
    """Make sure that the card carries exactly this order's key; CardInUse when it has another."""
    if session.key_ids() - {key_id}:
        raise CardInUse(label=session.label)
    return session.ensure_key(key_id, kind, session.label)


def certificate_on_card(session: TokenSession, key_id: bytes) -> X509Certificate | None:
    """Give the certificate of this order from the card; CardInUse when it carries another's."""
    found = session.certificates()
    if found.keys() - {key_id, ISSUER_ID}:
        raise CardInUse(label=session.label)
    return found.get(key_id)


def holder_certificates(store: TokenStore, serial: str) -> list[X509Certificate]:
    """List the certificates of persons on the card, readable without a PIN."""
    with store.browse(serial) as session:
        found = session.held()
    return [certificate for _key_id, certificate in found if not certificate.parsed.ca]


def holder_certificate(store: TokenStore, serial: str) -> X509Certificate:
    """Give the one person's certificate on the card; KeyAbsent when there is not exactly one."""
    found = holder_certificates(store, serial)
    if len(found) != 1:
        raise KeyAbsent(label=serial)
    return found[0]
