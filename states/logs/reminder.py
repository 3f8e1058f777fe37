"""The ladder of reminders: each step sent of a certificate, and how far a day's sweep is."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Ladder(StrEnum):
    """What a step belongs to: whom it tells, and of what."""

    RENEWAL = "renewal"
    """The holder, of the end of the certificate."""
    E_ONAY = "e_onay"
    """The holder, of the e-onay that only a card that works can give."""
    COORDINATOR = "coordinator"
    """The coordinator, of whom nobody has applied for."""
    ABOVE = "above"
    """The coordinator of the next institution above."""
    BY_HAND = "by_hand"
    """The holder, because somebody asked for it."""


class Reminder(Base):
    """One step of a ladder of one certificate, sent once.

    ``step`` is a number of the policy, of one by hand the day as ``20270131``; ``due_on`` the day
    of the step, ``sent_on`` the one on which a sweep came to it. ``message`` is the key of what was
    sent (`states.cases.notice`), None until it is in the outbox.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint(
            "ladder IN ('renewal', 'e_onay', 'coordinator', 'above', 'by_hand')", name="ladder"
        ),
        Index("uq_reminder_step", "certificate_id", "ladder", "step", unique=True),
        Index("ix_reminder_unsent", "id", postgresql_where=text("message IS NULL")),
        Index(
            "ix_reminder_by_hand", "person_id", "sent_on", unique=True,
            postgresql_where=text("ladder = 'by_hand'"),
        ),
        Index("ix_reminder_person_id", "person_id", "sent_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("certificate.id"))
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    ladder: Mapped[str] = mapped_column(Text)
    step: Mapped[int]
    due_on: Mapped[date]
    sent_on: Mapped[date]
    message: Mapped[str | None] = mapped_column(Text)


class ReminderSweep(Base):
    """The sweep of a day: the certificate it has come to, by last day and number.

    ``judged`` certificates were looked at and ``due`` steps found; ``swept_at`` says that it is
    through.
    """

    __tablename__ = "reminder_sweep"

    day: Mapped[date] = mapped_column(primary_key=True)
    after_day: Mapped[date | None]
    after_id: Mapped[int | None] = mapped_column(BigInteger)
    judged: Mapped[int] = mapped_column(server_default="0")
    due: Mapped[int] = mapped_column(server_default="0")
    begun_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    swept_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
