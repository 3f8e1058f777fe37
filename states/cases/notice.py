"""The outbox: what is told to whom, once for each move that tells it, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class NoticeState(StrEnum):
    """How far a message has come; docs/post.md tells its life."""

    WRITTEN = "written"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    GIVEN_UP = "given_up"
    NOT_SENT = "not_sent"


class TryOutcome(StrEnum):
    """What one try, or one answer that came later, has told of a message."""

    TAKEN = "taken"
    TRY_LATER = "try_later"
    REFUSED = "refused"
    """The message is not taken, by whatever address."""
    BAD_ADDRESS = "bad_address"
    """Nobody is reached at the address: no carrier knows it, or it came back."""
    NO_ADDRESS = "no_address"
    WITHHELD = "withheld"
    """Its reader has died, or nothing is left of the message."""
    DELIVERED = "delivered"
    DELAYED = "delayed"


AT_ONCE = 0
"""The lane of what somebody has just done or must know at once; it goes first."""

IN_TURN = 1
"""The lane of what the house tells many, such as a cohort whose cards are made."""


class Notice(Base):
    """One message on one channel; ``key`` (case/n/name) makes a repeated effect write it once.

    ``due_at`` is when it is to be tried next, while it is ``written``. The address is read when
    the message is handed over and is not kept here; ``to_sealed`` is that of a message that goes
    elsewhere (`handlers.post.elsewhere`), until it has gone.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person_id", "person_id"),
        Index("ix_notice_case_id", "case_id"),
        Index(
            "ix_notice_to_send", "channel", "lane", "due_at", "id",
            postgresql_where=text("state = 'written'"),
        ),
        Index("ix_notice_bounced", "id", postgresql_where=text("state = 'bounced'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    case_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    template: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=NoticeState.WRITTEN)
    channel: Mapped[str] = mapped_column(Text, server_default="email")
    lane: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    due_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default="2000-01-01 00:00:00+00"
    )
    to_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int | None]
    """By which revision of its text it was written; older messages do not tell."""
    language: Mapped[str] = mapped_column(Text, server_default="tr")
    """The language of its subject and of the first part of its text."""


class NoticeTry(Base):
    """One try to hand a message over, or one answer that came later; append-only.

    ``words`` are those of the other side, without addresses and identity numbers; ``to_mark`` is
    the keyed mark of the address (`handlers.post.keyed`), "" where there was none.
    """

    __tablename__ = "notice_try"
    __table_args__ = (Index("ix_notice_try_at", "channel", "at"),)

    notice_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("notice.id"), primary_key=True, autoincrement=False
    )
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    channel: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    to_mark: Mapped[str] = mapped_column(Text)
