"""Whether somebody still is who they were when they asked for what happens later.

Whatever keeps a role to act with afterwards (a batch, a proposal that waits for its approval) asks
here in the moment in which the role is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from states.people.user import User
from workflow.running.batch import ACCOUNT_CLOSED, ROLE_LOST

if TYPE_CHECKING:
    from sqlalchemy import Connection


def why_not(connection: Connection, actor: str, role: str) -> str | None:
    """Return why an actor (``user:3``) may not act in a role now, None when they may.

    ``account_closed`` when no open account stands behind the name, ``role_lost`` when the account
    does not hold this one role, which is what a session of it is held to as well.
    """
    sort, _, number = actor.partition(":")
    if sort != "user" or not (number.isascii() and number.isdecimal()):
        return ACCOUNT_CLOSED
    found = connection.execute(
        select(User.active, User.roles).where(User.id == int(number))
    ).one_or_none()
    if found is None or not found.active:
        return ACCOUNT_CLOSED
    return None if found.roles == [role] else ROLE_LOST
