"""The log of reads: who saw a TCKN, opened a document or took the journal out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class AccessEntry(Base):
    """One read of personal data (KVKK) or export of the journal; append-only like the journal.

    ``what`` is ``tckn``, ``document:<sha256>``, ``scan:<sha256>``, ``scan:<sha256>:<page>``,
    ``evidence:<reference>``, ``list:<sha256>`` (a staff list that named the person) or
    ``journal:<entries>:<last hash>``;
    ``purpose`` is what the reader said it is for, or the filter of the export, which concerns no
    single person.
    """

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_person_id", "person_id", "at", "id"),
        Index("ix_access_log_at", "at", "id"),
        Index("ix_access_log_actor", "actor", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
