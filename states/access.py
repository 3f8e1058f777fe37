"""Owns the log of reads: who saw an unmasked TCKN or opened a document, and what for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.base import Base


class AccessEntry(Base):
    """One read of personal data (KVKK); append-only like the journal.

    ``what`` is ``tckn`` or ``document:<sha256>``; ``purpose`` is the reader's own sentence.
    """

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_person_id", "person_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
