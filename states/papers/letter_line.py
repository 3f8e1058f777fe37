"""What an institution is told in its letter of the day: one line for each card handed over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class LetterLine(Base):
    """One card that was handed to the courier, as the letter to its institution names it.

    ``form_sha256`` is the hand-over form, so that a repeated effect adds no second line;
    ``letter_sha256`` and ``line`` (from 1) say where it stands once the letter is made.
    """

    __tablename__ = "letter_line"
    __table_args__ = (
        Index(
            "ix_letter_line_due", "institution_id", "handed_at",
            postgresql_where=text("letter_sha256 IS NULL"),
        ),
        Index("ix_letter_line_case_id", "case_id"),
    )  # fmt: skip

    form_sha256: Mapped[str] = mapped_column(Text, ForeignKey("document.sha256"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    tracking_number: Mapped[str] = mapped_column(Text)
    handed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    letter_sha256: Mapped[str | None] = mapped_column(Text, ForeignKey("document.sha256"))
    line: Mapped[int | None] = mapped_column(Integer)
