"""Who leads a desk: an account of its role that two administrators have made its head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from states.people.user import User

if TYPE_CHECKING:
    from sqlalchemy import Connection


def leads(connection: Connection, account: int, role: str) -> bool:
    """Say whether an open account of a role is the head of its desk."""
    query = select(User.id).where(
        User.id == account, User.active, User.leads, User.roles.contains([role])
    )
    return connection.scalar(query) is not None
