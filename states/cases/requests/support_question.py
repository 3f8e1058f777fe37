"""What people ask the support unit of their institution, and what was answered."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column


class SupportQuestion(CaseColumns, Base):
    """One question; ``institution_id`` is where its asker worked then, empty without institution.

    ``about_id`` is the application that it was asked from and ``about_state`` the state in which
    it was at that moment, both or neither.
    """

    __tablename__ = "support_question"
    __table_args__ = (
        due_index("support_question"),
        Index("ix_support_question_person_id", "person_id", "id"),
        Index(
            "ix_support_question_asked", "institution_id", "id",
            postgresql_where=text("state = 'asked'"),
        ),
        Index(
            "ix_support_question_passed_on", "id", postgresql_where=text("state = 'passed_on'")
        ),
        CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answer"),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("question")
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id"))
    institution_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("institution.id"))
    about_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("application.id"))
    about_state: Mapped[str | None] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
