"""The record of reads: what is opened or taken out is kept with reader and purpose (KVKK)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from states.logs.access import AccessEntry
from states.people.tckn import mask_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor


def record_read(
    engine: CaseEngine, actor: Actor, what: str, purpose: str, person_id: int | None = None
) -> None:
    """Keep who read what and what for; a read that cannot be kept does not happen.

    ``person_id`` is whom it concerns, None for an export of the journal.
    """
    with engine.database.begin() as connection:
        record_reads(connection, actor, engine.clock.now(), (what, purpose), [person_id])


def record_reads(
    connection: Connection,
    actor: Actor,
    now: datetime,
    read: tuple[str, str],
    persons: Sequence[int | None],
) -> None:
    """Keep that somebody read the same of some persons: what, and what for."""
    what, purpose = read[0], mask_all(read[1])
    rows = [
        {"at": now, "actor": actor.name, "person_id": one, "what": what, "purpose": purpose}
        for one in persons
    ]
    if rows:
        connection.execute(insert(AccessEntry), rows)
