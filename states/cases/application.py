"""The applications: what a person asks for, and what came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Computed,
    DateTime,
    FetchedValue,
    ForeignKey,
    Index,
    Text,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

FINAL_STATES = ("delivered", "rejected", "cancelled", "expired", "lost")
"""States an application does not leave; in all others it is open."""

ENDING_STATES = (
    "draft", "e_imza", "wet_signature", "in_person", "courier_returned", "returned_to_applicant",
)  # fmt: skip
"""States whose timer closes the application: only there is it a deadline for people."""

OFFICE_STATES = (
    "paper_received", "in_review", "production_stopped", "not_booked", "booked", "courier_silent",
    "recalled", "delivery_contested",
)  # fmt: skip
"""States in which the office has to act by a day and nothing happens by itself."""

QUEUE_DAYS = 2
"""Days an application may stand in the queue of production, from which it moves by itself."""

NO_DEADLINE = date(9999, 12, 31)
"""Where applications without any deadline sort: last."""

_ONCE = text(
    "(id * (state = ANY (ARRAY['delivered', 'rejected', 'cancelled', 'expired', 'lost']))::integer)"
)
"""0 for what is open, so that there is one of a kind; its id for what is closed."""


class Application(CaseColumns, Base):
    """One application for a certificate.

    ``production_opens_on`` is the first day of production (Istanbul), computed with the policy row
    that began on ``window_from``; ``form_sha256`` names the frozen form and commitment;
    ``consent_id`` the e-onay under which its person chose or approved it, ``question_open`` says
    that it was returned and no officer has accepted the answer yet;
    ``certificate_id`` the certificate under way or produced; ``paper`` what was registered and
    accepted on paper: kinds, numbers and places of the documents, by whom and how; ``sendings``
    how often its card was handed to the courier; ``delivery`` how the card reached its holder: what
    was shown, who handed it over and when; ``data_asked_on`` the day on which its person was asked
    whether address and data still hold.

    For the lists, each of which is a walk of one index: ``old_ends_on`` is the end of the old
    certificate and ``applicant_key`` the person's ``sort_key`` as they stood when it was filed;
    ``deadline`` is the day by which something must happen: the timer that closes it, the day by
    which the office has to act or production must have begun, or the end of the old certificate,
    whichever comes first.
    ``holder_id`` is the user who took the case up where it stands (``assignee_id`` at
    ``assigned_version``); with the next move it is free again.
    """

    __tablename__ = "application"
    __table_args__ = (
        due_index("application"),
        # It also finds what a person has applied for at all.
        Index(
            "ix_application_open", "person_id", "kind", text("coalesce(old_certificate_id, 0)"),
            _ONCE, unique=True,
        ),
        Index(
            "ix_application_institution_id", "institution_id",
            postgresql_where=text("institution_id IS NOT NULL"),
        ),
        Index(
            "ix_application_old_certificate_id", "old_certificate_id",
            postgresql_where=text("old_certificate_id IS NOT NULL"),
        ),
        Index(
            "ix_application_consent_id", "consent_id",
            postgresql_where=text("consent_id IS NOT NULL"),
        ),
        Index(
            "ix_application_held", "production_opens_on", "id",
            postgresql_where=text("state = 'held'"),
        ),
        # Every move writes each of these anew. So there is one for each order of the lists, and a
        # list of all kinds walks those that occur.
        Index("ix_application_kind", "state", "kind", "deadline", "id"),
        Index("ix_application_kind_entered", "state", "kind", "entered_at", "id"),
        Index("ix_application_kind_applicant", "state", "kind", "applicant_key", "id"),
        Index(
            "ix_application_holder", "holder_id", "deadline", "id",
            postgresql_where=text("holder_id IS NOT NULL"),
        ),
        Index(
            "ix_application_tracking", "tracking_number", "id",
            postgresql_where=text("tracking_number IS NOT NULL"),
        ),
    )  # fmt: skip

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
    data_asked_on: Mapped[date | None]
    form_sha256: Mapped[str | None] = mapped_column(ForeignKey("document.sha256"))
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"))
    question_open: Mapped[bool] = mapped_column(server_default=false())
    delivery_address: Mapped[str | None] = mapped_column(Text)
    paper: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    tracking_number: Mapped[str | None] = mapped_column(Text)
    couriered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    sendings: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    delivery: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("office_user.id"))
    old_ends_on: Mapped[date | None]
    applicant_key: Mapped[str] = mapped_column(Text(collation="C"), server_default="")
    deadline: Mapped[date] = mapped_column(server_default=FetchedValue())
    assigned_version: Mapped[int | None]
    holder_id: Mapped[int | None] = mapped_column(
        BigInteger,
        Computed("CASE WHEN assigned_version = version THEN assignee_id END", persisted=True),
    )
