"""The record of reads: what is opened or taken out is kept with reader and purpose (KVKK)."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class DataAccess:
    """What of a person's data is read, and what for."""

    what: str
    purpose: str


def record_read(
    engine: CaseEngine, actor: Actor, what: str, purpose: str, person_id: int | None = None
) -> None:
    """Keep who read what and what for; a read that cannot be kept does not happen.

    ``person_id`` is whom it concerns, None for an export of the journal.
    """
    with engine.database.begin() as connection:
        record_reads(connection, actor, engine.clock.now(), DataAccess(what, purpose), [person_id])


def record_reads(
    connection: Connection,
    actor: Actor,
    now: datetime,
    access: DataAccess,
    persons: Sequence[int | None],
) -> None:
    """Keep that somebody read the same of some persons, for the same purpose."""
    line = {
        "at": now,
        "actor": actor.name,
        "what": access.what,
        "purpose": mask_all(access.purpose),
    }
    rows = [line | {"person_id": one} for one in persons]
    if rows:
        connection.execute(insert(AccessEntry), rows)
