"""Real tokens, a demo authority and cards for tests of any room; plain functions, no fixtures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pkcs11 import Attribute, ObjectClass

from signing.authority import seal
from signing.authority.demo import Authority, Plan, create
from signing.authority.production import ProducedCertificate, ProductionOrder, produce
from signing.cms import cades
from signing.tokens.card import ISSUER_ID, BlankCard
from signing.tokens.keys import KeyKind
from signing.tokens.slots import TokenStore
from signing.x509.builder import CertificateRequest, CertificateSubject

if TYPE_CHECKING:
    from pathlib import Path

    from pkcs11 import TokenFlag

    from signing.authority.crl import RevokedEntry
    from signing.validation.trust import Revocation

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SO_PIN = "12345678"
PIN = "4321"
AUTHORITY_LABEL = "TEST-CA"
REPEATING_LABEL = "TEST-RSA"
"""The authority whose keys are RSA ones: it signs the same request twice alike."""
PERSON = CertificateSubject("AYŞE YILMAZ", "10000000146", "AYŞE", "YILMAZ")
OTHER_PERSON = CertificateSubject("İSMAİL IŞIK", "10000000078", "İSMAİL", "IŞIK")


@dataclass(frozen=True)
class Signer:
    """A person's card in a store, ready to sign."""

    store: TokenStore
    produced: ProducedCertificate
    pin: str = PIN

    def sign(self, text: bytes, at: datetime | None = NOW) -> bytes:
        """Sign the text with the card at the claimed time; a PDF claims none in its container."""
        with self.store.session(self.produced.card_serial, self.pin) as session:
            return cades.sign(session, self.produced.certificate, text, at)


def make_store(directory: Path) -> TokenStore:
    """Give a SoftHSM token store that lives in this directory."""
    return TokenStore(directory)


def plan(kind: KeyKind = KeyKind.EC_P256, label: str = AUTHORITY_LABEL) -> Plan:
    """Give the plan of an authority that is in force for years around NOW.

    Keys on a curve are made and used fastest; only RSA signs the same bytes twice alike.
    """
    return Plan(label, SO_PIN, PIN, NOW - 3650 * DAY, NOW + 3650 * DAY, kind)


def demo_authority(store: TokenStore, kind: KeyKind = KeyKind.EC_P256) -> Authority:
    """Make the demo authority of the store, with a seal, or open it."""
    return create(store, plan(kind), seal.put)


def order(
    card: str,
    serial_number: int,
    person: CertificateSubject = PERSON,
    kind: KeyKind = KeyKind.EC_P256,
    validity: tuple[datetime, datetime] = (NOW - 30 * DAY, NOW + 700 * DAY),
    **deviations: object,
) -> ProductionOrder:
    """Give a production order; `deviations` are fields of its request."""
    request = CertificateRequest(person, serial_number, *validity, **deviations)  # type: ignore[arg-type]
    return ProductionOrder(BlankCard(card, SO_PIN, PIN), request, kind)


def demo_card(store: TokenStore, authority: Authority, wanted: ProductionOrder) -> Signer:
    """Produce the ordered certificate on its card and give the holder."""
    return Signer(store, produce(store, authority, wanted))


def revocation(authority: Authority, *entries: RevokedEntry, at: datetime = NOW) -> Revocation:
    """Give fresh lists of the authority, in force on the day around `at`."""
    return authority.revocation(entries, at - DAY / 2, at + DAY / 2, 1)


def carried(store: TokenStore, order: ProductionOrder) -> tuple[list[bytes], list[bytes]]:
    """Give the ids of all private keys and of all persons' certificates on the order's card."""
    with store.session(order.card.serial, PIN) as session:
        raw = session._session  # noqa: SLF001 - the card itself is asked, not our reading of it
        found = [
            [bytes(entry[Attribute.ID]) for entry in raw.get_objects({Attribute.CLASS: kind})]
            for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.CERTIFICATE)
        ]
    return found[0], [key_id for key_id in found[1] if key_id != ISSUER_ID]


def mark_pin(store: TokenStore, label: str, *flags: TokenFlag) -> None:
    """Make the card say that its user PIN is in this state (SoftHSM itself never locks one).

    The flags are written where SoftHSM keeps them: attribute 0x8000534B of token.object, eight
    bytes each for name, kind and value, most significant first.
    """
    serial = store.token(label).serial
    assert store.directory is not None
    (path,) = store.directory.rglob(f"tokens/*{serial[:4]}-{serial[4:]}/token.object")
    data = bytearray(path.read_bytes())
    place = data.index((0x8000534B).to_bytes(8, "big")) + 16
    value = int.from_bytes(data[place : place + 8], "big")
    for flag in flags:
        value |= flag
    data[place : place + 8] = value.to_bytes(8, "big")
    path.write_bytes(data)
    store.reread(label)
