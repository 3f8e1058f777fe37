"""The later forms of a signature: the same signature with more evidence and time-stamps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Augmentation(Base):
    """One later form of an accepted signature; never changed, the one with the largest n counts.

    ``container`` holds the accepted one's signed part byte for byte (DER); ``level`` is what it
    has come to (EN 319 122-1, 6.1); ``augment_at`` is when the next form is due, ``renew_before``
    when the certificate of its newest time-stamp ends. ``report`` is how it was judged when it
    was made, in the words of EN 319 102-1 (None before migration 0011): of a signature that was
    kept before it was final the first form's is the final judgement, and one that did not pass
    has no later form.
    """

    __tablename__ = "augmentation"
    __table_args__ = (
        Index("ix_augmentation_augment_at", "augment_at"),
        Index(
            "ix_augmentation_failed", "signature_id",
            postgresql_where=text("(report ->> 'indication') <> 'TOTAL-PASSED'"),
        ),
    )  # fmt: skip

    signature_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("signature.id"), primary_key=True
    )
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    level: Mapped[str] = mapped_column(Text)
    container: Mapped[bytes] = mapped_column(LargeBinary)
    container_sha256: Mapped[str] = mapped_column(Text, unique=True)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    augment_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    renew_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    report: Mapped[dict[str, object] | None] = mapped_column(JSONB)
