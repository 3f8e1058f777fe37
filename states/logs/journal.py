"""The log: the append-only journal, the refused attempts and the published definitions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class PublishedDefinition(Base):
    """A workflow definition as published: canonical JSON named by its SHA-256, never changed."""

    __tablename__ = "definition"

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    workflow: Mapped[str] = mapped_column(Text)
    canonical: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class JournalEntry(Base):
    """One move of one case, exactly as it was hashed (``body``), with columns to search by.

    ``hash`` is SHA-256 over ``prev`` (32 bytes; zeros for the first entry) and the UTF-8 bytes of
    ``body``. ``xid`` lets a later sealer lift entries in an order in which none can appear behind
    its back.
    """

    __tablename__ = "journal"
    __table_args__ = (
        # Entries lie in the order of their moments: a summary of pages finds a span of them, and a
        # page of the newest walks the transitions that occur.
        Index(
            "ix_journal_at", "at", postgresql_using="brin",
            postgresql_with={"autosummarize": "on"},
        ),
        Index("ix_journal_actor", "actor", "trigger", "at", "case_id", "n"),
        Index("ix_journal_trigger", "workflow", "trigger", "at", "case_id", "n"),
        Index(
            "ix_journal_batch", "batch", "at", "case_id", "n",
            postgresql_where=text("batch IS NOT NULL"),
        ),
    )  # fmt: skip

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    workflow: Mapped[str] = mapped_column(Text)
    trigger: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    batch: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    xid: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint")
    )


class RefusedAttempt(Base):
    """A move that somebody asked for and did not get, with the reason."""

    __tablename__ = "refused_attempt"
    __table_args__ = (
        Index("ix_refused_attempt_case_id", "case_id"),
        Index("ix_refused_attempt_at", "at", "id"),
        Index("ix_refused_attempt_actor", "actor", "at", "id"),
        Index("ix_refused_attempt_trigger", "workflow", "trigger", "at", "id"),
        Index(
            "ix_refused_attempt_batch", "batch", "at", "id",
            postgresql_where=text("batch IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    workflow: Mapped[str] = mapped_column(Text)
    trigger: Mapped[str] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, object]] = mapped_column(JSONB)
    batch: Mapped[str | None] = mapped_column(Text)


class SweepRun(Base):
    """A sweep or batch under way or done: what it was as of, how far it came, what it counted."""

    __tablename__ = "sweep_run"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    as_of: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    moved: Mapped[int] = mapped_column(server_default="0")
    refused: Mapped[int] = mapped_column(server_default="0")
    counts: Mapped[dict[str, object]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
