"""The document that proves another name: scanned, kept with its proposal, seen before approval.

What an identity register says of a name is the only ground for another one in a certificate, whose
subject is named as the register names them (EN 319 411-1, 6.2.2: evidence is recorded). The scan is
kept as those of applications are: told by its content, drawn by us, never changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit import rows
from handlers.papers import scans
from handlers.papers.scans import sightings
from states.cases.contact_change import ContactChange
from states.kit.invalid import Invalid
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine, Context
    from workflow.model.actor import Actor
    from workflow.model.verdict import Verdict


def keep(engine: CaseEngine, actor: Actor, case_id: int, content: bytes) -> int:
    """Keep a scan for a name that waits for its decision; return its id.

    Invalid for what is no scan, for a proposal that waits no longer, and for one's own name.
    """
    drawn = scans.drawn_scan(content, scans.NAME_PROOF)
    with engine.database.begin() as connection:
        query = select(ContactChange.state, ContactChange.field, ContactChange.person_id)
        row = connection.execute(
            query.where(ContactChange.id == case_id).with_for_update()
        ).one_or_none()
        if row is None or row.field != "name" or row.state != "proposed":
            raise Invalid("scan.decided")
        if actor.person_id is not None and row.person_id == actor.person_id:
            raise Invalid("scan.own_name")
        return scans.add(connection, actor, case_id, drawn, engine.clock.now())


def judge(context: Context) -> Verdict:
    """Allow the approval of a name whose document was scanned and looked at page by page.

    Of whoever has not opened the page yet only the scan is asked.
    """
    found = scans.of_case(context.connection, context.case_id)
    if not found:
        return deny("contact.scan_missing")
    if context.rehearsal:
        return ALLOW
    reader = sightings.ScanReader(context.actor.name, rows.number(context.case, "person_id"))
    unseen = sightings.unseen_pages(context.connection, reader, found)
    return deny("contact.page_unseen", pages=unseen) if unseen else ALLOW


def name_scans(context: Context) -> None:
    """Name the scans in the journal, by their hashes."""
    for scan in scans.of_case(context.connection, context.case_id):
        context.document(scan.sha256)
