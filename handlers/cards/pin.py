"""The PIN that a holder makes: the text that proves it, and the unlock secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from handlers.kit import rows
from handlers.papers import letters
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.people.person import Person
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from handlers.kit.context import Context
    from states.kit.vault import Vault
    from workflow.model.verdict import Verdict

MOST = 5
"""How often the unlock secret of one card is handed out within a day."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Unlock:
    """A card and the secret that sets its PIN anew: the SO PIN or, on other cards, the PUK."""

    card: str
    secret: str = field(repr=False)


def freeze(connection: Connection, person_id: int, serial: str, card: Card, now: datetime) -> str:
    """Freeze the text that a holder signs once the PIN is set; return its SHA-256 (hex)."""
    person = rows.fetch(connection, Person, person_id)
    values = {
        "name": person.name,
        "tckn_masked": person.tckn_masked,
        "serial": serial,
        "card": card.serial,
    }
    return letters.freeze(connection, letters.PIN, person.id, now, values)


@action
def draw_up(context: Context) -> None:
    """Freeze the text of the next time that the PIN is set; a card of another house has none."""
    card = rows.find(context.connection, Card, context.case.get("card_id"))
    if card is None:
        return
    person_id, serial = rows.number(context.case, "person_id"), rows.text(context.case, "serial")
    sha256 = freeze(context.connection, person_id, serial, card, context.now)
    context.update(pin_sha256=sha256)
    context.document(sha256)


@check
def secret_held(context: Context) -> Verdict:
    """Allow a card whose unlock secret the office holds."""
    card = rows.find(context.connection, Card, context.case.get("card_id"))
    return ALLOW if card is not None and card.so_pin_sealed else deny("pin.no_secret")


@check
def not_too_often(context: Context) -> Verdict:
    """Allow a new handing-out of the secret while there were less than MOST within a day.

    The signature at the end needs no other one, so only who asks beforehand is refused.
    """
    if not context.rehearsal:
        return ALLOW
    handed = select(func.count()).where(
        Code.purpose == "pin",
        Code.target_case_id == context.case_id,
        Code.secret_hash.is_not(None),
        Code.expires_at > context.now - DAY,
    )
    often = context.connection.execute(handed).scalar_one()
    return deny("pin.too_often", most=MOST) if often >= MOST else ALLOW


def is_first(connection: Connection, card_id: int | None) -> bool:
    """Say whether the holder has made no own PIN for a card yet."""
    card = rows.find(connection, Card, card_id)
    return card is not None and card.pin_sealed is not None


def unlock(database: Engine, vault: Vault, certificate_id: int) -> Unlock:
    """Open the unlock secret of a certificate's card, for the one program that claimed the code.

    Only after `secret_held` allowed it; VaultClosed when the secret was sealed with another key.
    """
    with database.connect() as connection:
        certificate = rows.fetch(connection, Certificate, certificate_id)
        card = rows.fetch(connection, Card, certificate.card_id)
    return Unlock(card.serial, vault.open(card.so_pin_sealed or b"", "pin"))
