"""What the pages of questions read: one's own, those that wait for an answer, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort
from sqlalchemy import select

from handlers.institutions.support import answers_for
from handlers.kit import rows
from handlers.kit.roles import COORDINATOR, acts_as
from handlers.questions.question import WORKFLOW
from states.cases.application import Application
from states.cases.requests.support_question import SupportQuestion
from states.people.institution import Institution
from states.people.person import Person
from web.gate.composition import composed
from web.gate.session import current
from web.kit.decision import find_proposal
from web.kit.reading import find_case, timeline
from web.support.reading import seen_by_me
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, RowMapping

    from web.kit.reading import CaseRecord

PER_PAGE = 50
"""Rows of a list; more are reached by the keyset ``sonra``."""

AT_OFFICE = "passed_on"
"""The state in which a question is with the office, and which opens it to an officer."""


@dataclass(frozen=True, slots=True)
class AboutApplication:
    """The application that a question was asked from, with the state that its person saw then."""

    case: CaseRecord
    state: str


def person_id() -> int:
    """Return the person signed in; an account that is no person asks nothing (403)."""
    return current().actor.person_id or abort(403)


def institution_of_mine() -> int | None:
    """Return where the person signed in works, None without an institution."""
    with composed().database.connect() as connection:
        return rows.fetch(connection, Person, person_id()).institution_id


def own_application(quoted: str) -> Application | None:
    """Return the application of one's own that a question is about; None where none is named.

    UnknownCase for that of another person and for what is no application.
    """
    if not quoted:
        return None
    case = find_proposal(quoted, "application")
    if case.subject != person_id():
        raise UnknownCase(case=quoted[:40])
    with composed().database.connect() as connection:
        return rows.fetch(connection, Application, case.id)


def own_questions(before: int) -> list[RowMapping]:
    """Return the questions of the person signed in, newest first, those before a number."""
    table = SupportQuestion.__table__
    query = select(table).where(table.c.person_id == person_id(), table.c.id < before)
    with composed().database.connect() as connection:
        found = connection.execute(query.order_by(table.c.id.desc()).limit(PER_PAGE + 1))
        return list(found.mappings())


def own_question(quoted: str) -> CaseRecord:
    """Return a question of one's own; another person's is as unknown as one that is not there."""
    case = find_proposal(quoted, WORKFLOW)
    if case.subject != person_id():
        raise UnknownCase(case=quoted)
    return case


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One line of a list: who asks, from where, in which state, since when."""

    id: int
    reference: str
    given_name: str
    surname: str
    institution: str | None
    state: str
    created_at: datetime


def waiting(after: int) -> list[QuestionLine]:
    """Return the questions that wait for whoever is signed in, the oldest first."""
    state = "asked" if acts_as(current().actor, COORDINATOR) else AT_OFFICE
    return _lines(SupportQuestion.state == state, SupportQuestion.id > after)


def closed(before: int) -> list[QuestionLine]:
    """Return those of one's people that wait for a coordinator no more, newest first."""
    gone = SupportQuestion.state != "asked"
    return _lines(gone, SupportQuestion.id < before, newest=True)


def _lines(*conditions: ColumnElement[bool], newest: bool = False) -> list[QuestionLine]:
    place = SupportQuestion.id.desc() if newest else SupportQuestion.id
    query = (
        select(
            SupportQuestion.id, SupportQuestion.reference, Person.given_name, Person.surname,
            Institution.name, SupportQuestion.state, SupportQuestion.created_at,
        )
        .join(Person, Person.id == SupportQuestion.person_id)
        .outerjoin(Institution, Institution.id == SupportQuestion.institution_id)
        .where(*conditions, seen_by_me())
        .order_by(place)
        .limit(PER_PAGE + 1)
    )  # fmt: skip
    with composed().database.connect() as connection:
        return [QuestionLine(*row) for row in connection.execute(query)]


def question_for_me(quoted: str) -> CaseRecord:
    """Return a question to whoever may answer it.

    UnknownCase to a coordinator for those of other people, to an officer for those that never came
    to the office: what somebody asks their own unit is nobody else's.
    """
    case, actor = find_proposal(quoted, WORKFLOW), current().actor
    if acts_as(actor, COORDINATOR):
        place = case.row["institution_id"]
        with composed().database.connect() as connection:
            mine = place is not None and answers_for(connection, actor.name, place)
    else:
        entries = timeline(composed().database, case.id)
        mine = any(entry.target == AT_OFFICE for entry in entries)
    if not mine:
        raise UnknownCase(case=quoted)
    return case


def about_of(case: CaseRecord) -> AboutApplication | None:
    """Return the application that a question is about, None where it is about none."""
    if case.row["about_id"] is None:
        return None
    composition = composed()
    about = find_case(composition.database, composition.library, case.row["about_id"])
    return AboutApplication(about, case.row["about_state"])


def asker_of(case: CaseRecord) -> str:
    """Return the name of whoever asked."""
    with composed().database.connect() as connection:
        return rows.fetch(connection, Person, case.subject).name
