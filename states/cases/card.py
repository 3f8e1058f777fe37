"""The cards: each is made for one production and never used again after a failed one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Card(Base):
    """One smart card; ``serial`` is also the label of its token.

    ``status`` is ``reserved``, ``made``, ``void`` (production failed) or ``destroyed``;
    ``pin_sealed`` is the first PIN, sealed with the purpose ``pin``, which reaches the holder by
    another way than the card and is wiped when the certificate is activated; ``so_pin_sealed`` is
    the PIN of the one who makes and unlocks it.
    """

    __tablename__ = "card"
    __table_args__ = (
        CheckConstraint("status in ('reserved', 'made', 'void', 'destroyed')", name="status"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    serial: Mapped[str] = mapped_column(Text, unique=True)
    maker: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    pin_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    so_pin_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
