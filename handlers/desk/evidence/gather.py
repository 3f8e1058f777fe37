"""Reading what proves a case: its journal, its definition, signatures, lists of that time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from handlers.certificates import revocation
from handlers.certificates.foreign import MADE
from handlers.consents.underlying_consent import consent_of
from handlers.kit import rows
from handlers.papers import letters
from signing.cms import levels, pades
from signing.errors import ContainerUnusable, DocumentUnusable
from states.cases.certificate import Certificate
from states.kit.reference import MAX_ID, reference
from states.logs.journal import JournalEntry
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from states.papers.scan import Scan
from states.papers.signature import Signature
from states.people.person import Person
from states.tables import METADATA
from workflow.engine.cases import workflow_of
from workflow.model.entry import parsed
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Engine

    from workflow.engine.library import Library
    from workflow.model.definition import Definition


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a container: as it was accepted with the lists of that time, or lifted later.

    ``report`` is how a later form was judged when it was made.
    """

    container: bytes
    lists: tuple[bytes, ...] = ()
    report: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class AcceptedSignature:
    """One accepted signature: what was signed, and its container in all its forms."""

    signature: Signature
    document: Document
    forms: tuple[Form, ...]

    @property
    def file(self) -> str:
        """The name of the document in its folder."""
        return f"belge{ending(self.document)}"

    @property
    def containers(self) -> tuple[bytes, ...]:
        """The container in all its forms, the accepted one first."""
        return tuple(form.container for form in self.forms)

    @property
    def content(self) -> bytes:
        """The bytes that the container covers."""
        return letters.signable(self.document)

    @property
    def is_split(self) -> bool:
        """Say whether the document has a gap for its container: it is a PDF made ready."""
        return self.content != self.document.content

    @property
    def signed_pdf(self) -> bytes | None:
        """The PDF with its newest container that fits into it, no more than time-stamped.

        What it needs for its validation lies beside it, taken apart.
        """
        for container in reversed(self.containers):
            try:
                return pades.embed(self.document.content, levels.as_stamped(container))
            except (ContainerUnusable, DocumentUnusable):
                continue
        return None


def ending(document: Document) -> str:
    """Return how the name of a document's file ends."""
    return ".pdf" if document.media_type == letters.PDF_TYPE else ".txt"


@dataclass(frozen=True, slots=True)
class GatheredCase:
    """One case with its whole chain, its pinned definition, signatures and scans."""

    id: int
    definition: Definition
    row: Mapping[str, Any]
    entries: tuple[JournalEntry, ...]
    signatures: tuple[AcceptedSignature, ...]
    documents: tuple[Document, ...]
    scans: tuple[Scan, ...]

    @property
    def reference(self) -> str:
        """What people quote."""
        return reference(self.definition.name, self.id)


@dataclass(frozen=True, slots=True)
class GatheredEvidence:
    """The case that was asked for, first, and the cases that it rests on."""

    cases: tuple[GatheredCase, ...]
    person: Person

    @property
    def reference(self) -> str:
        """The reference of the case that was asked for."""
        return self.cases[0].reference

    @property
    def signatures(self) -> tuple[AcceptedSignature, ...]:
        """All signatures in the order of the cases."""
        return tuple(signed for case in self.cases for signed in case.signatures)


def gather(database: Engine, library: Library, case_id: int) -> GatheredEvidence:
    """Read a case and what it rests on as of one moment; UnknownCase when there is none."""
    if not 0 < case_id <= MAX_ID:
        raise UnknownCase(case=case_id)
    with database.connect() as connection:
        snapshot = connection.execution_options(isolation_level="REPEATABLE READ")
        case = _case(snapshot, library, case_id)
        others = [_case(snapshot, library, other) for other in _rests_on(snapshot, case)]
        subject = case.row[case.definition.subject]
        if subject is None:  # a stranger's sign-in is about nobody
            raise UnknownCase(case=case_id)
        person = rows.fetch(snapshot, Person, subject)
    return GatheredEvidence((case, *others), person)


def _case(connection: Connection, library: Library, case_id: int) -> GatheredCase:
    workflow, sha256 = workflow_of(connection, library.current, case_id)
    table = METADATA.tables[library.current[workflow].table]
    row = connection.execute(select(table).where(table.c.id == case_id)).mappings().one()
    with Session(connection, expire_on_commit=False) as session:
        entries = select(JournalEntry).where(JournalEntry.case_id == case_id)
        signatures = select(Signature).where(Signature.case_id == case_id)
        chain = tuple(session.scalars(entries.order_by(JournalEntry.n)))
        kept = tuple(session.scalars(signatures.order_by(Signature.id)))
        documents = select(Document).where(Document.sha256.in_(named_documents(chain)))
        named = tuple(session.scalars(documents.order_by(Document.sha256)))
        scans = tuple(session.scalars(select(Scan).where(Scan.case_id == case_id)))
    signed = tuple(_signed(connection, signature) for signature in kept)
    return GatheredCase(case_id, library.published(sha256), dict(row), chain, signed, named, scans)


def named_documents(entries: Iterable[JournalEntry]) -> list[str]:
    """Return the SHA-256 of what entries rest on; an entry that is no longer one names nothing."""
    lists = [parsed(entry.body).get("documents") for entry in entries]
    return [str(sha256) for named in lists if isinstance(named, list) for sha256 in named]


def _signed(connection: Connection, signature: Signature) -> AcceptedSignature:
    document = rows.fetch(connection, Document, signature.document_sha256)
    lists = revocation.lists_at(connection, signature.judged_at)
    later = select(Augmentation.container, Augmentation.report).where(
        Augmentation.signature_id == signature.id
    )
    ordered = connection.execute(later.order_by(Augmentation.n))
    forms = [Form(container, report=report) for container, report in ordered]
    return AcceptedSignature(signature, document, (Form(signature.container, lists.crls), *forms))


def _rests_on(connection: Connection, case: GatheredCase) -> list[int]:
    """Return the consent that carried an application, and the certificate that came of it.

    An old certificate of another authority belongs to it too: its journal tells by what it was
    seen, and when its authority said that it was in force. So do the physical card, where a stock
    was kept, and each parcel in which it was sent: their journals tell who had it in hand.
    """
    consent = consent_of(connection, case.row) if case.definition.name == "application" else None
    old = rows.find(connection, Certificate, case.row.get("old_certificate_id"))
    foreign = old.id if old is not None and old.seen != MADE else None
    found = (consent, case.row.get("certificate_id"), foreign)
    return [*(one for one in found if one is not None), *_sent(connection, case)]


_SENT = text("""
SELECT c.id FROM chip_card c JOIN certificate s ON s.card_id = c.card_id WHERE s.id = :certificate
UNION SELECT id FROM parcel WHERE application_id = :application ORDER BY 1
""")


def _sent(connection: Connection, case: GatheredCase) -> list[int]:
    """Return the physical card of an application and its parcels, in the order of their cases."""
    if case.definition.name != "application":
        return []
    named = {"certificate": case.row["certificate_id"], "application": case.id}
    return list(connection.scalars(_SENT, named))
