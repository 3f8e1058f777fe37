"""The changes of how a person is called and reached: cases like any other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

FIELDS = ("email", "phone", "address", "name")
"""What may be changed of a person."""

OPEN = ("asked", "proposed")
"""States in which a change is not decided."""


class ContactChange(CaseColumns, Base):
    """One change that somebody asked for; what came of it stands in the journal.

    ``sealed`` holds the values that are wanted and the code that proves them, sealed; nothing is
    left of it once the change is decided. ``expires_at`` is until when the code is taken,
    ``misses`` how many wrong ones were entered. ``proof`` is the document that was shown for a
    name, and why.
    """

    __tablename__ = "contact_change"
    __table_args__ = (
        due_index("contact_change"),
        CheckConstraint("field in ('email', 'phone', 'address', 'name')", name="field"),
        Index("ix_contact_change_person_id", "person_id", "id"),
        Index(
            "ix_contact_change_open", "person_id", "field", unique=True,
            postgresql_where=text("state IN ('asked', 'proposed')"),
        ),
        Index("ix_contact_change_proposed", "id", postgresql_where=text("state = 'proposed'")),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("contact_change")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    field: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    misses: Mapped[int] = mapped_column(server_default="0")
    proof: Mapped[dict[str, str] | None] = mapped_column(JSONB)
