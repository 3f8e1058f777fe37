"""Giving an invented person a real card with a certificate in force, for demo and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.cards import pin
from handlers.cards.orders import new_card, new_serial, order_of
from handlers.cards.payloads import HOLDER, Delivery
from handlers.certificates.validity import last_day
from handlers.kit import rows
from signing.authority.production import produce
from states.cases.card import Card
from states.cases.certificate import Certificate
from workflow.model.actor import system

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.kit.context import CaseEngine
    from handlers.kit.services import Services

SEED = system("seed")


@dataclass(frozen=True, slots=True)
class Held:
    """A card in somebody's hand; ``card_serial`` is the label of its token."""

    certificate_id: int
    card_serial: str
    pin: str


def give_card(
    engine: CaseEngine, person_id: int, not_before: datetime, not_after: datetime
) -> Held:
    """Make a card and its certificate and record it as one that is in force already.

    A person who holds a card of ours keeps it. Raises the errors of the signing room.
    """
    services = engine.services
    held = _held(engine, services, person_id)
    if held is not None:
        return held
    serial = new_serial()
    with engine.database.begin() as connection:
        card_id = new_card(connection, services, "made", engine.clock.now())
        card = rows.fetch(connection, Card, card_id)
        pin_sha256 = pin.freeze(connection, person_id, serial, card, engine.clock.now())
    wanted = Certificate(
        person_id=person_id,
        card_id=card_id,
        serial=serial,
        not_before=not_before.replace(microsecond=0),
        not_after=not_after.replace(microsecond=0),
    )
    with engine.database.connect() as connection:
        order = order_of(connection, services, wanted)
    made = produce(services.store(), services.authority(), order).certificate
    values = {
        "person_id": person_id,
        "card_id": card_id,
        "serial": wanted.serial,
        "issuer": made.issuer,
        "not_before": made.not_before,
        "not_after": made.not_after,
        "ends_on": last_day(made.not_after),
        "der": made.der,
        "sha256": made.sha256,
        "pin_sha256": pin_sha256,
        "seen": "made",
        "seen_at": made.not_before,
    }
    certificate_id = engine.open("certificate", "record", SEED, values)
    return Held(certificate_id, order.card.serial, str(order.card.pin))


def _held(engine: CaseEngine, services: Services, person_id: int) -> Held | None:
    statement = select(Certificate.id, Certificate.card_id).where(
        Certificate.person_id == person_id,
        Certificate.state == "active",
        Certificate.card_id.is_not(None),
    )
    with engine.database.connect() as connection:
        found = connection.execute(statement.order_by(Certificate.id).limit(1)).one_or_none()
        if found is None:
            return None
        card = rows.fetch(connection, Card, found.card_id)
    first = services.vault.open(card.pin_sealed, "pin") if card.pin_sealed else ""
    return Held(found.id, card.serial, first)


def handed_over(at: datetime) -> Delivery:
    """Return what an invented courier says of a card that its holder took at a moment."""
    return Delivery(HOLDER, "identity_card", "TEST00001", "TEST kurye görevlisi 7", at)
