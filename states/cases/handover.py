"""The hand-over lists: which parcels were scanned out of the house for one call of the courier."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column


class Handover(CaseColumns, Base):
    """One hand-over list; its parcels name it, and the journal their order.

    ``begun_on`` is its day in Istanbul; ``scanned`` how many parcels were scanned onto it.
    ``person_id`` is always empty: a list is nobody's own case.
    """

    __tablename__ = "handover"
    __table_args__ = (
        due_index("handover"),
        Index("ix_handover_begun_on", "begun_on", "id"),
    )

    reference: Mapped[str] = reference_column("handover")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    begun_on: Mapped[date | None]
    scanned: Mapped[int] = mapped_column(server_default=text("0"), default=0)
