"""The register of outgoing letters: one number for each, without a gap, per sender and year."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class RegisteredLetter(Base):
    """One number that was given out, with the sealed paper that bears it; append-only."""

    __tablename__ = "letter_register"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)

    institution_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("institution.id"), primary_key=True, autoincrement=False
    )
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    letter_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("unit_letter.id"), unique=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("document.sha256"), unique=True)
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
