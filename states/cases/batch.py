"""The batches: sets of cases that one officer moves together, rehearsed and then run."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Batch(Base):
    """One move wished for a fixed set of cases; the journal knows it as ``batch:<id>``.

    ``state`` is rehearsing, rehearsed, running, paused, stopped or done; ``why`` is the code of
    what stopped it when nobody did. ``actor``, ``role``, ``auth`` and ``person_id`` are the maker
    as known when it was made. ``judged`` counts the rehearsal; moved, refused and failed the run.
    """

    __tablename__ = "batch"
    __table_args__ = (
        Index("ix_batch_actor_id", "actor", "id"),
        Index(
            "ix_batch_open",
            "id",
            postgresql_where=text("state = ANY (ARRAY['rehearsing'::text, 'running'::text])"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    workflow: Mapped[str] = mapped_column(Text)
    trigger: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    auth: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    filter: Mapped[dict[str, object]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)
    total: Mapped[int]
    judged: Mapped[int] = mapped_column(server_default="0")
    moved: Mapped[int] = mapped_column(server_default="0")
    refused: Mapped[int] = mapped_column(server_default="0")
    failed: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @property
    def name(self) -> str:
        """The name under which the journal knows the batch."""
        return f"batch:{self.id}"

    @property
    def done(self) -> int:
        """How many of its cases the run has dealt with."""
        return self.moved + self.refused + self.failed


class BatchItem(Base):
    """One case of a batch with the version that was seen when the batch was made.

    ``rehearsed`` is ``moved`` or the code of the refusal that the rehearsal foretold. ``outcome``
    is moved, refused or failed, with ``code`` for the last two; None until the run came to it.
    """

    __tablename__ = "batch_item"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seen_version: Mapped[int]
    rehearsed: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
