"""The signatures: the container as it came, and how it was judged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Signature(Base):
    """One accepted signature over one document; never changed.

    ``container`` is the CAdES bytes (DER); the judgement is kept as indication, sub-indication,
    time and policy (EN 319 102-1), never as yes or no; ``signer_sha256`` is the fingerprint of
    the signer's certificate; ``report`` holds the details of the judgement; ``augment_at`` is when
    its first later form is due (states/papers/augmentation.py), None when it is never to have one.
    """

    __tablename__ = "signature"
    __table_args__ = (
        Index("ix_signature_case_id", "case_id"),
        Index("ix_signature_augment_at", "augment_at"),
        Index("ix_signature_judged_at", "judged_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    document_sha256: Mapped[str] = mapped_column(ForeignKey("document.sha256"))
    container: Mapped[bytes] = mapped_column(LargeBinary)
    container_sha256: Mapped[str] = mapped_column(Text, unique=True)
    indication: Mapped[str] = mapped_column(Text)
    sub_indication: Mapped[str | None] = mapped_column(Text)
    policy: Mapped[str] = mapped_column(Text)
    signer_sha256: Mapped[str] = mapped_column(Text)
    report: Mapped[dict[str, object]] = mapped_column(JSONB)
    judged_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    augment_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
