"""The letters of an institution to its units: what is written, and what each unit gets of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column


class UnitLetter(CaseColumns, Base):
    """One letter as it is proposed: its sender, its words, and whom to ask.

    ``wording`` names the controlled text, ``about`` is the reference line ("İlgi") and ``addition``
    a paragraph of the sender's own; both may be empty. ``person_id`` is empty: a letter is about
    nobody. Its number and its sealed paper stand in the register.
    """

    __tablename__ = "unit_letter"
    __table_args__ = (
        due_index("unit_letter"),
        Index("ix_unit_letter_institution_id", "institution_id", "id"),
        Index("ix_unit_letter_sending", "id", postgresql_where=text("state = 'approved'")),
    )

    reference: Mapped[str] = reference_column("unit_letter")
    institution_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("institution.id"))
    wording: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    about: Mapped[str | None] = mapped_column(Text)
    addition: Mapped[str | None] = mapped_column(Text)
    contact_name: Mapped[str] = mapped_column(Text)
    contact_phone: Mapped[str | None] = mapped_column(Text)
    contact_email: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class UnitLetterCopy(Base):
    """What one unit of the distribution list gets; ``purpose`` is action ("Gereği") or info.

    ``outcome`` is empty until the worker has come to it: ``sent``, ``unread`` where the unit has
    nobody to be written to, or ``closed``. ``people`` counts the lines of its own list.
    """

    __tablename__ = "unit_letter_copy"
    __table_args__ = (
        CheckConstraint("purpose in ('action', 'info')", name="purpose"),
        CheckConstraint(
            "outcome is null or (made_at is not null and outcome in ('sent', 'unread', 'closed'))",
            name="outcome",
        ),
        Index("ix_unit_letter_copy_institution_id", "institution_id", "letter_id"),
        Index(
            "ix_unit_letter_copy_pending", "letter_id", "place",
            postgresql_where=text("outcome IS NULL"),
        ),
    )  # fmt: skip

    letter_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("unit_letter.id"), primary_key=True, autoincrement=False
    )
    institution_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("institution.id"), primary_key=True, autoincrement=False
    )
    place: Mapped[int]
    purpose: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    people: Mapped[int | None]
    list_sha256: Mapped[str | None] = mapped_column(ForeignKey("document.sha256"))
    sheet_sha256: Mapped[str | None] = mapped_column(ForeignKey("document.sha256"))
    made_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
