"""The proposals to change whom the people of an institution ask for help."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column


class SupportChange(CaseColumns, Base):
    """One proposal: the support unit of an institution from its approval on.

    The newest one approved counts, also for all institutions below that name none of their own.
    Without ``unit`` the institution would have none of its own, and the one above it counts.
    ``person_id`` is empty: a support unit is about nobody.
    """

    __tablename__ = "support_change"
    __table_args__ = (
        due_index("support_change"),
        Index(
            "ix_support_change_approved", "institution_id", "id",
            postgresql_where=text("state = 'approved'"),
        ),
        CheckConstraint(
            "unit IS NULL OR phone IS NOT NULL OR email IS NOT NULL", name="reached"
        ),
        Index(
            "ix_support_change_open", "institution_id", unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("support_change")
    institution_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("institution.id"))
    unit: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
