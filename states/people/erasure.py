"""The journal of erasing: what was wiped because its time was over, and never what it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base

RULES = ("card_secrets", "unused_person", "ended_person")
"""What may make the house erase; `handlers/upkeep/retention.py` says when."""


class Erasure(Base):
    """One thing that was wiped; append-only.

    ``subject`` names it by an opaque key (``card:7``, ``person:12``); ``due_at`` is when its
    time was over.
    """

    __tablename__ = "erasure"
    __table_args__ = (CheckConstraint(f"rule IN {RULES}", name="rule"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    rule: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
