"""What couriers told of parcels: each event once, with who brought it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class ReportedEvent(Base):
    """One event that was taken; a refused one leaves nothing here and may come again.

    ``key`` is the SHA-256 of parcel, kind and moment, so that nothing counts twice, whichever way
    it comes; ``event_id`` the courier's own name of it, where it gives one. What the holder showed
    stands with the application and not here.
    """

    __tablename__ = "courier_event"
    __table_args__ = (Index("ix_courier_event_parcel_id", "parcel_id", "at"),)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    event_id: Mapped[str | None] = mapped_column(Text, unique=True)
    parcel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("parcel.id"))
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
