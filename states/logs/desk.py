"""What happens at the desk beside the states: who took a case up, notes, saved filters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base

CLAIMED, RELEASED, TAKEN_OVER = "claimed", "released", "taken_over"
ASSIGNED = "assigned"
NOTE, ADDRESS, RESEND = "note", "address", "resend"


class DeskEntry(Base):
    """One thing that somebody did at the desk and that moves no case; append-only.

    ``actor`` is the key of the journal (``user:3``), ``role`` the role it was done in; ``text`` are
    the words of a note, or what the others need to say (whom a case was taken over from
    or given to).
    """

    __tablename__ = "desk_entry"
    __table_args__ = (
        CheckConstraint(
            "what in ('claimed', 'released', 'taken_over', 'note', 'address', 'resend',"
            " 'assigned')",
            name="what",
        ),
        Index("ix_desk_entry_case_id", "case_id", "id"),
        Index("ix_desk_entry_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    workflow: Mapped[str] = mapped_column(Text)
    case_id: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)


class SavedFilter(Base):
    """A filter that a user has given a name; ``address`` is its query, ``face`` whose list it is.

    One that is ``shared`` is offered to everybody who has that list, and is its maker's to delete.

    Two names that differ by capitals only are one name (``sort_key``, Turkish).
    """

    __tablename__ = "saved_filter"
    __table_args__ = (Index("ix_saved_filter_name", "user_id", "face", "sort_key", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("office_user.id"))
    face: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    address: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
