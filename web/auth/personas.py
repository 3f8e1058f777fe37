"""The personas of the demo: the accounts and persons one may sign in as by a button."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.kit.roles import ADMINISTRATOR, APPLICANT, AUDITOR, OFFICER, OPERATOR, STAFF
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.people.institution import Institution
from states.people.person import Person
from states.people.user import User
from web.gate.actors import Known, of_person, of_user
from web.gate.language import lazy_gettext as _
from web.gate.language import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Engine

    from states.kit.vault import Vault
    from workflow.model.definition import Role

EVERYBODY = (*STAFF, APPLICANT)

SHOWN_APPLICANTS = 21
"""How many applicants the page offers; a staff list of thousands would bury the rest."""


DUTIES = MappingProxyType(
    {
        OFFICER: _("Başvuruyu kaydeder, inceler, başkasınınkini onaylar"),
        OPERATOR: _("Kart üretir, kuryeye verir"),
        AUDITOR: _("Günlüğü ve onayları denetler"),
        ADMINISTRATOR: _("Hesap ve yetki önerir, başkasınınkini onaylar"),
    }
)
"""What stands beside the name of an account that belongs to no institution."""


@dataclass(frozen=True, slots=True)
class Persona:
    """One button: ``sort`` is ``user`` or ``person``, ``number`` the row's id."""

    sort: str
    number: int
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class PersonaGroup:
    """Personas of one role."""

    title: str
    personas: list[Persona]


@dataclass(frozen=True, slots=True)
class DemoCard:
    """A card of the demo: whose it is, its label, and the first PIN where we still know it."""

    holder: str
    label: str
    pin: str | None


def cards(database: Engine, vault: Vault) -> list[DemoCard]:
    """Return the demo's cards whose certificates are in force, in the order of the personas."""
    query = (
        select(Person, Card.serial, Card.pin_sealed)
        .join(Certificate, Certificate.person_id == Person.id)
        .join(Card, Card.id == Certificate.card_id)
        .where(Certificate.state == "active")
        .order_by(Person.id, Certificate.ends_on.desc())
        .limit(SHOWN_APPLICANTS)
    )
    with Session(database) as session:
        return [
            DemoCard(person.name, serial, vault.open(pin, "pin") if pin else None)
            for person, serial, pin in session.execute(query)
        ]


def groups(
    database: Engine, roles: Mapping[str, Role], wanted: Sequence[str] = EVERYBODY
) -> list[PersonaGroup]:
    """Return the personas of the wanted roles, staff first; roles nobody holds are left out."""
    with Session(database) as session:
        users = list(session.scalars(select(User).where(User.active).order_by(User.id)))
        found = [
            PersonaGroup(
                spoken(roles[name].title),
                [_staff(session, user) for user in users if name in user.roles],
            )
            for name in STAFF
            if name in wanted
        ]
        people = session.execute(
            select(Person, Institution.name)
            .outerjoin(Institution, Institution.id == Person.institution_id)
            .where(~select(User.id).where(User.person_id == Person.id).exists())
            .order_by(Person.id)
            .limit(SHOWN_APPLICANTS)
        )
        applicants = [
            Persona("person", person.id, person.name, institution or person.tckn_masked)
            for person, institution in people
        ]
    if APPLICANT in wanted:
        found.append(PersonaGroup(spoken(roles[APPLICANT].title), applicants))
    return [group for group in found if group.personas]


def _staff(session: Session, user: User) -> Persona:
    institution = session.get(Institution, user.institution_id) if user.institution_id else None
    note = institution.name if institution else str(DUTIES.get(user.roles[0], ""))
    return Persona("user", user.id, user.name, note)


def known(database: Engine, sort: str, number: int) -> Known | None:
    """Return the actor of a persona, or None when there is no such one."""
    with Session(database) as session:
        if sort == "user":
            user = session.get(User, number)
            return of_user(user, "demo") if user else None
        person = session.get(Person, number)
        return of_person(person, "demo") if person else None
