"""The uploads of staff lists: lists that a coordinator handed in, and their rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class StaffUpload(Base):
    """One list; the logs know it as ``list:<sha256>``.

    ``state`` is rehearsing, rehearsed, running, paused, stopped or done; ``why`` is the code of
    what stopped it when nobody did. ``actor``, ``auth`` and ``person_id`` are who uploaded it,
    ``within`` the path of the institution that this account answered for then. The counts are
    those of the run.
    """

    __tablename__ = "staff_upload"
    __table_args__ = (
        Index("ix_staff_upload_actor_id", "actor", "id"),
        Index(
            "ix_staff_upload_open",
            "id",
            postgresql_where=text("state = ANY (ARRAY['rehearsing'::text, 'running'::text])"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    actor: Mapped[str] = mapped_column(Text)
    auth: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    within: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    file_renewals: Mapped[bool]
    state: Mapped[str] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(server_default="0")
    persons: Mapped[int] = mapped_column(server_default="0")
    known_persons: Mapped[int] = mapped_column(server_default="0")
    certificates: Mapped[int] = mapped_column(server_default="0")
    known_certificates: Mapped[int] = mapped_column(server_default="0")
    renewals: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def source(self) -> str:
        """The name under which the logs know the list."""
        return f"list:{self.sha256}"


class StaffUploadRow(Base):
    """One row of a list; ``content`` is sealed and goes when the list has come to its end.

    ``outcome`` is entered or rejected, None until the run came to it; ``reason`` is why it was, or
    by the rehearsal would be, rejected, ``left_out`` what was not taken of a row that was entered.
    """

    __tablename__ = "staff_upload_row"
    __table_args__ = (Index("ix_staff_upload_row_number", "upload_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("staff_upload.id"))
    number: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    left_out: Mapped[str | None] = mapped_column(Text)
