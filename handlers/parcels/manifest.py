"""The list of a hand-over as a document: made once it is closed, sealed, kept with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from handlers.parcels.drawing import ManifestHead, make_manifest
from handlers.parcels.finding import parcels_on
from states.papers.document import Document
from workflow.model.registry import effect

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import EffectContext

KIND = "courier_manifest"


@effect()
def draw(context: EffectContext) -> None:
    """Draw the list of a hand-over that was closed; a repetition finds it made."""
    case_id, key = rows.number(context.case, "id"), f"{context.key}/{KIND}"
    with context.database.connect() as connection:
        if find_manifest(connection, case_id) is not None:
            return
        listed = parcels_on(connection, case_id)
    reference, closed_at = (
        rows.text(context.case, "reference"),
        rows.moment(context.case, "entered_at"),
    )
    head = ManifestHead(reference, closed_at)
    made = make_manifest(context.services, head, [parcel.printed for parcel in listed])
    row = {**made.row(), "person_id": None, "case_id": case_id, "made_by": key}
    keeping = insert(Document).values(row)
    with context.database.begin() as connection:
        connection.execute(keeping.on_conflict_do_nothing(index_elements=["made_by"]))


def find_manifest(connection: Connection, handover_id: int) -> Document | None:
    """Return the document of a hand-over list; None until it is made."""
    query = select(Document.sha256).where(Document.case_id == handover_id, Document.kind == KIND)
    return rows.find(connection, Document, connection.scalar(query))
