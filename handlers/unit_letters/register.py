"""The register: a letter gets its number in the transaction that keeps its sealed paper.

The next number is read, the paper is set and sealed with it while nothing is locked, and both are
kept together or not at all. Whoever was slower finds the number taken and begins anew; a worker
that is killed leaves no number behind. So the numbers of an institution and a year have no gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from handlers.papers import letters
from handlers.papers.sealed import make_paper
from handlers.unit_letters.drawing import LetterNumber, signatory_of, values_of
from states.cases.requests.unit_letter import UnitLetter
from states.papers.document import Document
from states.papers.letter_register import RegisteredLetter
from states.people.institution import Institution
from workflow.model.clock import day_in_istanbul

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from states.kit.base import Base


def number_of(connection: Connection, letter_id: int) -> LetterNumber | None:
    """Return the number of a letter; None of one that has none yet."""
    query = (
        select(Institution.code, RegisteredLetter.year, RegisteredLetter.number)
        .join(Institution, Institution.id == RegisteredLetter.institution_id)
        .where(RegisteredLetter.letter_id == letter_id)
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else LetterNumber(*found)


def seal(engine: CaseEngine, letter_id: int) -> LetterNumber:
    """Give a letter its number and keep its sealed paper; return the one it has already.

    Raises the refusals of the token; then nothing is kept.
    """
    while True:
        with engine.database.connect() as connection:
            known = number_of(connection, letter_id)
        if known is not None:
            return known
        _try(engine, letter_id)


def _try(engine: CaseEngine, letter_id: int) -> None:
    now = engine.clock.now()
    year = day_in_istanbul(now).year
    with engine.database.connect() as connection:
        letter = rows.fetch(connection, UnitLetter, letter_id)
        sender = rows.fetch(connection, Institution, letter.institution_id)
        number = LetterNumber(sender.code, year, _next(connection, sender.id, year))
        values = values_of(
            connection, letter, str(number), signatory_of(connection, letter_id), now
        )
    made = make_paper(engine.services, letters.UNIT_LETTER, values, now, engine.point)
    paper = {**made.row(), "case_id": letter_id, "made_by": paper_key(letter_id)}
    entry = {
        "institution_id": sender.id, "year": year, "number": number.number,
        "letter_id": letter_id, "sha256": made.sha256, "taken_at": now,
    }  # fmt: skip
    with engine.database.connect() as connection, connection.begin() as transaction:
        if not (
            _added(connection, Document, paper) and _added(connection, RegisteredLetter, entry)
        ):
            transaction.rollback()
            return
        engine.point("letter_registered")
        transaction.commit()


def _added(connection: Connection, entity: type[Base], row: dict[str, object]) -> bool:
    """Add a row; False where another has taken its place meanwhile."""
    added = insert(entity).values(row).on_conflict_do_nothing()
    return connection.scalar(added.returning(literal(1))) is not None


def paper_key(letter_id: int, unit_id: int | None = None, part: str = "letter") -> str:
    """Return what names a paper of a letter, so that there is one of each."""
    return f"unit_letter/{letter_id}/{unit_id or 0}/{part}"


def _next(connection: Connection, institution_id: int, year: int) -> int:
    highest = select(func.max(RegisteredLetter.number)).where(
        RegisteredLetter.institution_id == institution_id, RegisteredLetter.year == year
    )
    return (connection.scalar(highest) or 0) + 1
