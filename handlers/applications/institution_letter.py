"""The letter of the day to an institution: whose cards were handed to the courier for its staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import Row as Found
from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from handlers.papers import letters
from handlers.papers.sealed import OUR_NUMBER, make_paper
from states.cases.application import Application
from states.papers.document import Document
from states.papers.letter_line import LetterLine
from states.people.institution import Institution
from states.people.person import Person
from workflow.model.clock import ISTANBUL, day_in_istanbul

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Engine, Select

    from handlers.kit.context import CaseEngine
    from workflow.model.context import Row

CLOSES_AT = time(17)
"""When the letters of a day are written (Istanbul): before the courier rings at any door."""

MOST = 500
"""Cards that one letter names; the others stand in the next one of the day."""


def note(database: Engine, case: Row, form_key: str) -> None:
    """Note a card that was handed over for the letter of the day, once for each hand-over form.

    ``form_key`` is the key under which its form was made; who has no institution is in no letter.
    """
    if case["institution_id"] is None:
        return
    with database.begin() as connection:
        form = select(Document.sha256).where(Document.made_by == form_key)
        line = {
            "form_sha256": connection.execute(form).scalar_one(),
            "case_id": case["id"],
            "person_id": case["person_id"],
            "institution_id": case["institution_id"],
            "tracking_number": case["tracking_number"],
            "handed_at": case["couriered_at"],
        }
        connection.execute(insert(LetterLine).values(line).on_conflict_do_nothing())


def write_letters(engine: CaseEngine) -> int:
    """Write the letters that are due; return how many were made.

    A worker that is killed leaves its lines to the next look, and two that write at once keep one
    letter: a line stands in the first letter that takes it.
    """
    now = engine.clock.now()
    before = last_closing(now)
    due = _due(before).with_only_columns(LetterLine.institution_id).distinct()
    with engine.database.connect() as connection:
        institutions = list(connection.scalars(due.order_by(LetterLine.institution_id)))
    made = 0
    for institution_id in institutions:
        while _write_one(engine, institution_id, before, now):
            made += 1
    return made


def last_closing(now: datetime) -> datetime:
    """Return when the letters were closed last: cards handed over before it are in letters."""
    local = now.astimezone(ISTANBUL)
    today = local.replace(hour=CLOSES_AT.hour, minute=0, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def _due(before: datetime) -> Select[LetterLine]:
    return select(LetterLine).where(
        LetterLine.letter_sha256.is_(None), LetterLine.handed_at < before
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A letter before it is set: its key, what it says, and the forms of its lines in order."""

    key: str
    values: Mapping[str, object]
    forms: Sequence[str]


def _write_one(engine: CaseEngine, institution_id: int, before: datetime, now: datetime) -> bool:
    """Write one letter to an institution; False when nothing is due, or another has written it."""
    with engine.database.connect() as connection:
        draft = _draft(connection, institution_id, before, now)
    if draft is None:
        return False
    made = make_paper(engine.services, letters.OFFICIAL_LETTER, draft.values, now, engine.point)
    with engine.database.begin() as connection:
        return _keep(connection, draft, made)


def _draft(
    connection: Connection, institution_id: int, before: datetime, now: datetime
) -> _Draft | None:
    found = _lines(connection, institution_id, before)
    if not found:
        return None
    day = day_in_istanbul(now)
    series = f"official_letter/{institution_id}/{day:%Y%m%d}"
    number = next(n for n in count(1) if not _taken(connection, f"{series}/{n}"))
    values = {
        "number": f"{OUR_NUMBER}-{institution_id}-{day:%Y%m%d}/{number}",
        "dated": letters.short_date(day),
        "institution": rows.fetch(connection, Institution, institution_id).name,
        "people": [
            {
                "reference": line.reference,
                "name": f"{line.given_name} {line.surname}",
                "tracking_number": line.tracking_number,
                "form_code": line.verification_code,
            }
            for line in found
        ],
    }
    return _Draft(f"{series}/{number}", values, [line.form_sha256 for line in found])


def _lines(
    connection: Connection, institution_id: int, before: datetime
) -> Sequence[Found[str, str, str, str, str, str]]:
    """Return the cards of the next letter, in the order of their applications."""
    query = (
        _due(before)
        .with_only_columns(
            LetterLine.form_sha256,
            LetterLine.tracking_number,
            Document.verification_code,
            Application.reference,
            Person.given_name,
            Person.surname,
        )
        .join(Document, Document.sha256 == LetterLine.form_sha256)
        .join(Application, Application.id == LetterLine.case_id)
        .join(Person, Person.id == LetterLine.person_id)
        .where(LetterLine.institution_id == institution_id)
        .order_by(LetterLine.case_id, LetterLine.handed_at)
        .limit(MOST)
    )
    return connection.execute(query).all()


def _taken(connection: Connection, key: str) -> bool:
    return bool(connection.scalar(select(exists().where(Document.made_by == key))))


def _keep(connection: Connection, draft: _Draft, made: letters.Made) -> bool:
    """Keep a letter with its lines; False, and nothing kept, when a line is in another letter."""
    mine = (LetterLine.form_sha256.in_(draft.forms), LetterLine.letter_sha256.is_(None))
    locked = select(LetterLine.form_sha256).where(*mine).order_by(LetterLine.form_sha256)
    free = connection.scalars(locked.with_for_update()).all()
    if len(free) != len(draft.forms):
        return False
    connection.execute(insert(Document).values({**made.row(), "made_by": draft.key}))
    named = update(LetterLine).where(LetterLine.form_sha256 == bindparam("form"))
    connection.execute(
        named.values(letter_sha256=made.sha256, line=bindparam("at")),
        [{"form": form, "at": at} for at, form in enumerate(draft.forms, start=1)],
    )
    return True
