"""The sign-ins with the card: a challenge, and the browser that waits for its signature."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from states.cases.case import CaseColumns, due_index
from states.kit.base import Base
from states.kit.reference import reference_column

_LIVE = text("state IN ('issued', 'claimed')")
_OPEN = text("state IN ('issued', 'claimed', 'signed')")


class SignIn(CaseColumns, Base):
    """One try to sign in with a card; strangers may begin one, so the row is small.

    The text to be signed is not kept: it is drawn from ``origin`` (the address that the browser
    asked), ``nonce`` (128 random bits, hex) and ``created_at``. Only keyed hashes (32 bytes) of the
    15 digits, of the secret handed out on the claim and of the browser's token are kept.
    ``person_id`` is empty until the signature is in, and stays empty for a stranger.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        due_index("sign_in"),
        Index("ix_sign_in_live", "code_hash", unique=True, postgresql_where=_LIVE),
        Index("ix_sign_in_secret_hash", "secret_hash", unique=True),
        Index("ix_sign_in_session_hash", "session_hash", postgresql_where=_OPEN),
    )

    reference: Mapped[str] = reference_column("sign_in")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    origin: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    session_hash: Mapped[bytes] = mapped_column(LargeBinary)
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    wrong_tries: Mapped[int] = mapped_column(server_default="0")
