"""What stands in an empty demo: accounts, people with cards, applications on their way.

Everything is done through the engine by a clock that starts three weeks ago and is brought up to
now, so that the journal of the demo verifies like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select, update

from handlers.cards.seed import handed_over
from handlers.lists.intake import Intake
from handlers.lists.sample import as_csv, sample_rows
from handlers.lists.staff_list import read_staff_list
from handlers.people.register import enter_user, find_institution
from states.cases.application import Application
from states.people.user import User
from web.demo import boxes
from web.demo.holders import enter_holders
from web.demo.letters import write_letters
from web.demo.outside import connected
from web.demo.stage import DemoOffice, applicant
from workflow.model.actor import Actor
from workflow.model.clock import FixedClock

if TYPE_CHECKING:
    from datetime import datetime

    from web.gate.composition import Composition

STARTS_AGO = timedelta(days=21)
KNOWN_STAFF = 120
"""How many people of the sample list stand in the demo; uploading the list adds the others."""

LAST = "demo:administrator"
"""The account that is entered last: where it stands the demo is complete."""

STAFF = (
    ("demo:officer-1", "Filiz Görevli", "officer", None),
    ("demo:officer-2", "Selim Görevli", "officer", None),
    ("demo:operator", "Okan Üretim", "operator", None),
    ("demo:auditor", "Deniz Denetçi", "auditor", None),
    ("demo:coordinator", "Kerem Yetkili", "coordinator", "TEST-16"),
    ("demo:administrator-2", "Sevgi Yönetici", "administrator", None),
    (LAST, "Yaprak Yönetici", "administrator", None),
)

HEAD = "demo:officer-2"
"""The officer who leads the desk."""

_ORDER = [subject for subject, *_ in STAFF]
_HUMANS = 901
"""Where the numbers of the people behind the accounts begin."""


@dataclass(frozen=True, slots=True)
class Staff:
    """The actors of the demo's desk."""

    first: Actor
    second: Actor
    operator: Actor
    coordinator: Actor


def seed(composition: Composition) -> None:
    """Fill an empty demo; does nothing where one stands, and goes on where it was broken off."""
    if _complete(composition):
        return
    composition.engine.services.establish_keys()
    now = composition.clock.now()
    clock = FixedClock(now - STARTS_AGO)
    # The site is not served yet, and its clock is another: the past asks a site of its own.
    with connected(replace(composition, clock=clock)) as served:
        _fill(_stage(served, clock), now)


def _fill(stage: DemoOffice, now: datetime) -> None:
    stage.prepare()
    staff = _desk(stage)
    boxes.begin(stage.engine)
    _three_weeks_ago(stage, staff)
    stage.until(now - STARTS_AGO + timedelta(days=3))
    _deliver(stage, staff)
    stage.until(now - timedelta(days=2))
    _two_days_ago(stage, staff)
    stage.until(now - timedelta(minutes=5))
    _just_now(stage)
    _staff_list(stage, staff)
    write_letters(stage, staff.coordinator)
    boxes.leave_one_uncounted(stage.engine)
    _enter(stage, STAFF[-1:])


def _complete(composition: Composition) -> bool:
    query = select(func.count()).where(User.subject == LAST)
    with composition.database.connect() as connection:
        return bool(connection.execute(query).scalar_one())


def _stage(composition: Composition, clock: FixedClock) -> DemoOffice:
    folder = composition.settings.var / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    return DemoOffice(composition.engine, composition.engine.services, clock, folder)


def _enter(
    stage: DemoOffice, accounts: tuple[tuple[str, str, str, str | None], ...]
) -> list[Actor]:
    actors = []
    for subject, name, role, code in accounts:
        person = stage.person(_HUMANS + _ORDER.index(subject), *name.split())
        with stage.engine.database.begin() as connection:
            top = find_institution(connection, code) if code else None
            number = enter_user(
                connection,
                name,
                [role],
                stage.clock.now(),
                subject=subject,
                person_id=person,
                institution_id=top.id if top else None,
            )
            if subject == HEAD:
                connection.execute(update(User).where(User.id == number).values(leads=True))
        actors.append(Actor(f"user:{number}", frozenset({role}), "demo", person))
    return actors


