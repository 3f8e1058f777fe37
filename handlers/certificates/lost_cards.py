"""Which cards count as lost here: those whose loss was approved, whoever made them.

What was made here is revoked by that approval. What another house made stays in force until that
house revokes it, but nobody signs with it here any more: whoever has found the card could.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from handlers.kit.moves import APPROVED
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.logs.journal import JournalEntry

KIND = "lost"


def told() -> ColumnElement[bool]:
    """Return the condition for certificates whose loss was approved, seen or only typed."""
    return exists().where(
        Application.old_certificate_id == Certificate.id,
        Application.kind == KIND,
        JournalEntry.case_id == Application.id,
        JournalEntry.trigger.in_(APPROVED),
    )
