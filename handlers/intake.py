"""Owns entering a staff list: persons, institutions, certificates and, on demand, renewals.

Every row is entered by itself and found again by its keys (TCKN, institution code, serial), so a
second upload of the same file changes nothing and a broken-off one is finished by the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from handlers.people import (
    NewPerson,
    enter_institution,
    enter_person,
    find_institution,
    find_person,
)
from handlers.staff_list import Rejected
from states.application import Application
from states.certificate import Certificate
from states.institution import Institution
from states.invalid import Invalid
from states.person import Person
from workflow.clock import day_in_istanbul
from workflow.refusal import Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.staff_list import StaffList, StaffRow
    from states.vault import Vault
    from workflow.actor import Actor
    from workflow.engine import Office

SPENT = ("rejected", "cancelled", "expired")
"""States of a renewal after which another one may be filed for the same certificate."""


@dataclass(slots=True)
class Entered:
    """What came of a list: how many were new or known already, and the rows not taken."""

    persons: int = 0
    known_persons: int = 0
    certificates: int = 0
    known_certificates: int = 0
    renewals: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Intake:
    """Enters lists for one actor; ``within`` is the path of his subtree, None for the house."""

    office: Office
    vault: Vault
    actor: Actor
    within: str | None = None

    def import_staff(self, staff: StaffList, *, file_renewals: bool = False) -> Entered:
        """Enter the rows of a list; ``file_renewals`` opens one for each certificate in it."""
        entered = Entered(rejected=list(staff.rejected))
        for row in staff.rows:
            try:
                person_id = self._person(row, entered)
                certificate_id = self._certificate(row, person_id, entered)
                if file_renewals and certificate_id is not None:
                    self._renewal(certificate_id, person_id, entered)
            except Invalid as invalid:
                entered.rejected.append(Rejected(row.number, invalid.code, invalid.sentence))
            except Refused as refusal:
                code = str(refusal.params.get("rule", refusal.code))
                entered.rejected.append(Rejected(row.number, code, _sentence(code)))
        entered.rejected.sort(key=lambda row: row.number)
        return entered

    def _person(self, row: StaffRow, entered: Entered) -> int:
        with self.office.database.begin() as connection:
            institution_id = self._institution(connection, row)
            known = find_person(connection, self.vault, row.tckn)
            if known is not None:
                self._refuse_foreign(connection, known, row, institution_id)
                entered.known_persons += 1
                return known
            new = NewPerson(
                row.tckn,
                row.given_name,
                row.surname,
                institution_id,
                row.address,
                row.email,
                row.phone,
            )
            entered.persons += 1
            return enter_person(connection, self.vault, new, self.office.clock.now())

    def _institution(self, connection: Connection, row: StaffRow) -> int:
        """Return the institution of a row, entered when it is new; Invalid outside the subtree."""
        known = find_institution(connection, row.institution_code)
        if known is not None:
            self._refuse_outside(known.path)
            return known.id
        parent = find_institution(connection, row.parent_code) if row.parent_code else None
        self._refuse_outside(parent.path if parent else "/")
        return enter_institution(connection, row.institution_code, row.institution, row.parent_code)

    def _refuse_outside(self, path: str) -> None:
        if self.within is not None and not path.startswith(self.within):
            raise Invalid("institution.outside", "Bu kurum sizin yetki alanınızda değil.")

    def _refuse_foreign(
        self, connection: Connection, person_id: int, row: StaffRow, institution_id: int
    ) -> None:
        """Take a known person only as he is known; a move inside the subtree is followed."""
        statement = (
            select(Person.given_name, Person.surname, Person.institution_id, Institution.path)
            .outerjoin(Institution, Institution.id == Person.institution_id)
            .where(Person.id == person_id)
        )
        known = connection.execute(statement).one()
        if known.path is not None:
            self._refuse_outside(known.path)
        if (known.given_name, known.surname) != (row.given_name, row.surname):
            raise Invalid(
                "person.other_name",
                "Bu kimlik numarası başka bir ad ve soyadla kayıtlı; bilgileri denetleyiniz.",
            )
        if known.institution_id != institution_id:
            move = update(Person).where(Person.id == person_id)
            connection.execute(move.values(institution_id=institution_id))

    def _certificate(self, row: StaffRow, person_id: int, entered: Entered) -> int | None:
        if row.serial is None:
            return None
        with self.office.database.connect() as connection:
            known = connection.execute(
                select(Certificate.id, Certificate.person_id).where(
                    Certificate.serial == row.serial
                )
            ).one_or_none()
        if known is not None:
            if known.person_id != person_id:
                raise Invalid("serial.taken", "Bu sertifika başka bir kişiye kayıtlı.")
            entered.known_certificates += 1
            return int(known.id)
        values = {"person_id": person_id, "serial": row.serial, "ends_on": row.ends_on}
        certificate_id = self.office.open("certificate", "record", self.actor, values)
        entered.certificates += 1
        return certificate_id

    def _renewal(self, certificate_id: int, person_id: int, entered: Entered) -> None:
        """File a renewal by e-onay unless there is one; finish one that stopped as a draft."""
        filed = self._filed(certificate_id)
        if filed is None:
            if not self._in_force(certificate_id):
                return
            values = {
                "kind": "renewal",
                "person_id": person_id,
                "old_certificate_id": certificate_id,
            }
            filed = self.office.open("application", "file", self.actor, values), "draft"
            entered.renewals += 1
        application_id, state = filed
        if state == "draft":
            self.office.fire(application_id, "choose_method", self.actor, {"method": "e_onay"})

    def _filed(self, certificate_id: int) -> tuple[int, str] | None:
        statement = select(Application.id, Application.state).where(
            Application.old_certificate_id == certificate_id,
            Application.kind == "renewal",
            Application.state.not_in(SPENT),
        )
        with self.office.database.connect() as connection:
            found = connection.execute(statement).first()
        return None if found is None else (found.id, found.state)

    def _in_force(self, certificate_id: int) -> bool:
        today = day_in_istanbul(self.office.clock.now())
        statement = select(Certificate.id).where(
            Certificate.id == certificate_id,
            Certificate.state == "active",
            Certificate.ends_on >= today,
        )
        with self.office.database.connect() as connection:
            return connection.execute(statement).first() is not None


_SENTENCES = {
    "has_not_ended": "Sertifikanın süresi dolmuş; kişi kaydedildi, sertifika kaydedilmedi.",
    "form.address_missing": "Adres yok; yenileme başvurusu taslak kaldı.",
    "conflict": "Bu kişinin açık bir yenileme başvurusu zaten var.",
    "role_not_allowed": "Bu kaydı yapmaya yetkiniz yok.",
}


def _sentence(code: str) -> str:
    return _SENTENCES.get(code, f"Kayıt yapılamadı ({code}); destek birimine başvurunuz.")
