"""The requests to be known here: of somebody on no staff list, and what came of each."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column


class Registration(CaseColumns, Base):
    """One request; what it says of somebody stands here only until it is decided.

    ``person_id`` is whom it became, once it was accepted. Of one that was not, ``tckn_hash`` stays:
    by it whoever comes back is told why. ``institution_id`` is where they say that they work.
    """

    __tablename__ = "registration"
    __table_args__ = (
        due_index("registration"),
        Index("ix_registration_tckn_hash", "tckn_hash", "id"),
        Index(
            "ix_registration_open", "tckn_hash", unique=True,
            postgresql_where=text("state = 'requested'"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("registration")
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    institution_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("institution.id"))
    tckn_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    tckn_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    tckn_masked: Mapped[str | None] = mapped_column(Text)
    given_name: Mapped[str | None] = mapped_column(Text)
    surname: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
