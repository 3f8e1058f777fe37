"""The parcels: one for each sending of a card, from its booking to its end."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

OPEN_STATES = ("booked", "handed_over")
"""States in which a parcel is in the house or with the courier; in all others it has ended."""

_ONCE = text("(id * (state <> ALL (ARRAY['booked', 'handed_over']))::integer)")
"""0 for what is open, so that an application has one; its id for what has ended."""


class Parcel(CaseColumns, Base):
    """One sending of one card; a card that is sent again is another parcel.

    ``chip_card_id`` is the card in it, None where that is of no stock; ``tracking_number`` is the
    courier's; ``handover_id`` the list on which the parcel was scanned
    out of the house, None where the software of a demo handed it over; ``attempts`` how often the
    courier stood before a closed door. ``wish`` is what its holder asked for after the attempt of
    number ``wish_attempt``: another address (that of the application), or to keep it there.
    """

    __tablename__ = "parcel"
    __table_args__ = (
        due_index("parcel"),
        CheckConstraint("wish in ('address', 'keep')", name="wish"),
        Index("ix_parcel_application_id", "application_id", _ONCE, unique=True),
        Index(
            "ix_parcel_handover_id", "handover_id",
            postgresql_where=text("handover_id IS NOT NULL"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = reference_column("parcel")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    application_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("application.id"))
    chip_card_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("chip_card.id"))
    tracking_number: Mapped[str] = mapped_column(Text, unique=True)
    handover_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("handover.id"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    wish: Mapped[str | None] = mapped_column(Text)
    wish_attempt: Mapped[int | None]
