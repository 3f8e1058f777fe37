"""The revocation lists that the house has issued."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class RevocationList(Base):
    """One issue of the lists: the issuing authority's and, beside it, the root's (both DER).

    ``number`` is the CRL number (RFC 5280, 5.2.3), one more with each issue; a validation uses
    the newest issue that is not from the future and, when it is stale, waits.
    """

    __tablename__ = "revocation_list"
    __table_args__ = (Index("ix_revocation_list_this_update", "this_update"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    this_update: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    next_update: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    issuing: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)
