"""The evidence file: all that proves a case, checkable offline by other people's tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.desk.evidence.archive import pack
from handlers.desk.evidence.contents import contents
from handlers.desk.evidence.gather import gather
from handlers.kit.reads import record_read
from signing.validation.trust import Trust

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor

__all__ = ["Evidence", "export"]


@dataclass(frozen=True, slots=True)
class EvidenceArchive:
    """A finished evidence file: its bytes (ZIP), whose case it proves, how much is in it."""

    zip: bytes
    reference: str
    cases: int
    signatures: int
    entries: int


def export(engine: CaseEngine, actor: Actor, case_id: int, purpose: str) -> EvidenceArchive:
    """Put the evidence of a case together and keep who took it out and what for.

    Raises UnknownCase; the errors of the signing room when the anchors cannot be read. The same
    case at the same moment of the clock gives the same bytes.
    """
    now = engine.clock.now()
    found = gather(engine.database, engine.library, case_id)
    # Without a signature nothing is asked of the token, which may be away.
    trust = engine.services.trust() if found.signatures else Trust(anchors=())
    files = contents(found, trust, now, purpose)
    zipped = pack(files, now)
    record_read(engine, actor, f"evidence:{found.reference}", purpose, found.person.id)
    return EvidenceArchive(
        zipped,
        found.reference,
        len(found.cases),
        len(found.signatures),
        sum(len(case.entries) for case in found.cases),
    )
