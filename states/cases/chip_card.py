"""The physical cards: blank in a box of the stock, then on their way to a holder."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

UNUSED = ("new", "in_stock", "reserved", "spoilt", "to_be_destroyed", "destroyed", "lost")
"""States in which a card may have nothing personalised on it, or is just being put back."""


class ChipCard(CaseColumns, Base):
    """One chip card by its printed ``number``, the one at ``position`` (from 1) of its box.

    ``card_id`` names what was personalised on it and ``person_id`` for whom: both are empty while
    it lies in stock. What was personalised before there was a stock has no such row.
    """

    __tablename__ = "chip_card"
    __table_args__ = (
        due_index("chip_card"),
        CheckConstraint(f"card_id IS NOT NULL OR state IN {UNUSED}", name="used"),
        # What production takes next.
        Index(
            "ix_chip_card_blank", "box_id", "position",
            postgresql_where=text("state = 'in_stock'"),
        ),
        UniqueConstraint("box_id", "position"),
        Index(
            "ix_chip_card_spoilt", "state", "id",
            postgresql_where=text("state IN ('spoilt', 'to_be_destroyed')"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("card")
    number: Mapped[str] = mapped_column(Text, unique=True)
    box_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("card_box.id"))
    position: Mapped[int]
    card_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("card.id"), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
