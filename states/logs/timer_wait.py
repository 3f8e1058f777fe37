"""What the timer of a case waits for: the answer of its last ring that moved nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class TimerWait(Base):
    """Why a timer moved a case nowhere when it rang last (``at``), while the case stood in a state.

    ``code`` is what the transition ``trigger`` answered, ``tried`` what the others did (code by
    transition). One row a case, written over at each ring and of no meaning once the case has
    moved; that a timer waits is no refused attempt.
    """

    __tablename__ = "timer_wait"

    case_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    workflow: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    trigger: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    tried: Mapped[dict[str, object]] = mapped_column(JSONB)
