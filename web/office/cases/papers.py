"""What the page of papers shows: the documents of a case, and who opened each and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, defer

from states.logs.access import AccessEntry
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.papers.letter_line import LetterLine
from web.gate.composition import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from web.kit.reading import CaseRecord

MOST = 100
"""Documents on the page of a case, the newest ones."""

MOST_READS = 200
"""Readings on the page of a case, the newest ones."""

_COLUMNS = ("form_sha256", "document_sha256", "digest")


def documents(case: CaseRecord) -> list[Document]:
    """Return the frozen documents a case rests on, newest first; their bytes stay behind."""
    query = _of(case).options(defer(Document.content), defer(Document.words))
    with Session(composed().database, expire_on_commit=False) as session:
        return list(session.scalars(query.order_by(Document.created_at.desc()).limit(MOST)))


def with_words(case: CaseRecord) -> set[str]:
    """Return the SHA-256 of those documents whose words can be read on a screen."""
    readable = Document.words.is_not(None) | Document.media_type.startswith("text/")
    with Session(composed().database) as session:
        return set(session.scalars(_of(case).with_only_columns(Document.sha256).where(readable)))


def document(case: CaseRecord, sha256: str) -> Document | None:
    """Return one document of a case, whole; None when it is not of this case."""
    with Session(composed().database, expire_on_commit=False) as session:
        return session.scalars(_of(case).where(Document.sha256 == sha256)).one_or_none()


def readings(case: CaseRecord, found: Sequence[Document]) -> dict[str, list[AccessEntry]]:
    """Return who opened each document, the newest reading first."""
    names = [f"document:{one.sha256}" for one in found]
    query = (
        select(AccessEntry)
        .where(AccessEntry.person_id == case.subject, AccessEntry.what.in_(names))
        .order_by(AccessEntry.id.desc())
        .limit(MOST_READS)
    )
    read: dict[str, list[AccessEntry]] = {one.sha256: [] for one in found}
    with Session(composed().database, expire_on_commit=False) as session:
        for entry in session.scalars(query):
            read[entry.what.removeprefix("document:")].append(entry)
    return read


def lines(case: CaseRecord) -> dict[str, int]:
    """Return in which line of a letter of the day this case stands, by the letter's SHA-256."""
    query = select(LetterLine.letter_sha256, LetterLine.line).where(
        LetterLine.case_id == case.id, LetterLine.letter_sha256.is_not(None)
    )
    with composed().database.connect() as connection:
        return {str(letter): line or 0 for letter, line in connection.execute(query)}


def _of(case: CaseRecord) -> Select[Document]:
    """Select what the journal of a case names, what its row names, and what was made for it."""
    body = cast(JournalEntry.body, JSONB)
    named = select(func.jsonb_array_elements_text(body["documents"])).where(
        JournalEntry.case_id == case.id
    )
    held = [case.row[column] for column in _COLUMNS if case.row.get(column)]
    lettered = select(LetterLine.letter_sha256).where(LetterLine.case_id == case.id)
    return select(Document).where(
        Document.sha256.in_(named)
        | Document.sha256.in_(held)
        | Document.sha256.in_(lettered)
        | (Document.case_id == case.id)
    )
