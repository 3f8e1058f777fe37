"""The proposals to change the text of a message: cases like any other."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column


class TextChange(CaseColumns, Base):
    """One proposal: what a text is to say from ``in_force_on`` on.

    ``code`` is the document code of the text, ``revision`` the one that it would
    become. ``person_id`` is empty: a text is about nobody.
    """

    __tablename__ = "text_change"
    __table_args__ = (
        due_index("text_change"),
        CheckConstraint("revision > 1", name="revision"),
        Index(
            "ix_text_change_open", "code", unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("text_change")
    code: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    subject_tr: Mapped[str] = mapped_column(Text)
    body_tr: Mapped[str] = mapped_column(Text)
    subject_en: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    in_force_on: Mapped[date]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
