"""The later revisions of the texts of messages; revision 1 of each stands in a file."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class MessageText(Base):
    """One revision of a text, as two administrators have made it; append-only.

    It holds from ``in_force_on`` until a later revision does. ``change_id`` is the case
    (`states.cases.text_change`) whose journal tells by whom and why.
    """

    __tablename__ = "message_text"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    change_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("text_change.id"), unique=True)
    in_force_on: Mapped[date]
    subject_tr: Mapped[str] = mapped_column(Text)
    body_tr: Mapped[str] = mapped_column(Text)
    subject_en: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