def _desk(stage: DemoOffice) -> Staff:
    first, second, operator, _, coordinator, _ = _enter(stage, STAFF[:-1])
    return Staff(first, second, operator, coordinator)


def _untouched(stage: DemoOffice, person: int) -> bool:
    """Say whether a person has no application yet: a seeding that was broken off goes on there."""
    query = select(func.count()).where(Application.person_id == person)
    with stage.engine.database.connect() as connection:
        return not connection.execute(query).scalar_one()


def _renewal(stage: DemoOffice, number: int, name: str, ends_on_in: relativedelta) -> None:
    """Renew by e-onay, consent first."""
    person, held = stage.holder(number, name, stage.today + ends_on_in)
    if _untouched(stage, person):
        stage.consent(f"demo-{number}", person, held)
        stage.file(person, "renewal", held.certificate_id, "e_onay")


def _filed_for(stage: DemoOffice, coordinator: Actor, number: int, name: str) -> None:
    """Have a renewal filed by a coordinator: it waits for the press of its person."""
    person, held = stage.holder(number, name, stage.today + relativedelta(days=45))
    if _untouched(stage, person):
        stage.consent(f"demo-{number}", person, held)
        stage.file_for(coordinator, person, held.certificate_id)


def _at_the_desk(
    stage: DemoOffice, number: int, name: str, registered_by: Actor | None
) -> int | None:
    """Apply at the desk; with an officer the signed form is there. None where it was done."""
    person = stage.person(number, name)
    if not _untouched(stage, person):
        return None
    case = stage.file(person, "first", None, "in_person")
    if registered_by is not None:
        stage.scan(case, registered_by)
        stage.engine.fire(case, "register_paper", registered_by, stage.paper(case))
    return case


def _three_weeks_ago(stage: DemoOffice, staff: Staff) -> None:
    _renewal(stage, 101, "Ayla", relativedelta(days=45))
    _renewal(stage, 102, "Hale", relativedelta(days=24))
    _renewal(stage, 103, "Derya", relativedelta(months=5))
    _at_the_desk(stage, 104, "Cemil", staff.first)
    returned = _at_the_desk(stage, 105, "Gül", staff.first)
    if returned is not None:
        reason = "not_signed: imzalayıp yeniden gönderiniz"
        stage.engine.fire(returned, "return_to_applicant", staff.second, reason=reason)
    person, held = stage.holder(106, "Kaya", stage.today + relativedelta(days=60))
    if _untouched(stage, person):
        stage.file(person, "renewal", held.certificate_id, "e_onay")
    stage.holder(107, "Bora", stage.today + relativedelta(days=61))
    stage.holder(108, "Emre", stage.today + relativedelta(days=26))
    enter_holders(stage, STARTS_AGO)


def _deliver(stage: DemoOffice, staff: Staff) -> None:
    """Hand over Hale's card; the others are still with the courier."""
    person = stage.person(102, "Hale")
    query = select(Application.id).where(
        Application.person_id == person, Application.state == "couriered"
    )
    with stage.engine.database.connect() as connection:
        case = connection.execute(query).scalar_one_or_none()
    if case is not None:
        stage.engine.fire(case, "deliver", staff.operator, handed_over(stage.clock.now()).payload())


def _two_days_ago(stage: DemoOffice, staff: Staff) -> None:
    _at_the_desk(stage, 109, "Leyla", None)
    _at_the_desk(stage, 110, "Mert", staff.second)
    _filed_for(stage, staff.coordinator, 113, "Pelin")


def _just_now(stage: DemoOffice) -> None:
    _renewal(stage, 111, "Nil", relativedelta(days=30))
    person = stage.person(112, "Onur")
    if _untouched(stage, person):
        values = {"kind": "first", "person_id": person}
        stage.engine.open("application", "file", applicant(person), values)


def _staff_list(stage: DemoOffice, staff: Staff) -> None:
    """Upload a part of the sample list as the coordinator would."""
    rows = sample_rows(stage.today)[:KNOWN_STAFF]
    with stage.engine.database.connect() as connection:
        top = find_institution(connection, "TEST-16")
    within = top.path if top else None
    intake = Intake(stage.engine, stage.services.vault, staff.coordinator, within)
    intake.import_staff(read_staff_list(as_csv(rows)))
