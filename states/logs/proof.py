"""The proofs of the journal: who asked for one, how far it has come, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base

WAITING, CHAINS, MOVES, DONE = "waiting", "chains", "moves", "done"
"""The stages of a proof: not begun, recomputing hashes, judging the moves, finished."""


class Proof(Base):
    """One verification of the whole journal; at most one is open at a time.

    ``total`` and ``done`` count entries, ``cases`` the cases they belong to. ``problems`` are the
    first broken entries and rows (``case``, ``n``, ``kind``, ``text``, ``row``) of ``found``;
    ``differences`` the moves that no definition allows and the rows that are not as entries say,
    by reason (``reason``, ``count``, ``samples``); ``pinned`` how many cases each definition had,
    by its hash, at that moment; ``recomputed`` of how many rows of each table the stored SHA-256
    was recomputed. Proofs of before tell no row and nothing recomputed.
    """

    __tablename__ = "proof"
    __table_args__ = (
        CheckConstraint("stage in ('waiting', 'chains', 'moves', 'done')", name="stage"),
        CheckConstraint("(finished_at IS NULL) = (stage <> 'done')", name="finished"),
        Index(
            "ix_proof_open", text("(finished_at IS NULL)"), unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    asked_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    stage: Mapped[str] = mapped_column(Text)
    total: Mapped[int] = mapped_column(BigInteger, server_default="0")
    done: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cases: Mapped[int] = mapped_column(BigInteger, server_default="0")
    found: Mapped[int] = mapped_column(BigInteger, server_default="0")
    problems: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb")
    )
    differences: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, server_default=text("'[]'::jsonb")
    )
    pinned: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    recomputed: Mapped[dict[str, int]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
