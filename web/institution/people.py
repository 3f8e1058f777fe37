"""What a coordinator's page of a person is written from: certificates, applications, reminders.

A person counts as somebody of a subtree by the institution that they belong to now; whoever belongs
elsewhere is, to its coordinator, not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.reminders.needs import asked_of
from handlers.reminders.steps import coming_steps
from handlers.ways import facts, router
from handlers.ways.days import apply_by, apply_from
from handlers.ways.router import expected_day
from states.cases.application import FINAL_STATES, Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice, NoticeState
from states.kit.reference import MAX_ID
from states.logs.reminder import Ladder, Reminder
from states.people.institution import Institution
from states.people.person import IN_OFFICE, Person
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.kit.formats import day as written_day
from web.kit.reading import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from handlers.kit.context import CaseEngine
    from handlers.reminders.steps import LadderStep
    from handlers.ways.facts import ApplicationFacts, CertificateFacts, PersonFacts
    from handlers.ways.router import Route
    from handlers.ways.way import RoutingDay

STANDINGS: Mapping[str, str] = {
    IN_OFFICE: _("Görevde"),
    "left": _("Kurumundan ayrıldı"),
    "blocked": _("İşlemleri durduruldu"),
    "dead": _("Öldü"),
}

LADDERS: Mapping[str, str] = {
    Ladder.RENEWAL: _("Sahibine: yenileme"),
    Ladder.E_ONAY: _("Sahibine: e-onay"),
    Ladder.COORDINATOR: _("Kurum yetkilisine"),
    Ladder.ABOVE: _("Üst birimin yetkilisine"),
    Ladder.BY_HAND: _("Sahibine: elle hatırlatma"),
}
"""Whom a step tells, and of what."""

STANDING = ("active", "suspended")
"""States of a certificate for which what follows it can be applied for."""

UNKNOWN = ("reserved", "void")
"""States of a certificate that its holder has never had."""

MADE_BY_HAND = ("remind", "stop_reminders", "resume_reminders", "ask_end", "decline_end")
"""Moves of a certificate by which people steer the reminders or ask for its end."""

MOST = 100
"""Reminders on the page, the newest ones."""

MOST_CLOSED = 5
"""Applications that have ended, on the page."""


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """A certificate of a person; ``limit`` says its limits in words, ``coming`` what is still sent.

    ``stopped_on`` is the day since which nobody is reminded of its end.
    """

    id: int
    reference: str
    state: str
    ends_on: date | None
    apply_by: date | None
    overdue: bool
    limit: str
    stopped_on: date | None
    coming: Sequence[LadderStep] = ()


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An open application, and the day on which its card is expected."""

    facts: ApplicationFacts
    expected: date | None


@dataclass(frozen=True, slots=True)
class PastReminder:
    """A step that was taken: for which certificate, whom it told, and how far the message is."""

    sent_on: date
    certificate: str
    ladder: str
    step: int
    message: NoticeState


@dataclass(frozen=True, slots=True)
class MoveByHand:
    """What somebody did about reminders or the end of a certificate, in which role and why."""

    at: datetime
    certificate: str
    trigger: str
    role: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """All that the page of a person shows."""

    person: Person
    institution: str
    route: Route
    consented: bool
    certificates: Sequence[CertificateLine]
    applications: Sequence[ApplicationLine]
    closed: Sequence[Row[*tuple[Any, ...]]]
    reminders: Sequence[PastReminder]
    by_hand: Sequence[MoveByHand]


def find(database: Engine, number: int, within: str) -> tuple[Person, str] | None:
    """Return a person of a subtree and the name of their unit; None of all others."""
    query = (
        select(Person, Institution.name)
        .join(Institution, Institution.id == Person.institution_id)
        .where(
            Person.id == min(number, MAX_ID),
            Institution.path.startswith(within, autoescape=True),
        )
    )
    with Session(database, expire_on_commit=False) as session:
        found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def read(engine: CaseEngine, person: Person, institution: str, day: RoutingDay) -> PersonSheet:
    """Return what is known of a person today."""
    with engine.database.connect() as connection:
        known = facts.read_all(connection, [person.id])[person.id]
        shown = [one for one in known.certificates if one.state not in UNKNOWN]
        return PersonSheet(
            person,
            institution,
            router.route(known, day),
            known.has_consent,
            _certificates(connection, engine, known, shown, day),
            [ApplicationLine(one, expected_day(one, day)) for one in known.applications],
            _closed(connection, person.id),
            _reminders(connection, person.id),
            _by_hand(engine.database, shown),
        )


