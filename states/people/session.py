"""Who is and was signed in: sessions, the log of sign-ins, and the counts of tries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class WebSession(Base):
    """One session of one browser.

    ``key`` is the SHA-256 of the random id in the cookie, so that who reads the table cannot
    take a session over; ``sealed`` is what the session keeps (messages, the form token, a shown
    code) as JSON, encrypted under a key that is made of that id. ``actor`` is None before sign-in,
    ``why`` says how a session ended: ``left``, ``everywhere``, ``singly``, ``idle``, ``too_old``,
    ``replaced``, ``rights_changed``, ``by_administrator`` or ``restored`` (from a backup).
    """

    __tablename__ = "web_session"
    __table_args__ = (
        CheckConstraint("(ended IS NULL) = (why IS NULL)", name="ended"),
        CheckConstraint("(actor IS NULL) = (role IS NULL)", name="actor"),
        Index(
            "ix_web_session_open", "actor",
            postgresql_where=text("ended IS NULL AND actor IS NOT NULL"),
        ),
        Index("ix_web_session_seen", "seen"),
    )  # fmt: skip

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    actor: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(Text)
    auth: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("office_user.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str | None] = mapped_column(Text)
    began: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    why: Mapped[str | None] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class SignInEntry(Base):
    """One sign-in, refused sign-in or end of a session; append-only like the journal.

    ``method`` is how (``demo``, ``oidc``, ``card``). ``outcome`` is ``signed_in``, ``refused``, the
    ``why`` of a session's end, or ``ended_sessions_of user:<id>`` of an administrator. ``source``
    is a short keyed hash of the address it came from, ``session`` the first eight bytes of the
    session's key, both in hex.
    """

    __tablename__ = "sign_in_log"
    __table_args__ = (
        Index("ix_sign_in_log_at", "at", "id"),
        Index("ix_sign_in_log_actor_at", "actor", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    session: Mapped[str | None] = mapped_column(Text)


class TryCount(Base):
    """How often one address has tried one thing in the present stretch of time.

    ``key`` is a hash of what is counted (route and address); ``ends`` when the count begins anew.
    """

    __tablename__ = "try_count"
    __table_args__ = (Index("ix_try_count_ends", "ends"),)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    tries: Mapped[int]
    ends: Mapped[datetime] = mapped_column(DateTime(timezone=True))
