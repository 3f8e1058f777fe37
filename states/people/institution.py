"""The institutions: a tree from the ministry down to the school."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Institution(Base):
    """One institution; ``path`` (``/MEB/16/``) makes a subtree one index range.

    ``code`` is unique in the house and part of the path, so it is never changed. ``closed_on`` is
    the first day on which it was no more: nothing is filed, approved or made for a closed one.
    """

    __tablename__ = "institution"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9-]*$'", name="code"),
        CheckConstraint("path like '/%/'", name="path"),
        Index("ix_institution_parent_id", "parent_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    path: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    closed_on: Mapped[date | None]
