"""The certificates: ours from the reserved serial on, others' from the day they are known."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    FetchedValue,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

LISTED = "suspended_at IS NOT NULL OR state = 'revoked'"
"""What stands on the revocation lists (SQL), where the certificate was made."""

STRUCK = "state = 'void' AND application_id IS NULL"
"""What an officer has struck (SQL): a record that a list brought. Ours have an application."""

HOLDS = ("journey", "holder", "office")
"""Whose hold a suspension is: of the way to its holder, the holder's own, or the office's."""


class Certificate(CaseColumns, Base):
    """One certificate; never published.

    ``serial`` is hex without leading zeros, small letters; ``ends_on`` is the last day (Istanbul)
    on which it is valid and ``ends_at`` its last moment, of one that is known by its day only the
    last second of that day; ``der`` and ``sha256`` (hex) are there for certificates we made or saw;
    ``activation_sha256`` names the text that the holder signs with the new card to make it usable,
    ``pin_sha256`` the one that the holder signs once its PIN is set; ``suspended_at`` says since
    when it is on hold, also once it was revoked or ended on hold, and ``suspended_by`` whose hold
    that is; ``revoked_at`` is never before the request (EN 319 411-1). ``activate_by`` is the last
    moment for the holder to activate a card that was delivered; ``replaces_id`` names the
    old certificate that is revoked once this one is activated. ``reminders_stopped_on`` is the day
    since which nobody is reminded of its end.

    ``seen`` says how it is known since ``seen_at``: ``made`` by us, shown by a ``signature`` or its
    ``bytes``, or told in writing by its ``authority`` (``seen_proof``: number and day of the
    letter). None is a certificate that was only typed: serial and end are stated, not known;
    ``stated_ends_on`` keeps the end that was typed once another has been seen. ``checked_at`` is
    when its authority last said that it is in force; ``chain`` keeps the certificates (DER) that
    stood beside it, by which its status is asked.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        due_index("certificate"),
        CheckConstraint("serial ~ '^[1-9a-f][0-9a-f]*$'", name="serial"),
        CheckConstraint("seen IN ('made', 'signature', 'bytes', 'authority')", name="seen"),
        CheckConstraint(f"suspended_by IN {HOLDS}", name="suspended_by"),
        # A number is free again once the record that bore it is struck; one of ours never is.
        Index(
            "uq_certificate_serial", "serial",
            text(f"(id * ({STRUCK})::integer)"), unique=True,
        ),
        Index("ix_certificate_person_id", "person_id"),
        Index("ix_certificate_ends_on", "ends_on", "id"),
        Index(
            "ix_certificate_end_asked", "end_asked_at", "id",
            postgresql_where=text("end_asked_at IS NOT NULL"),
        ),
        Index(
            "ix_certificate_activate_by", "activate_by", "id",
            postgresql_where=text("activate_by IS NOT NULL"),
        ),
        Index("ix_certificate_listed", "id", postgresql_where=text(LISTED)),
        Index(
            "ix_certificate_application_id", "application_id", unique=True,
            postgresql_where=text("state NOT IN ('void', 'revoked', 'expired')"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("certificate")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    application_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("application.id"))
    card_id: Mapped[int | None] = mapped_column(ForeignKey("card.id"), unique=True)
    serial: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(Text)
    not_before: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    not_after: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ends_on: Mapped[date | None]
    ends_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), FetchedValue())
    der: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[str | None] = mapped_column(Text, unique=True)
    activation_sha256: Mapped[str | None] = mapped_column(ForeignKey("document.sha256"))
    pin_sha256: Mapped[str | None] = mapped_column(ForeignKey("document.sha256"))
    suspended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    suspended_by: Mapped[str | None] = mapped_column(Text)
    activate_by: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    end_asked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    activation_opens_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reminders_stopped_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revocation_reason: Mapped[str | None] = mapped_column(Text)
    replaces_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("certificate.id"))
    seen: Mapped[str | None] = mapped_column(Text)
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    seen_proof: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    stated_ends_on: Mapped[date | None]
    checked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    chain: Mapped[list[bytes] | None] = mapped_column(ARRAY(LargeBinary))
