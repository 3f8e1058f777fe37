"""The shipments that the local courier has taken on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Shipment(Base):
    """One booking at the local courier; the same ``key`` is always the same shipment."""

    __tablename__ = "shipment"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    tracking_number: Mapped[str] = mapped_column(Text, unique=True)
    booked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recalled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
