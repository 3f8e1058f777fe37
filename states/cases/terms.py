"""The versions of the e-onay text; the newest one is the current one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Computed, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base


class Terms(Base):
    """One version of what a person agrees to when giving an e-onay; never changed.

    ``version`` names the template that the consent document is drawn up from and the form that
    the consent is given for (``EO.01/02 (BF.01/02)``);
    ``form_version`` is that of the form; ``text`` is the declaration shown on the
    page; ``valid_from`` when it came into force.
    """

    __tablename__ = "terms"

    version: Mapped[str] = mapped_column(Text, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(DateTime(timezone=True), unique=True)
    form_version: Mapped[str | None] = mapped_column(
        Text, Computed("substring(version from '[(](.*)[)]')", persisted=True)
    )
