"""The log of changes of what the house knows of a person or an institution."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class DataChange(Base):
    """One change of the data of a person or of an institution; append-only.

    ``marks`` holds for each field that changed the keyed marks of the value before and after, so
    that the log proves which ones they were to whoever has the key and tells nobody else (KVKK).
    ``proof`` is the document that was shown at the desk: its kind, its number, where its copy is
    kept; None for a move that a list brought. ``became`` is what was learnt of a person's standing,
    or ``closed`` or ``open`` for an institution, from the day ``since`` on. ``source`` is ``desk``
    or ``list:<sha256>``.
    """

    __tablename__ = "data_change"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (institution_id IS NULL)", name="subject"),
        Index("ix_data_change_person_id", "person_id", "id"),
        Index("ix_data_change_institution_id", "institution_id", "id"),
        # The log lies in the order of its moments; the radar looks for what is new.
        Index(
            "ix_data_change_at", "at", postgresql_using="brin",
            postgresql_with={"autosummarize": "on"},
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    source: Mapped[str] = mapped_column(Text)
    marks: Mapped[dict[str, list[str]]] = mapped_column(JSONB)
    proof: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    reason: Mapped[str | None] = mapped_column(Text)
    became: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date | None]
