"""A card that was handed to the courier, as the letter of the day comes to know of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert

from handlers.applications.institution_letter import note
from handlers.papers import letters
from states.cases.application import Application
from states.papers.document import Document
from states.papers.letter_line import LetterLine

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

HANDED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def hand_over(
    world: World, case: int, handed_at: datetime = HANDED, institution_id: int | None = None
) -> str:
    """Note a card that was handed over; return the verification code of its form."""
    application = world.read(Application, case)
    code, number = letters.new_verification_code(), len(world.all(LetterLine)) + 1
    form = letters.Made(letters.HAND_OVER, code, handed_at, code.encode())
    key = f"{case}/{number}/record.hand_over/hand_over"
    with world.engine.database.begin() as connection:
        connection.execute(insert(Document).values({**form.row(), "made_by": key}))
    row = {
        **vars(application),
        "institution_id": institution_id or application.institution_id,
        "tracking_number": f"TEST{number:05}",
        "couriered_at": handed_at,
    }
    note(world.engine.database, row, key)
    return code
