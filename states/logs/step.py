"""The steps that the database has made: when, and whether older code may go on after each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Step(Base):
    """One step; ``compatible`` says that code which does not know it goes on rightly."""

    __tablename__ = "step"

    number: Mapped[str] = mapped_column(Text, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    compatible: Mapped[bool]
