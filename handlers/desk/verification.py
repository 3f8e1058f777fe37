"""What anyone may learn of a document: whose it is (masked), and how it is approved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.certificates.renamed import BY_HAND
from handlers.consents.underlying_consent import newest_standing
from handlers.ways.fit import BEFORE_APPROVAL
from signing.cms import pades
from signing.errors import DocumentUnusable
from states.cases.application import Application
from states.cases.consent import Consent
from states.kit.text import identifier
from states.papers.document import Document
from states.papers.signature import Signature
from states.people.person import Person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

FORM = "application_form"
ENDED = frozenset({"superseded", "withdrawn"})
"""States of a consent that was in force once."""

_DIGITS = frozenset("0123456789abcdef")
_LENGTH, _GROUP = 20, 4


class Approval(StrEnum):
    """How a document is approved."""

    SIGNED = "signed"
    SEALED = "sealed"
    UNSEALED = "unsealed"
    BY_CONSENT = "by_consent"
    ON_PAPER = "on_paper"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class DocumentStanding:
    """What the public page answers: the document, its person masked, and where it stands.

    ``judged_at`` and ``indication`` (EN 319 102-1) are those of the newest accepted signature;
    ``superseded`` says that another form was drawn up later for the same application; ``ended``
    that an e-onay is not in force any more.
    """

    document: Document
    person: str
    approval: Approval
    superseded: bool = False
    ended: bool = False
    judged_at: datetime | None = None
    indication: str = ""


@dataclass(frozen=True, slots=True)
class Rests:
    """The application that rests on a form: its method and where it stands."""

    method: str | None
    state: str


def read_code(typed: str) -> str:
    """Return a verification code as it is kept, whatever blanks and capitals it was typed with.

    What can be no code comes back as "", so that it is as unknown as one never given out.
    """
    digits = "".join(sign for sign in identifier(typed) if not sign.isspace() and sign != "-")
    if len(digits) != _LENGTH or not _DIGITS.issuperset(digits):
        return ""
    return "-".join(digits[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def find(connection: Connection, typed: str) -> DocumentStanding | None:
    """Return what may be told of the document of a code, or None when there is none."""
    with Session(connection, expire_on_commit=False) as session:
        wanted = select(Document).where(Document.verification_code == read_code(typed))
        document = session.scalar(wanted)
        if document is None:
            return None
        # A letter of the office to an institution is about several people, and names none here.
        person = session.get(Person, document.person_id) if document.person_id else None
    return _standing(connection, document, masked_name(person) if person else "")


def masked_name(person: Person) -> str:
    """Return the initials of a person, with as many stars whatever the length of the names."""
    names = [*person.given_name.split(), *person.surname.split()]
    return " ".join(f"{name[:1]}***" for name in names)


def _standing(connection: Connection, document: Document, person: str) -> DocumentStanding:
    application = _application(connection, document) if document.kind == FORM else None
    superseded = document.kind == FORM and application is None
    signature = (
        select(Signature.id, Signature.report, Signature.judged_at)
        .where(Signature.document_sha256 == document.sha256)
        .order_by(Signature.id.desc())
    )
    signed = connection.execute(signature.limit(1)).one_or_none()
    if signed is not None:
        ended = _ended(connection, document)
        found = newest_standing(connection, signed.id, signed.report).indication.value
        return DocumentStanding(
            document, person, Approval.SIGNED, superseded, ended, signed.judged_at, found
        )
    if document.made_by is not None:
        return DocumentStanding(document, person, _of_the_office(document))
    return DocumentStanding(document, person, _without_signature(application), superseded)


def _ended(connection: Connection, document: Document) -> bool:
    """Say whether a signed e-onay was withdrawn since, or another took its place."""
    states = select(Consent.state).where(Consent.document_sha256 == document.sha256)
    return connection.execute(states).scalar_one_or_none() in ENDED


def _of_the_office(document: Document) -> Approval:
    """Say whether a paper of the office bears a seal; it was judged when it was made."""
    try:
        pades.check(document.content)
    except DocumentUnusable:
        return Approval.UNSEALED
    return Approval.SEALED


def _application(connection: Connection, document: Document) -> Rests | None:
    rests = select(Application.method, Application.state)
    found = connection.execute(rests.where(Application.form_sha256 == document.sha256))
    row = found.one_or_none()
    return None if row is None else Rests(*row)


def _without_signature(application: Rests | None) -> Approval:
    if application is None or application.state in BEFORE_APPROVAL:
        return Approval.NOT_YET
    if application.method in BY_HAND:
        return Approval.ON_PAPER
    return Approval.BY_CONSENT if application.method == "e_onay" else Approval.NOT_YET
