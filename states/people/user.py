"""The users: people who sign in to the office, with their roles."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, false, text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from states.kit.base import Base

if TYPE_CHECKING:
    from collections.abc import Collection


OF_HUMANS = frozenset({"officer", "operator", "auditor", "administrator"})
"""Roles whose accounts belong to a human who is known."""


class User(Base):
    """One account; the actor name in the journal is ``user:<id>``.

    ``person_id`` ties the account to a human, so that nobody decides on a case of their own nor
    twice on another's; one human has one open account, and may have closed ones.
    ``subject`` is the ``sub`` claim of the sign-in service; ``institution_id`` is the top of the
    subtree that a coordinator sees. Who ``leads`` is the head of the desk of their role. The table
    is not called ``user``, a reserved word of SQL.
    """

    __tablename__ = "office_user"
    __table_args__ = (
        Index("ix_office_user_person", "person_id", unique=True, postgresql_where=text("active")),
        Index("ix_office_user_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    subject: Mapped[str | None] = mapped_column(Text, unique=True)
    active: Mapped[bool] = mapped_column(server_default=true())
    leads: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def untied(roles: Collection[str], person_id: int | None) -> bool:
    """Say whether an account would act for nobody known."""
    return person_id is None and not OF_HUMANS.isdisjoint(roles)
