"""The verification codes: the thread from a browser page to the signing program."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

_LIVE = text("state IN ('issued', 'claimed')")


class Code(CaseColumns, Base):
    """One code for one person, one purpose and one document, for 300 seconds.

    Only keyed hashes (32 bytes) of the 15 digits, of the secret handed out on the claim and of
    the browser session are kept. ``digest`` is the document's SHA-256 (hex); ``target_workflow``
    and ``target_case_id`` name the case that the signature is for.
    """

    __tablename__ = "code"
    __table_args__ = (
        due_index("code"),
        Index("ix_code_live", "code_hash", unique=True, postgresql_where=_LIVE),
        Index("ix_code_person_id", "person_id", postgresql_where=_LIVE),
        Index("ix_code_pin", "target_case_id", postgresql_where=text("purpose = 'pin'")),
    )

    reference: Mapped[str] = reference_column("code")
    purpose: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    target_workflow: Mapped[str] = mapped_column(Text)
    target_case_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(ForeignKey("document.sha256"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    session_hash: Mapped[bytes] = mapped_column(LargeBinary)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    wrong_tries: Mapped[int] = mapped_column(server_default="0")
