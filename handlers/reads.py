"""Owns the record of reads: what is opened or taken out is kept with reader and purpose (KVKK)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from states.access import AccessEntry

if TYPE_CHECKING:
    from workflow.actor import Actor
    from workflow.engine import Office


def record_read(
    office: Office, actor: Actor, what: str, purpose: str, person_id: int | None = None
) -> None:
    """Keep who read what and what for; a read that can not be kept does not happen.

    ``person_id`` is whom it concerns, None for an export of the journal.
    """
    with office.database.begin() as connection:
        connection.execute(
            insert(AccessEntry).values(
                at=office.clock.now(),
                actor=actor.name,
                person_id=person_id,
                what=what,
                purpose=purpose,
            )
        )
