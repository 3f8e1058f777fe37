"""The persons: who applies for and holds certificates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base

IN_OFFICE = "in_office"
DEAD = "dead"
"""Two of the standings; only whoever is in office applies and is given a card."""

LANGUAGES = ("tr", "en")
"""The languages in which a person can be told."""

USUAL, BY_SMS, BY_BOTH = "usual", "sms", "both"
TOLD_BY = (USUAL, BY_SMS, BY_BOTH)
"""How a person can be told: as the office has it, by SMS, or by both."""

# The key is made letter by letter, so as many of its words are the surname as the surname has.
_GIVEN_FIRST = """
    btrim(regexp_replace(
        sort_key,
        '^((?:[^ ]+ ){' || cardinality(string_to_array(surname, ' ')) || '})(.*)$',
        '\\2 \\1'))
"""


class Person(Base):
    """One person; the TCKN rests only sealed, as a keyed hash (unique) and masked.

    ``sort_key`` orders surname and given name by the Turkish alphabet, ``given_key`` the given name
    first, for whoever looks a person up that way. Sealing and hashing are done by
    ``states/kit/vault.py`` with the purpose ``tckn``. ``erased_at`` says since when nothing but the
    id is left of a person whose time was over. ``standing`` says whether this person is in
    office, has left, is barred or dead; ``standing_since`` since which day, None for whoever
    always was in office. ``language`` and ``told_by`` are how they want to be told.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("language IN ('tr', 'en')", name="language"),
        CheckConstraint("told_by IN ('usual', 'sms', 'both')", name="told_by"),
        CheckConstraint("standing IN ('in_office', 'left', 'blocked', 'dead')", name="standing"),
        Index("ix_person_sort_key", "sort_key", "id"),
        Index("ix_person_given_key", "given_key", "id"),
        Index("ix_person_institution_id", "institution_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    given_name: Mapped[str] = mapped_column(Text)
    surname: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    given_key: Mapped[str] = mapped_column(
        Text(collation="C"), Computed(_GIVEN_FIRST, persisted=True)
    )
    tckn_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    tckn_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    tckn_masked: Mapped[str] = mapped_column(Text)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    address: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text, server_default="tr")
    told_by: Mapped[str] = mapped_column(Text, server_default=USUAL)
    standing: Mapped[str] = mapped_column(Text, server_default=IN_OFFICE)
    standing_since: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    erased_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def name(self) -> str:
        """Given name and surname as on the certificate."""
        return f"{self.given_name} {self.surname}"
