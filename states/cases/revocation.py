"""The revocation lists that the house has issued, and what they are made of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Identity, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class RevocationList(Base):
    """One issue of the lists: the issuing authority's and, beside it, the root's (both DER).

    ``number`` is the CRL number (RFC 5280, 5.2.3), one more with each issue; a validation uses
    the newest issue that is not from the future and, when it is stale, waits. ``entries`` is how
    many certificates the issuing authority's names; None where a release of before made it.
    """

    __tablename__ = "revocation_list"
    __table_args__ = (Index("ix_revocation_list_this_update", "this_update"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    this_update: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    next_update: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    issuing: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    entries: Mapped[int | None] = mapped_column(BigInteger)


class RevocationStatus(Base):
    """What is published of one certificate of ours: lists and status answers are drawn from here.

    ``entry`` is its entry on the list, encoded once (RFC 5280, 5.1.2.6); None while it is in force.
    """

    __tablename__ = "revocation_status"
    __table_args__ = (
        Index("ix_revocation_status_listed", "serial", postgresql_where=text("entry IS NOT NULL")),
    )

    serial: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    entry: Mapped[bytes | None] = mapped_column(LargeBinary)


class RevocationChange(Base):
    """The mark of a change that no list has yet taken account of; trigger ``mark_status`` makes it.

    ``urgent`` is what need not wait for the interval.
    """

    __tablename__ = "revocation_change"
    __table_args__ = (
        Index("ix_revocation_change_certificate_id", "certificate_id"),
        Index("ix_revocation_change_urgent", "id", postgresql_where=text("urgent")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(BigInteger)
    urgent: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
