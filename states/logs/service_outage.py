"""What waits for the world outside: what failed, since when, why, and when it goes again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class OutsideWait(Base):
    """One thing that failed at its last try; removed when it succeeds.

    ``key`` is that of the effect (case/n/name), ``signature/id`` or ``chore/name``; ``party`` is
    whom it goes to, ``code`` the kind of the last error, never its words. Those of an effect count
    only while its job (``job_id``) waits in the queue.
    """

    __tablename__ = "outside_wait"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    party: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    case_id: Mapped[int | None] = mapped_column(BigInteger)
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    tries: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    next_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
