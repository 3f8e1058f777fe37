"""The figures of the overview, as they were when they were last counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class StoredFigure(Base):
    """One figure: the rows of its table, as JSON objects, and the moment they were counted."""

    __tablename__ = "figure"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    rows: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
