"""The boxes of blank cards: received by one person, counted by another, used up."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

MOST_CARDS = 1000
"""How many cards a box may hold."""


class CardBox(CaseColumns, Base):
    """One box as its maker filled it; the cards get rows of their own once they are counted.

    ``name`` is what is printed on the box, ``maker`` who made the cards, ``numbers`` the printed
    numbers of all its cards in the order in which they lie, ``first_number`` and ``quantity`` the
    first of them and how many they are. ``person_id`` is empty: a box is about nobody.
    """

    __tablename__ = "card_box"
    __table_args__ = (
        due_index("card_box"),
        CheckConstraint(f"quantity BETWEEN 1 AND {MOST_CARDS}", name="quantity"),
        CheckConstraint("cardinality(numbers) = quantity", name="numbers"),
        # A box that went back may come again under the name that is printed on it.
        Index(
            "uq_card_box_name", "name", unique=True, postgresql_where=text("state <> 'sent_back'")
        ),
    )

    reference: Mapped[str] = reference_column("box")
    name: Mapped[str] = mapped_column(Text)
    maker: Mapped[str] = mapped_column(Text)
    first_number: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    numbers: Mapped[list[str]] = mapped_column(ARRAY(Text))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
