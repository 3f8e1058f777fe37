"""The scans: what came on paper, as it was uploaded, and its pages as plain pictures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Scan(Base):
    """One file of one application, never changed or removed; a file is kept once for a case.

    ``media_type`` is told from the content and never from what was claimed; ``sha256`` (hex) is
    what the approval names in the journal.
    """

    __tablename__ = "scan"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        UniqueConstraint("case_id", "sha256"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    pages: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    uploaded_by: Mapped[str] = mapped_column(Text)


class ScanPage(Base):
    """One page of a scan, drawn by us: a JPEG for reading and a small one for the overview."""

    __tablename__ = "scan_page"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)
