"""The consents (e-onay): standing approvals that later applications rest on."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column


class Consent(CaseColumns, Base):
    """One e-onay of one person for one version of the terms; at most one is in force.

    ``document_sha256`` names the bytes offered for signing, ``signature_id`` the accepted one.
    """

    __tablename__ = "consent"
    __table_args__ = (
        due_index("consent"),
        Index("ix_consent_person_id", "person_id"),
        Index(
            "ix_consent_in_force", "person_id", unique=True,
            postgresql_where=text("state = 'in_force'"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("consent")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    terms_version: Mapped[str | None] = mapped_column(ForeignKey("terms.version"))
    document_sha256: Mapped[str | None] = mapped_column(ForeignKey("document.sha256"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
