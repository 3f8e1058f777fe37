"""Owns the record of reads: a document is opened for a purpose, and that is kept (KVKK)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from states.access import AccessEntry
from web.composition import composed

if TYPE_CHECKING:
    from workflow.actor import Actor

PURPOSES = {
    "review": "Başvurunun incelenmesi",
    "objection": "İtiraz veya şikâyet",
    "audit": "Denetim",
}
"""What a document may be opened for; the reader chooses one."""


def record_read(actor: Actor, person_id: int, what: str, purpose: str) -> None:
    """Keep who read what about whom and what for; a read that can not be kept does not happen."""
    house = composed()
    with house.database.begin() as connection:
        connection.execute(
            insert(AccessEntry).values(
                at=house.clock.now(),
                actor=actor.name,
                person_id=person_id,
                what=what,
                purpose=purpose,
            )
        )
