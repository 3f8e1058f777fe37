"""Owns what the case page shows: the case, its person, its moves, its papers and its past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from states.certificate import Certificate
from states.document import Document
from states.institution import Institution
from states.person import Person
from states.reference import parse
from web.composition import composed
from web.office.worklist import ending
from web.reading import Entry, Found, attempts, find_case, timeline
from workflow.clock import day_in_istanbul
from workflow.refusal import NotTheSubject, RoleNotAllowed, UnknownCase
from workflow.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from states.journal import RefusedAttempt
    from workflow.actor import Actor
    from workflow.definition import Transition
    from workflow.request import Explained


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a case is about, and what hangs on it; detached rows, for reading."""

    person: Person
    institution: Institution | None
    old_certificate: Certificate | None
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A move that can not be made now, with the reason in Turkish."""

    transition: Transition
    reason: str


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves from where a case stands: allowed, blocked now, and other people's."""

    allowed: list[Transition]
    blocked: list[Blocked]
    others: list[Transition]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline: a journal entry or a refused attempt."""

    at: datetime
    entry: Entry | None = None
    attempt: RefusedAttempt | None = None
    reason: str = ""

    @property
    def actor(self) -> str:
        """The key of who did or tried it."""
        if self.entry is not None:
            return self.entry.actor
        return self.attempt.actor if self.attempt is not None else ""


def found(reference: str) -> Found:
    """Return the case of a reference; UnknownCase for what is none."""
    try:
        workflow, case_id = parse(reference)
    except ValueError:
        raise UnknownCase(case=reference[:40]) from None
    house = composed()
    case = find_case(house.database, house.library, case_id)
    if case.workflow != workflow:
        raise UnknownCase(case=reference)
    return case


def subject(case: Found) -> Subject:
    """Return the person of a case, his institution and the certificates it speaks of."""
    with Session(composed().database, expire_on_commit=False) as session:
        person = session.get_one(Person, case.subject)
        place = case.row.get("institution_id") or person.institution_id
        return Subject(
            person,
            session.get(Institution, place) if place else None,
            _certificate(session, case.row.get("old_certificate_id")),
            _certificate(session, case.row.get("certificate_id")),
        )


def _certificate(session: Session, number: Any) -> Certificate | None:  # noqa: ANN401 - a column of any table
    return session.get(Certificate, number) if number else None


def deadline(case: Found, about: Subject) -> date | None:
    """Return the day by which something must happen: the closing timer, the certificate's end."""
    if case.standing.final:
        return None
    ends = about.old_certificate.ends_on if about.old_certificate else None
    days = [_closing_day(case)] if case.state in ending(case.definition) else []
    return min([day for day in (*days, ends) if day is not None], default=None)


def _closing_day(case: Found) -> date | None:
    """Return the last day before a case closes by itself.

    A certificate's timer rings when its last day is over; people are told of that day.
    """
    if "ends_on" in case.row:
        last: date | None = case.row["ends_on"]
        return last
    due: datetime | None = case.row["due_at"]
    return day_in_istanbul(due) if due else None


def moves(case: Found, actor: Actor) -> Moves:
    """Sort the moves from here by what this actor may do."""
    sorted_moves = Moves([], [], [])
    for explained in composed().office.explain(case.id, actor, workflow=case.workflow):
        _sort(sorted_moves, case, explained)
    return sorted_moves


def _sort(into: Moves, case: Found, explained: Explained) -> None:
    refusal = explained.refusal
    if refusal is None:
        into.allowed.append(explained.transition)
    elif isinstance(refusal, RoleNotAllowed | NotTheSubject):
        into.others.append(explained.transition)
    else:
        reason = sentence(case.definition, refusal.code, refusal.params, "tr")
        into.blocked.append(Blocked(explained.transition, reason))


def history(case: Found) -> list[Event]:
    """Return the moves and the refused attempts of a case in the order of time."""
    database = composed().database
    events = [Event(entry.at, entry=entry) for entry in timeline(database, case.id)]
    for attempt in attempts(database, case.id):
        params = {"rule": attempt.code, **attempt.params}
        reason = sentence(case.definition, attempt.code, params, "tr")
        events.append(Event(attempt.at, attempt=attempt, reason=reason))
    return sorted(events, key=lambda event: event.at)


def documents(case: Found, entries: Sequence[Entry]) -> list[Document]:
    """Return the frozen documents a case rests on, newest first."""
    names = {sha256 for entry in entries for sha256 in entry.body["documents"]}
    columns = ("form_sha256", "document_sha256", "digest")
    names |= {case.row[column] for column in columns if case.row.get(column)}
    belongs = Document.sha256.in_(names) | (Document.case_id == case.id)
    query = select(Document).where(belongs).order_by(Document.created_at.desc())
    with Session(composed().database, expire_on_commit=False) as session:
        return list(session.scalars(query))
