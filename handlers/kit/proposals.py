"""Who proposed a case that a second person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit import entitlement
from states.logs.journal import JournalEntry

if TYPE_CHECKING:
    from sqlalchemy import Connection


def proposer_of(connection: Connection, case_id: int) -> str | None:
    """Return the key of who made the move ``propose`` of a case."""
    proposed = select(JournalEntry.actor).where(
        JournalEntry.case_id == case_id, JournalEntry.trigger == "propose"
    )
    return connection.scalar(proposed)


def proposer_left(connection: Connection, case_id: int, role: str) -> bool:
    """Say whether a person proposed the case who does not hold the role any more."""
    actor = proposer_of(connection, case_id)
    if actor is None or actor.startswith("system:"):
        return False
    return entitlement.why_not(connection, actor, role) is not None
