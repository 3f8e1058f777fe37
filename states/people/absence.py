"""The days on which somebody of the desk is away, and who stands in for them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Absence(Base):
    """An account is away from a day to a day, both included.

    ``deputy_id`` is given the cases that it holds when the first day comes (``handed_at``); without
    one they are free again. One that was taken back (``ended_at``, by ``ended_by``) counts no more;
    rows stay as the record of who entered and ended what.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        CheckConstraint("deputy_id <> user_id", name="deputy"),
        Index("ix_absence_user", "user_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("office_user.id"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("office_user.id"))
    noted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    noted_by: Mapped[str] = mapped_column(Text)
    handed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str | None] = mapped_column(Text)
