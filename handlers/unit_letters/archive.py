"""The archive of letters: what an institution has sent, what a unit got, how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from handlers.unit_letters.register import number_of, paper_key
from states.cases.notice import Notice
from states.cases.requests.unit_letter import UnitLetter, UnitLetterCopy
from states.papers.document import Document
from states.papers.letter_register import RegisteredLetter
from states.people.institution import Institution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

NEWEST = 100
"""Letters on a page, the newest first."""


def sent_by(connection: Connection, institution_id: int) -> Sequence[Row[Any]]:
    """Return the letters of a sender, drafts too, newest first."""
    query = _letters().where(UnitLetter.institution_id == institution_id)
    return connection.execute(query.order_by(UnitLetter.id.desc()).limit(NEWEST)).all()


def waiting(connection: Connection) -> Sequence[Row[Any]]:
    """Return the drafts that wait for a second person, the oldest first."""
    query = _letters().where(UnitLetter.state == "proposed")
    return connection.execute(query.order_by(UnitLetter.id).limit(NEWEST)).all()


def received_by(connection: Connection, institution_id: int) -> Sequence[Row[Any]]:
    """Return the letters that a unit got, newest first."""
    query = (
        _letters()
        .add_columns(UnitLetterCopy.purpose, UnitLetterCopy.people, UnitLetterCopy.made_at)
        .join(UnitLetterCopy, UnitLetterCopy.letter_id == UnitLetter.id)
        .where(
            UnitLetterCopy.institution_id == institution_id,
            UnitLetterCopy.list_sha256.is_not(None),
        )
    )
    return connection.execute(query.order_by(UnitLetter.id.desc()).limit(NEWEST)).all()


def one_received(connection: Connection, letter_id: int, institution_id: int) -> Row[Any] | None:
    """Return a letter as a unit got it; None where it got none."""
    query = (
        _letters()
        .add_columns(
            UnitLetterCopy.purpose,
            UnitLetterCopy.people,
            UnitLetterCopy.made_at,
            UnitLetter.contact_name,
            UnitLetter.contact_phone,
            UnitLetter.contact_email,
        )
        .join(UnitLetterCopy, UnitLetterCopy.letter_id == UnitLetter.id)
        .where(
            UnitLetter.id == letter_id,
            UnitLetterCopy.institution_id == institution_id,
            UnitLetterCopy.list_sha256.is_not(None),
        )
    )
    return connection.execute(query).one_or_none()


def copies_of(connection: Connection, letter_id: int) -> Sequence[Row[Any]]:
    """Return the units of a letter in their order, with what became of each and of its messages.

    ``messages`` are the states of the messages to its coordinators, sorted, as one text.
    """
    key = func.concat(f"unit_letter/{letter_id}/", UnitLetterCopy.institution_id, "/notice/")
    states = (
        select(func.string_agg(Notice.state, " ").aggregate_order_by(Notice.state))
        .where(Notice.case_id == letter_id, Notice.key.contains(key))
        .scalar_subquery()
    )
    query = (
        select(
            Institution.name, Institution.code, UnitLetterCopy.purpose, UnitLetterCopy.outcome,
            UnitLetterCopy.people, UnitLetterCopy.made_at, UnitLetterCopy.institution_id,
            states.label("messages"),
        )
        .join(Institution, Institution.id == UnitLetterCopy.institution_id)
        .where(UnitLetterCopy.letter_id == letter_id)
        .order_by(UnitLetterCopy.place)
    )  # fmt: skip
    return connection.execute(query).all()


def paper_of(
    connection: Connection, letter_id: int, part: str, unit_id: int | None = None
) -> Document | None:
    """Return a paper: the letter, or a unit's own list or workbook; None where there is none."""
    named = {"liste": "list", "tablo": "sheet"}
    key = paper_key(letter_id) if part == "yazi" else paper_key(letter_id, unit_id, named[part])
    found = select(Document.__table__).where(Document.made_by == key)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else Document(**row)


def _letters() -> Any:  # noqa: ANN401 - a query whose columns grow
    return (
        select(
            UnitLetter.id, UnitLetter.reference, UnitLetter.state, UnitLetter.subject,
            UnitLetter.created_at, Institution.name.label("sender"),
            Institution.code.label("sender_code"), RegisteredLetter.number,
            RegisteredLetter.taken_at, Document.verification_code,
        )
        .join(Institution, Institution.id == UnitLetter.institution_id)
        .outerjoin(RegisteredLetter, RegisteredLetter.letter_id == UnitLetter.id)
        .outerjoin(Document, Document.sha256 == RegisteredLetter.sha256)
    )  # fmt: skip


def number_and_code(connection: Connection, letter_id: int) -> tuple[str, str]:
    """Return number and verification code of a letter, both "" before it is sealed."""
    found = connection.execute(_letters().where(UnitLetter.id == letter_id)).one()
    if found.number is None:
        return "", ""
    number = number_of(connection, letter_id)
    return str(number), found.verification_code
