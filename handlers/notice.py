"""Owns what people are told: one row in the outbox for each move that tells somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import insert

from handlers import letters, rows
from states.notice import Notice
from states.person import Person
from workflow.registry import effect

if TYPE_CHECKING:
    from workflow.context import EffectContext


def tell(context: EffectContext, template: str) -> None:
    """Write a message to the person of the case, once for each effect, whatever its repetitions.

    The first line of ``letters/notices/<template>.txt`` is the subject.
    """
    with context.database.begin() as connection:
        person = rows.fetch(connection, Person, context.case["person_id"])
        values = {
            "name": person.name,
            "case": context.case,
            "reason": context.reason,
            "today": context.today,
        }
        subject, _, text = letters.write(f"notices/{template}.txt", values).partition("\n")
        row = {
            "key": context.key,
            "case_id": rows.number(context.case, "id"),
            "person_id": person.id,
            "template": template,
            "subject": subject,
            "text": text.strip() + "\n",
            "created_at": context.now,
        }
        connection.execute(insert(Notice).values(row).on_conflict_do_nothing())


@effect()
def returned(context: EffectContext) -> None:
    """Tell that the application came back, and why."""
    tell(context, "returned")


@effect()
def rejected(context: EffectContext) -> None:
    """Tell that the application was rejected, and why."""
    tell(context, "rejected")


@effect()
def expired(context: EffectContext) -> None:
    """Tell that the application was closed because nothing happened."""
    tell(context, "expired")


@effect()
def held(context: EffectContext) -> None:
    """Tell from which day on production may start."""
    tell(context, "held")


@effect()
def paper_needed(context: EffectContext) -> None:
    """Tell that only the paper way is left."""
    tell(context, "paper_needed")


@effect()
def couriered(context: EffectContext) -> None:
    """Tell that the card is on its way."""
    tell(context, "couriered")


@effect()
def delivered(context: EffectContext) -> None:
    """Tell that the card arrived and must be activated."""
    tell(context, "delivered")


@effect()
def courier_returned(context: EffectContext) -> None:
    """Tell that the card came back."""
    tell(context, "courier_returned")


@effect()
def lost(context: EffectContext) -> None:
    """Tell that the card was lost and its certificate revoked."""
    tell(context, "lost")


@effect()
def card_destroyed(context: EffectContext) -> None:
    """Tell that the card nobody took was destroyed."""
    tell(context, "card_destroyed")


@effect()
def consent_given(context: EffectContext) -> None:
    """Tell that the consent is in force."""
    tell(context, "consent_given")


@effect()
def consent_withdrawn(context: EffectContext) -> None:
    """Tell that the consent was withdrawn."""
    tell(context, "consent_withdrawn")


@effect()
def certificate_active(context: EffectContext) -> None:
    """Tell that the certificate can be used."""
    tell(context, "certificate_active")


@effect()
def certificate_suspended(context: EffectContext) -> None:
    """Tell that the certificate is suspended."""
    tell(context, "certificate_suspended")


@effect()
def certificate_revoked(context: EffectContext) -> None:
    """Tell that the certificate is revoked for good."""
    tell(context, "certificate_revoked")
