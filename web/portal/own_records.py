"""What belongs to the person signed in: their cases and no others, read for the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import abort, g
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.certificates.foreign import MADE
from handlers.certificates.validity import HELD, in_hand
from handlers.consents.underlying_consent import SignatureStanding, newest_standing
from handlers.desk import documents
from states.cases.application import FINAL_STATES, Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.document import Document
from states.papers.signature import Signature
from states.people.person import Person
from web.gate.composition import composed
from web.gate.session import current
from web.kit.cases import case_of
from web.portal.advice.telling import Renewal
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from sqlalchemy import Select

    from states.kit.base import Base
    from web.kit.reading import CaseRecord

Entity = TypeVar("Entity", bound="Base")


def person_id() -> int:
    """Return the person signed in; an account that is no person has nothing here (403)."""
    found = current().actor.person_id
    if found is None:
        abort(403)
    return found


def person() -> Person:
    """Return the row of the person signed in."""
    with Session(composed().database, expire_on_commit=False) as session:
        return session.get_one(Person, person_id())


def case(reference: str, workflow: str) -> CaseRecord:
    """Return a case of one's own; another person's is as unknown as one that is not there."""
    found = case_of(reference)
    if found.workflow != workflow or found.subject != person_id():
        raise UnknownCase(case=reference)
    g.definition = found.definition  # by whose words a refusal is told
    return found


def applications() -> list[Application]:
    """Return one's applications, newest first."""
    mine = Application.person_id == person_id()
    return _rows(select(Application).where(mine).order_by(Application.id.desc()))


def certificates() -> list[Certificate]:
    """Return one's certificates that were made, the one that ends last first."""
    query = select(Certificate).where(
        Certificate.person_id == person_id(), Certificate.state.not_in(("reserved", "void"))
    )
    return _rows(query.order_by(Certificate.ends_on.desc(), Certificate.id.desc()))


def certificates_in_hand() -> list[Certificate]:
    """Return one's certificates that prove who one is: not ended, not on their first way here."""
    valid = (Certificate.person_id == person_id()) & (Certificate.ends_at >= composed().clock.now())
    return _rows(select(Certificate).where(valid, in_hand()).order_by(Certificate.id))


def made_by(application_id: int) -> dict[str, object] | None:
    """Return the certificate that one's application has had made and that stands; None without."""
    mine = (Certificate.person_id == person_id()) & (Certificate.application_id == application_id)
    query = select(Certificate).where(mine, Certificate.state.in_(HELD))
    return next((dict(vars(row)) for row in _rows(query)), None)


def renewals() -> dict[int, Renewal]:
    """Return what renews one's certificates by their ids: an open application or what it made."""
    lives = Certificate.state.in_(HELD)
    query = (
        select(
            Application.old_certificate_id, Application.reference, Application.state,
            Certificate.not_before, Certificate.ends_on,
        )
        .outerjoin(Certificate, (Certificate.id == Application.certificate_id) & lives)
        .where(
            Application.person_id == person_id(), Application.kind == "renewal",
            Application.state.not_in(FINAL_STATES)
            | ((Application.state == "delivered") & Certificate.id.is_not(None)),
        )
        .order_by(Application.id)
    )  # fmt: skip
    with composed().database.connect() as connection:
        found = connection.execute(query).all()
    return {
        row.old_certificate_id: Renewal(row.reference, row.state, row.not_before, row.ends_on)
        for row in found
        if row.old_certificate_id is not None
    }


def to_be_replaced(case: CaseRecord) -> str | None:
    """Return the certificate of ours that is revoked once one's own new one is activated."""
    if case.state != "suspended" or case.row["replaces_id"] is None:
        return None
    query = select(Certificate).where(
        Certificate.id == case.row["replaces_id"],
        Certificate.state.in_(HELD),
        Certificate.seen == MADE,
    )
    return next((row.reference for row in _rows(query)), None)


def consent_in_force() -> Consent | None:
    """Return one's e-onay in force."""
    query = select(Consent).where(Consent.person_id == person_id(), Consent.state == "in_force")
    return next(iter(_rows(query)), None)


def consent_begun() -> Consent | None:
    """Return the newest e-onay that was begun: not signed yet, or its signature being checked."""
    begun = Consent.state.in_(("offered", "awaiting_status"))
    query = select(Consent).where(Consent.person_id == person_id(), begun)
    return next(iter(_rows(query.order_by(Consent.id.desc()))), None)


def document(sha256: str) -> Document:
    """Return a frozen document."""
    with Session(composed().database, expire_on_commit=False) as session:
        return session.get_one(Document, sha256)


def paper(case_id: int, kind: str) -> Document | None:
    """Return the newest paper of a kind that the office made for a case of one's own."""
    query = select(Document).where(Document.case_id == case_id, Document.kind == kind)
    return next(iter(_rows(query.order_by(Document.created_at.desc()))), None)


def issued(document: Document) -> bytes:
    """Return the file of a document as people get it, with its signature once it has one."""
    with composed().database.connect() as connection:
        return documents.issued(connection, document)


def signature(case_id: int) -> Signature | None:
    """Return the newest accepted signature of a case."""
    query = select(Signature).where(Signature.case_id == case_id).order_by(Signature.id.desc())
    return next(iter(_rows(query)), None)


def standing(signature: Signature | None) -> SignatureStanding | None:
    """Return how an accepted signature is validated by now; None without one."""
    if signature is None:
        return None
    with composed().database.connect() as connection:
        return newest_standing(connection, signature.id, signature.report)


def _rows(query: Select[Entity]) -> list[Entity]:
    with Session(composed().database, expire_on_commit=False) as session:
        return list(session.scalars(query))
