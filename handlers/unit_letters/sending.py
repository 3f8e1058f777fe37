"""Sending a letter: the worker seals it, then comes to each unit of its list once.

One worker at a time holds a letter. What one unit gets (its list, its workbook, the messages to its
coordinators) is kept in one transaction with the mark that it got it, so a worker that is killed
leaves whole units and the next one goes on where it stood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from handlers.kit import rows
from handlers.papers import letters, texts
from handlers.papers.sealed import make_paper
from handlers.post.channels import channels_of
from handlers.post.outbox import PostWay, letter_of, put
from handlers.unit_letters import register
from handlers.unit_letters.people import people_of
from handlers.unit_letters.sheet import XLSX, workbook
from handlers.unit_letters.unit_letter import WORKFLOW
from handlers.unit_letters.units import is_open
from handlers.ways.asked import routing_day
from states.cases.notice import IN_TURN
from states.cases.requests.unit_letter import UnitLetter, UnitLetterCopy
from states.kit.errors import DatabaseUnavailable
from states.kit.log_events import LogEvent
from states.papers.document import Document
from states.people.institution import Institution
from states.people.person import IN_OFFICE, Person
from states.people.user import User
from workflow.model.actor import system
from workflow.model.clock import day_in_istanbul
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Update

    from handlers.kit.context import CaseEngine
    from handlers.unit_letters.drawing import LetterNumber

log = structlog.get_logger()

LOCK_SPACE = 0x4E454C
"""The first key of the advisory lock that the worker at a letter holds; the second is its id."""

TURN = 20
"""Units of one letter in one turn, so that a worker who is told to stop does so soon."""

MESSAGE = "institution/letter"
"""The text by which the coordinators of a unit are told."""

SENT, UNREAD, CLOSED = "sent", "unread", "closed"

_SENDER = system("letters")


def work_off(engine: CaseEngine) -> int:
    """Do a turn of work on every letter that nobody else works on; return how many units it was.

    A letter that breaks is told in the log and keeps no other waiting. Raises DatabaseUnavailable.
    """
    query = select(UnitLetter.id).where(UnitLetter.state == "approved").order_by(UnitLetter.id)
    with engine.database.connect() as connection:
        waiting = list(connection.scalars(query))
    return sum(_turn(engine, letter_id) for letter_id in waiting)


def _turn(engine: CaseEngine, letter_id: int) -> int:
    try:
        with held_alone(engine, LOCK_SPACE, letter_id) as held:
            return send(engine, letter_id) if held else 0
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever ails one letter, the others go on
        code = getattr(error, "code", type(error).__name__)
        log.warning(LogEvent.UNIT_LETTER_FAILED, letter=letter_id, code=code)
        return 0


def send(engine: CaseEngine, letter_id: int) -> int:
    """Do a turn of work on one letter; return how many units it came to."""
    with engine.database.begin() as connection:
        letter = rows.fetch(connection, UnitLetter, letter_id)
        if letter.state != "approved":
            return 0
        unnumbered = register.number_of(connection, letter_id) is None
        if unnumbered:
            _leave_out_closed(connection, letter_id, engine)
        waiting = _waiting(connection, letter_id)
    if unnumbered and not waiting:
        engine.fire(letter_id, "give_up", _SENDER, workflow=WORKFLOW)
        return 0
    number = register.seal(engine, letter_id)
    for unit_id in waiting[:TURN]:
        _send_to(engine, letter, number, unit_id)
    if len(waiting) <= TURN:
        engine.fire(letter_id, "finish", _SENDER, workflow=WORKFLOW)
    return min(len(waiting), TURN)


def _leave_out_closed(connection: Connection, letter_id: int, engine: CaseEngine) -> None:
    """Take the units that closed since the proposal out of the list before it is sealed."""
    now = engine.clock.now()
    open_units = select(Institution.id).where(is_open(day_in_istanbul(now)))
    closed = update(UnitLetterCopy).where(
        UnitLetterCopy.letter_id == letter_id,
        UnitLetterCopy.outcome.is_(None),
        UnitLetterCopy.institution_id.not_in(open_units),
    )
    connection.execute(closed.values(outcome=CLOSED, made_at=now))


def _waiting(connection: Connection, letter_id: int) -> list[int]:
    query = select(UnitLetterCopy.institution_id).where(
        UnitLetterCopy.letter_id == letter_id, UnitLetterCopy.outcome.is_(None)
    )
    return list(connection.scalars(query.order_by(UnitLetterCopy.place)))


def _send_to(engine: CaseEngine, letter: UnitLetter, number: LetterNumber, unit_id: int) -> None:
    """Make what one unit gets and keep it, unless another has come to the unit meanwhile."""
    now, day = engine.clock.now(), routing_day(engine)
    with engine.database.connect() as connection:
        unit = rows.fetch(connection, Institution, unit_id)
        sender = rows.fetch(connection, Institution, letter.institution_id)
        people = people_of(connection, letter.id, unit, day)
    head = {
        "number": str(number), "institution": sender.name, "unit": unit.name,
        "dated": letters.short_date(day.today),
    }  # fmt: skip
    values = {**head, **people.values()}
    made = make_paper(engine.services, letters.UNIT_LIST, values, now, engine.point)
    code = letters.new_verification_code()
    titles = (
        ("Yazının sayısı", head["number"]), ("Gönderen", head["institution"]),
        ("Birim", head["unit"]), ("Listenin günü", head["dated"]), ("Belge doğrulama kodu", code),
    )  # fmt: skip
    book = workbook(titles, people)
    sheet = letters.Made(letters.UNIT_SHEET, code, now, book, XLSX)
    with engine.database.begin() as connection:
        if not _lock(connection, letter.id, unit_id):
            return
        for paper, part in ((made, "list"), (sheet, "sheet")):
            key = register.paper_key(letter.id, unit_id, part)
            row = {**paper.row(), "case_id": letter.id, "made_by": key}
            connection.execute(insert(Document).values(row))
        told = _tell(connection, engine, letter, number, unit_id)
        outcome = SENT if told else UNREAD
        connection.execute(
            _copy(letter.id, unit_id).values(
                outcome=outcome, made_at=now, people=len(people.lines),
                list_sha256=made.sha256, sheet_sha256=sheet.sha256,
            )
        )  # fmt: skip
        engine.point("letter_copied")


def _copy(letter_id: int, unit_id: int) -> Update:
    return update(UnitLetterCopy).where(
        UnitLetterCopy.letter_id == letter_id, UnitLetterCopy.institution_id == unit_id
    )


def _lock(connection: Connection, letter_id: int, unit_id: int) -> bool:
    """Lock what a unit gets; False where it has it already."""
    query = select(UnitLetterCopy.place).where(
        UnitLetterCopy.letter_id == letter_id,
        UnitLetterCopy.institution_id == unit_id,
        UnitLetterCopy.outcome.is_(None),
    )
    return connection.scalar(query.with_for_update()) is not None


def readers_of(connection: Connection, unit_id: int) -> Sequence[tuple[int, int]]:
    """Return account and person of the coordinators of a unit who can be written to."""
    query = (
        select(User.id, User.person_id)
        .join(Person, Person.id == User.person_id)
        .where(
            User.active, User.institution_id == unit_id, User.roles == ["coordinator"],
            Person.standing == IN_OFFICE, (Person.email.is_not(None) | Person.phone.is_not(None)),
        )
        .order_by(User.id)
    )  # fmt: skip
    return [(row.id, row.person_id) for row in connection.execute(query)]


def _tell(
    connection: Connection,
    engine: CaseEngine,
    letter: UnitLetter,
    number: LetterNumber,
    unit_id: int,
) -> int:
    """Write to each coordinator of a unit that a letter is there; return how many they are."""
    readers = readers_of(connection, unit_id)
    now = engine.clock.now()
    today = day_in_istanbul(now)
    revision, wording = texts.in_force(connection, MESSAGE, today)
    url = f"{engine.services.site}/kurum/gelen-yazilar/{letter.reference}"
    way = PostWay(channels_of(engine.services), IN_TURN)
    for user_id, person_id in readers:
        person = rows.fetch(connection, Person, person_id)
        values = {
            "name": person.name, "case": {"reference": letter.reference}, "today": today,
            "number": str(number), "title": letter.subject, "url": url,
        }  # fmt: skip
        notice = letter_of(MESSAGE, revision, wording, person.language, values)
        key = f"{register.paper_key(letter.id, unit_id, 'notice')}/{user_id}"
        put(connection, {"id": letter.id, "person_id": person_id}, key, notice, now, way)
    return len(readers)
