"""The documents: frozen bytes that somebody approved, named by their SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base
from states.papers.packing import Packed


class Document(Base):
    """Bytes that are never changed; a corrected text is another document.

    ``sha256`` is hex; ``kind``, ``code`` and ``revision`` name the template they were made from;
    ``verification_code`` (five groups of four hex digits) stands in the text and lets anyone ask
    whether the paper at hand is genuine. ``words`` is the plain text of a PDF, where one goes
    with it; ``case_id`` the case that the office made it for, and ``made_by`` the key of the effect
    that did, so that a repeated effect makes no second one. ``content`` may be kept packed
    (`states.papers.packing`); read by this class it is the paper itself.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint(
            "verification_code ~ '^[0-9a-f]{4}(-[0-9a-f]{4}){4}$'", name="verification_code"
        ),
        Index("ix_document_person_id", "person_id"),
        Index("ix_document_case_id", "case_id"),
    )

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    revision: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(Packed)
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    verification_code: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    words: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by: Mapped[str | None] = mapped_column(Text, unique=True)