def _certificates(
    connection: Connection,
    engine: CaseEngine,
    known: PersonFacts,
    shown: Sequence[CertificateFacts],
    day: RoutingDay,
) -> list[CertificateLine]:
    """Return the certificates, those that end last first."""
    query = select(Certificate.id, Certificate.reminders_stopped_on).where(
        Certificate.id.in_([one.id for one in shown])
    )
    stopped = {row.id: row.reminders_stopped_on for row in connection.execute(query)}
    policy = engine.library.workflow("certificate").window_on(day.today)
    found = []
    for one in sorted(shown, key=lambda one: (one.ends_on or date.max, one.id), reverse=True):
        going_on = one.ends_on is not None and one.state in STANDING and day.today <= one.ends_on
        late = going_on and router.overdue(known, one, day)
        coming: Sequence[LadderStep] = ()
        if stopped[one.id] is None and one.ends_on and asked_of(known, one.id, day) is not None:
            coming = [
                step
                for step in coming_steps(one.ends_on, day.today, policy)
                if not (known.has_consent and step.ladder is Ladder.E_ONAY)
            ]
        found.append(
            CertificateLine(
                one.id,
                one.reference,
                one.state,
                one.ends_on,
                apply_by(one.ends_on, day.window) if going_on and one.ends_on else None,
                late,
                _limit(one.ends_on, day, late=late) if going_on and one.ends_on else "",
                stopped[one.id],
                coming,
            )
        )
    return found


def _limit(ends_on: date, day: RoutingDay, *, late: bool) -> str:
    """Say where today lies among the days by which to apply for what follows a certificate."""
    opens, last = apply_from(ends_on, day.window), apply_by(ends_on, day.window)
    if late:
        return gettext("Son başvuru günü geçti, süren bir başvuru yok.")
    if day.today < opens:
        return gettext("Yenileme dönemi %(day)s tarihinde başlar.", day=written_day(opens))
    if day.today > last:
        return gettext("Son başvuru günü geçti; yenileme sürüyor ya da gerekmiyor.")
    left = (last - day.today).days
    if not left:
        return gettext("Başvuru için bugün son gün.")
    return gettext("Başvuru için %(n)s gün kaldı.", n=left)


def _closed(connection: Connection, person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the newest applications that have ended."""
    query = (
        select(
            Application.reference, Application.kind, Application.state, Application.entered_at
        )
        .where(Application.person_id == person_id, Application.state.in_(FINAL_STATES))
        .order_by(Application.id.desc())
        .limit(MOST_CLOSED)
    )  # fmt: skip
    return connection.execute(query).all()


def _reminders(connection: Connection, person_id: int) -> list[PastReminder]:
    """Return the newest steps; one whose message is not written yet waits for it."""
    query = (
        select(
            Reminder.sent_on, Certificate.reference, Reminder.ladder, Reminder.step, Notice.state
        )
        .join(Certificate, Certificate.id == Reminder.certificate_id)
        .outerjoin(Notice, Notice.key == Reminder.message)
        .where(Reminder.person_id == person_id)
        .order_by(Reminder.sent_on.desc(), Reminder.id.desc())
        .limit(MOST)
    )
    return [
        PastReminder(
            row.sent_on, row.reference, row.ladder, row.step, row.state or NoticeState.WRITTEN
        )
        for row in connection.execute(query)
    ]


def _by_hand(database: Engine, shown: Sequence[CertificateFacts]) -> list[MoveByHand]:
    """Return what people did about the reminders and the end of certificates, newest first."""
    found = [
        (entry, one.reference)
        for one in shown
        for entry in timeline(database, one.id)
        if entry.trigger in MADE_BY_HAND
    ]
    return [
        MoveByHand(entry.at, reference, entry.trigger, entry.body["role"], entry.body["reason"])
        for entry, reference in sorted(found, key=lambda one: (one[0].at, one[0].n), reverse=True)
    ]
