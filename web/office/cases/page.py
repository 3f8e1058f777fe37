"""What every page of a case shows: the case, its person, its deadline and its moves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from handlers.kit.roles import SYSTEM
from states.cases.application import QUEUE_DAYS
from states.cases.certificate import Certificate
from states.people.institution import Institution
from states.people.person import Person
from web.gate.composition import composed
from web.gate.language import gettext, language, spoken
from web.gate.language import lazy_gettext as _
from web.office.queues.worklist import awaited, ending
from workflow.engine.case_sets import TIMER
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import NotTheSubject, RoleNotAllowed
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from web.kit.reading import CaseRecord
    from workflow.model.actor import Actor
    from workflow.model.definition import State, Transition
    from workflow.model.refusal import WorkflowError
    from workflow.model.request import Explained

OLD_END = _("Eski sertifikanın son günü")
QUEUED = "queued"
QUEUE = _("Üretimin başlaması gereken gün")
LAST_DAY = _("Sertifikanın son geçerlilik günü")
LENGTHS = {
    "day": _("%(number)s günlük süre"),
    "month": _("%(number)s aylık süre"),
    "hour": _("%(number)s saatlik süre"),
}


@dataclass(frozen=True, slots=True)
class CaseSubject:
    """Who a case is about, and what hangs on it; detached rows, for reading."""

    person: Person
    institution: Institution | None
    old_certificate: Certificate | None
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A move that cannot be made now, with the reason in Turkish ("" when nothing but time)."""

    transition: Transition
    reason: str


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves from where a case stands: allowed, blocked now, and other people's.

    What the system would do by itself carries what it waits for.
    """

    allowed: list[Transition]
    blocked: list[Blocked]
    others: list[Blocked]


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day by which something must happen, and the rule that it comes from."""

    day: date
    why: str


def is_own(case: CaseRecord, actor: Actor) -> bool:
    """Say whether a case is about the very person who reads it as the office."""
    about = case.row[case.definition.subject]
    return actor.person_id is not None and about == actor.person_id


def subject(case: CaseRecord) -> CaseSubject:
    """Return the person of a case, their institution and the certificates it speaks of."""
    with Session(composed().database, expire_on_commit=False) as session:
        person = session.get_one(Person, case.subject)
        place = case.row.get("institution_id") or person.institution_id
        return CaseSubject(
            person,
            session.get(Institution, place) if place else None,
            _certificate(session, case.row.get("old_certificate_id")),
            _certificate(session, case.row.get("certificate_id")),
        )


def _certificate(session: Session, number: Any) -> Certificate | None:  # noqa: ANN401 - a column of any table
    return session.get(Certificate, number) if number else None


def deadline(case: CaseRecord, about: CaseSubject) -> Deadline | None:
    """Return the day by which something must happen: the state's own, the certificate's end."""
    if case.standing.final:
        return None
    dated = (*ending(case.definition), *awaited(case.definition))
    found = [_closing(case)] if case.state in dated else []
    if case.workflow == "application" and case.state == QUEUED:
        entered = day_in_istanbul(case.row["entered_at"])
        found.append(Deadline(entered + timedelta(days=QUEUE_DAYS), QUEUE))
    old = about.old_certificate
    if old is not None and old.ends_on is not None:
        found.append(Deadline(old.ends_on, OLD_END))
    return min((one for one in found if one), key=lambda one: one.day, default=None)


def _closing(case: CaseRecord) -> Deadline | None:
    """Return the last day before a case closes by itself.

    A certificate's timer rings when its last day is over; people are told of that day.
    """
    if "ends_on" in case.row:
        last: date | None = case.row["ends_on"]
        return Deadline(last, LAST_DAY) if last else None
    due: datetime | None = case.row["due_at"]
    return Deadline(day_in_istanbul(due), timer_words(case.standing)) if due else None


def timer_words(state: State) -> str:
    """Return the timer of a state as the rule that people know: ``30 günlük süre: Taslak``."""
    found = re.fullmatch(r"(\d+) (day|month|hour)s?", state.due_source)
    whole = gettext("Sürecin süresi") if state.then else gettext("Ofisin süresi")
    length = gettext(LENGTHS[found[2]], number=found[1]) if found else whole
    return f"{length}: {spoken(state.title)}"


def moves(case: CaseRecord, actor: Actor) -> Moves:
    """Sort the moves from here by what this actor may do."""
    sorted_moves = Moves([], [], [])
    for explained in _explain(case, actor):
        _sort(sorted_moves, case, explained)
    if not any(SYSTEM in other.transition.by for other in sorted_moves.others):
        return sorted_moves
    waits = {one.transition.name: one.refusal for one in _explain(case, TIMER)}
    others = [_waiting(case, one.transition, waits) for one in sorted_moves.others]
    return Moves(sorted_moves.allowed, sorted_moves.blocked, others)


def _explain(case: CaseRecord, actor: Actor) -> list[Explained]:
    return composed().engine.explain(case.id, actor, workflow=case.workflow)


def _waiting(
    case: CaseRecord, move: Transition, waits: Mapping[str, WorkflowError | None]
) -> Blocked:
    """Return another's move with what the system waits for, where it is the system's."""
    refusal = waits.get(move.name)
    return Blocked(move, _told(case, refusal) if SYSTEM in move.by and refusal else "")


def _sort(into: Moves, case: CaseRecord, explained: Explained) -> None:
    refusal = explained.refusal
    if refusal is None:
        into.allowed.append(explained.transition)
    elif isinstance(refusal, RoleNotAllowed | NotTheSubject):
        into.others.append(Blocked(explained.transition, ""))
    else:
        into.blocked.append(Blocked(explained.transition, _told(case, refusal)))


def _told(case: CaseRecord, refusal: WorkflowError) -> str:
    return sentence(case.definition, refusal.code, refusal.params, language())
