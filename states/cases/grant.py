"""The proposals to open, close or change an account of the office: cases like any other."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

ACTS = ("open", "role", "close", "reopen", "tie", "lead", "unlead")
"""What may be proposed of an account."""


class RoleGrant(CaseColumns, Base):
    """One proposal about one account; what came of it and who decided stand in the journal.

    ``user_id`` is the account (for ``open`` only once it was granted), ``person_id`` the person it
    belongs to or is to be tied to. ``role``, ``name``, ``subject`` (the ``sub`` of the sign-in
    service) and ``institution_id`` are what the account would hold. The table is not called
    ``grant``, a reserved word of SQL.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        due_index("role_grant"),
        CheckConstraint(
            "act in ('open', 'role', 'close', 'reopen', 'tie', 'lead', 'unlead')", name="act"
        ),
        CheckConstraint("user_id IS NOT NULL OR act = 'open'", name="account"),
        Index(
            "ix_role_grant_open", "user_id", unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("grant")
    act: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("office_user.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
