"""The stations: where cards are made in a production room, and the orders that they took."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Station(Base):
    """One station; of its secret only the SHA-256 is kept (32 bytes).

    ``ended_at`` is set for good: an ended station is told so and takes nothing any more.
    """

    __tablename__ = "station"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class StationOrder(Base):
    """Who makes the card of a reserved certificate, and how far it is.

    ``lease_until`` is when another station may take it; ``attempts`` how often it was taken;
    ``key_sha256`` (hex) names the one key for which a certificate was asked: from then on there is
    a card with that key, and no other station is given the order while the lease lasts.
    """

    __tablename__ = "station_order"
    __table_args__ = (
        Index(
            "ix_station_order_open", "station_id",
            postgresql_where=text("handed_in_at IS NULL"),
        ),
    )  # fmt: skip

    certificate_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("certificate.id"), primary_key=True
    )
    station_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("station.id"))
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    lease_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    key_sha256: Mapped[str | None] = mapped_column(Text)
    handed_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
