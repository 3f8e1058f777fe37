"""The marker of the installation: which authority, seal and service keys are its own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class OwnKey(Base):
    """One key that the installation took as its own; append-only, of each role the newest counts.

    ``key_sha256`` (hex) is of the public key (SubjectPublicKeyInfo), ``certificate_sha256`` of the
    certificate, both in DER. ``noted_by`` is "seed" for keys that were made for an empty demo,
    "start" for those of an installation older than this table, else who took them.
    """

    __tablename__ = "own_key"
    __table_args__ = (
        CheckConstraint("role IN ('root', 'issuing', 'responder', 'stamper', 'seal')", name="role"),
        CheckConstraint("key_sha256 ~ '^[0-9a-f]{64}$'", name="key_sha256"),
        CheckConstraint("certificate_sha256 ~ '^[0-9a-f]{64}$'", name="certificate_sha256"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    role: Mapped[str] = mapped_column(Text)
    key_sha256: Mapped[str] = mapped_column(Text)
    certificate_sha256: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    noted_by: Mapped[str] = mapped_column(Text)
