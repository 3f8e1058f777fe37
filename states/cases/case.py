"""The columns that make a row a case: written by the engine and by nothing else."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - Mapped[...] is read when the table is made

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from states.kit.base import CASE_ID

ENGINE_COLUMNS = frozenset(
    {"id", "definition", "state", "version", "head", "due_at", "entered_at", "created_at"}
)
"""Columns that only the engine writes."""


class CaseColumns:
    """Mix-in of a case table: where the case stands and the head of its journal chain.

    ``version`` is the number of the newest journal entry; ``head`` its hash (32 bytes);
    ``due_at`` when the state's timer rings; all moments in UTC.
    """

    id: Mapped[int] = mapped_column(
        BigInteger, CASE_ID, primary_key=True, server_default=CASE_ID.next_value()
    )
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    head: Mapped[bytes] = mapped_column(LargeBinary)
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    entered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @declared_attr
    @classmethod
    def definition(cls) -> Mapped[str]:
        """Name the published definition that the case is pinned to by its SHA-256 (hex)."""
        return mapped_column(ForeignKey("definition.sha256"))


def due_index(table: str) -> Index:
    """Return the partial index that lets a sweep's work grow with what is due."""
    return Index(
        f"ix_{table}_due", "state", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")
    )
