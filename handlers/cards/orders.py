"""What is ordered of a production: a blank card with its PINs, and a certificate's content."""

from __future__ import annotations

import secrets
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert

from handlers.certificates import successor
from handlers.certificates.validity import in_force, span_from
from handlers.kit import rows
from signing.authority.production import ProductionOrder
from signing.tokens.card import BlankCard
from signing.x509.builder import CertificateRequest, CertificateSubject
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.people.person import Person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from handlers.kit.services import Services

MAKER = "TEST"
SERIAL_BITS = 127


def new_serial() -> str:
    """Return a certificate's serial number: 128 bits, 127 of them random (hex)."""
    return f"{secrets.randbits(SERIAL_BITS) | 1 << SERIAL_BITS:x}"


def new_card(
    connection: Connection, services: Services, status: str, now: datetime, maker: str = MAKER
) -> int:
    """Enter what is going to be personalised, with a new label and new PINs; return its id.

    ``maker`` is that of the blank, where one of the stock is taken.
    """
    statement = insert(Card).values(
        serial=f"{secrets.randbelow(10**16):016}",
        maker=maker,
        status=status,
        pin_sealed=services.vault.seal(services.new_pin(), "pin"),
        so_pin_sealed=services.vault.seal(f"{secrets.randbelow(10**8):08}", "pin"),
        created_at=now,
    )
    return connection.execute(statement.returning(Card.id)).scalar_one()


def order_of(
    connection: Connection, services: Services, certificate: Certificate
) -> ProductionOrder:
    """Return what is to be made for a reserved certificate; the same rows give the same order."""
    card = rows.fetch(connection, Card, certificate.card_id)
    request = request_of(connection, services, certificate)
    pin = services.vault.open(card.pin_sealed or b"", "pin")
    so_pin = services.vault.open(card.so_pin_sealed or b"", "pin")
    return ProductionOrder(BlankCard(card.serial, so_pin, pin), request)


def request_of(
    connection: Connection, services: Services, certificate: Certificate
) -> CertificateRequest:
    """Return what a certificate is to say: its person, serial number, span, and our addresses."""
    person = rows.fetch(connection, Person, certificate.person_id)
    if certificate.not_before is None or certificate.not_after is None:
        message = f"certificate {certificate.id} was not reserved by production"
        raise ValueError(message)
    subject = CertificateSubject(
        person.name, tckn_of(services, person), person.given_name, person.surname
    )
    return CertificateRequest(
        subject,
        int(certificate.serial, 16),
        certificate.not_before,
        certificate.not_after,
        crl_urls=services.addresses.crl,
        ocsp_urls=services.addresses.ocsp,
        issuer_urls=services.addresses.issuing,
    )


def tckn_of(services: Services, person: Person) -> str:
    """Return the identity number of a person, opened."""
    return services.vault.open(person.tckn_sealed, "tckn")


_ONE_SECOND = timedelta(seconds=1)


def span_of(context: Context) -> tuple[datetime, datetime]:
    """Return the first and last moment that the kind of application gives the certificate.

    After one that is revoked or has ended there is nothing to wait for: it begins now, unless a
    card serves until then that was made for the lost one. What begins now ends where a certificate
    begins that was made before to follow the old one. No certificate begins before the one whose
    end it takes over.
    """
    now = context.now.astimezone(UTC).replace(microsecond=0)
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    starts, replaces = kind["starts"], kind["old_certificate"] != "none"
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    if replaces and starts == "now" and (last := successor.until(context, old)) is not None:
        return now, last
    if old is None or old.ends_at is None or starts == "now":
        return span_from(now)
    if not in_force(old, now):
        waits_for = successor.bridged(context, old) if starts == "old_end" else None
        return span_from(now if waits_for is None else waits_for + _ONE_SECOND)
    if starts == "same_end":
        return max(now, old.not_before or now), old.ends_at
    return span_from(old.ends_at + _ONE_SECOND)
