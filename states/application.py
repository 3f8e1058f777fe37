"""Owns the applications: what a person asks for, and what came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.base import Base
from states.case import CaseColumns, due_index
from states.reference import reference_column

FINAL_STATES = ("delivered", "rejected", "cancelled", "expired", "lost")
"""States an application does not leave; in all others it is open."""

_OPEN = text("state NOT IN ('delivered', 'rejected', 'cancelled', 'expired', 'lost')")


class Application(CaseColumns, Base):
    """One application for a certificate.

    ``production_opens_on`` is the first day of production (Istanbul), computed with the policy row
    that began on ``window_from``; ``form_sha256`` names the frozen form and commitment;
    ``certificate_id`` the certificate under way or produced; ``paper`` what was registered and
    accepted on paper: kinds, numbers and places of the documents, by whom and how.
    """

    __tablename__ = "application"
    __table_args__ = (
        due_index("application"),
        Index("ix_application_open", "person_id", "kind", unique=True, postgresql_where=_OPEN),
        Index("ix_application_person_id", "person_id"),
        Index("ix_application_institution_id", "institution_id"),
        Index("ix_application_old_certificate_id", "old_certificate_id"),
        Index("ix_application_list", "state", "production_opens_on", "id"),
    )

    reference: Mapped[str] = reference_column("application")
    kind: Mapped[str] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    old_certificate_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("certificate.id", use_alter=True)
    )
    certificate_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("certificate.id", use_alter=True)
    )
    production_opens_on: Mapped[date | None]
    window_from: Mapped[date | None]
    form_sha256: Mapped[str | None] = mapped_column(ForeignKey("document.sha256"))
    delivery_address: Mapped[str | None] = mapped_column(Text)
    paper: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    tracking_number: Mapped[str | None] = mapped_column(Text)
    couriered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("office_user.id"))
