"""What the demo shows of letters to units: one that was sent, and a draft that waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.kit.roles import COORDINATOR
from handlers.people.register import enter_user, find_institution
from handlers.unit_letters.payloads import Distribution
from handlers.unit_letters.sending import work_off
from handlers.unit_letters.unit_letter import WORKFLOW
from states.cases.requests.unit_letter import UnitLetter
from states.people.institution import Institution
from states.people.user import User
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from web.demo.stage import DemoOffice

SENDER = "TEST-16"
SECOND = ("demo:coordinator-2", "Meral Yetkili", SENDER, 921)
READER = ("demo:coordinator-3", "Nazlı Yetkili", "TEST-16-01", 922)
"""The coordinators beside the first one: subject, name, institution, number of the person."""

WORDS: dict[str, object] = {
    "wording": "renewal", "about": None, "addition": None, "person_id": None,
    "contact_name": "TEST Bursa İl Müdürlüğü Bilgi İşlem Şubesi",
    "contact_phone": "0 (224) 000 00 00", "contact_email": "destek@ornek.invalid",
}  # fmt: skip


def write_letters(stage: DemoOffice, first: Actor) -> None:
    """Have one letter sent to two districts and another one wait for its second person.

    A seeding that was broken off finds its accounts and letters and adds the others.
    """
    second, _ = (_account(stage, *one) for one in (SECOND, READER))
    if not _letters(stage):
        sent = _propose(stage, first, "Sertifika yenileme başvuruları")
        stage.engine.fire(sent, "approve", second, workflow=WORKFLOW)
    while work_off(stage.engine):
        pass
    if len(_letters(stage)) == 1:
        _propose(stage, first, "e-onay verilmesi", wording="consent")


def _account(stage: DemoOffice, subject: str, name: str, code: str, number: int) -> Actor:
    person = stage.person(number, *name.split())
    with stage.engine.database.begin() as connection:
        known = connection.scalar(select(User.id).where(User.subject == subject))
        place = find_institution(connection, code)
        account = known or enter_user(
            connection, name, [COORDINATOR], stage.clock.now(), subject=subject,
            person_id=person, institution_id=place.id if place else None,
        )  # fmt: skip
    return Actor(f"user:{account}", frozenset({COORDINATOR}), "demo", person)


def _letters(stage: DemoOffice) -> list[int]:
    with stage.engine.database.connect() as connection:
        return list(connection.scalars(select(UnitLetter.id)))


def _propose(stage: DemoOffice, first: Actor, subject: str, **other: object) -> int:
    codes = (SENDER, "TEST-16-01", "TEST-16-02", "TEST-16-02-1")
    query = select(Institution.code, Institution.id).where(Institution.code.in_(codes))
    with stage.engine.database.connect() as connection:
        ids = {row.code: row.id for row in connection.execute(query)}
    said = Distribution((ids["TEST-16-01"], ids["TEST-16-02"]), (ids["TEST-16-02-1"],))
    values = {"institution_id": ids[SENDER], "subject": subject, **WORDS, **other}
    return stage.engine.open(WORKFLOW, "propose", first, values, said.payload())
