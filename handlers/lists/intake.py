"""Entering a staff list: persons, institutions, certificates and, on demand, renewals.

Every row is entered by itself and found again by its keys (TCKN, institution code, serial), so a
second upload of the same file changes nothing and a broken-off one is finished by the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from sqlalchemy import exists, or_, select

from handlers.applications.payloads import MethodChoice
from handlers.certificates.validity import HELD, in_force
from handlers.kit import rows
from handlers.kit.reads import DataAccess, record_reads
from handlers.kit.sentences import sentence_of
from handlers.lists.import_result import Entered, tell_differences, tell_other_end
from handlers.lists.uploaded_table import RejectedRow, reject
from handlers.people.changes import InstitutionMove, move_person
from handlers.people.register import (
    NewPerson,
    enter_institution,
    enter_person,
    find_institution,
    no_parent,
    refuse_closed,
)
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.kit.invalid import Invalid
from states.people.institution import Institution
from states.people.person import Person
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import Refused
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from typing import Any

    from sqlalchemy import Connection, Row

    from handlers.kit.context import CaseEngine
    from handlers.lists.staff_list import StaffList, StaffRow
    from states.kit.vault import Vault
    from workflow.model.actor import Actor

    Known = Row[Any]
    Place = tuple[str, date | None]

SPENT = ("rejected", "cancelled", "expired", "lost")
"""Ends of an application from which no certificate comes, so that another one may be filed."""


CHUNK = 200
"""Rows whose persons are entered in one transaction."""

LISTED_AS = ("has_not_ended", "form.address_missing", "conflict", "role_not_allowed")
"""Codes that are told otherwise of a row: the sentence stands under ``list.<code>``."""

LISTED = "Personel listesi"
"""The purpose under which a look-up by a list is kept."""

LONGEST_LIFE = relativedelta(years=10)
"""How far away the end of a certificate may be; none is made for longer than five years."""

_E_ONAY = MethodChoice("e_onay")

_LIVING = or_(Certificate.state != "void", Certificate.application_id.is_not(None))
"""Records whose serial number is taken: all but those that an officer has struck."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Enters lists for one actor; ``within`` is the path of their subtree, None for the house.

    ``source`` is what the log of reads and changes says about where the rows came from.
    """

    engine: CaseEngine
    vault: Vault
    actor: Actor
    within: str | None = None
    source: str = "list"

    def import_staff(self, staff: StaffList, *, file_renewals: bool = False) -> Entered:
        """Enter the rows of a list; ``file_renewals`` opens one for each certificate in it."""
        entered = Entered(rejected=list(staff.rejected), left_out=list(staff.left_out))
        for start in range(0, len(staff.rows), CHUNK):
            self.enter(staff.rows[start : start + CHUNK], entered, file_renewals=file_renewals)
        entered.rejected.sort(key=lambda row: row.number)
        entered.left_out.sort(key=lambda row: row.number)
        return entered

    def enter(self, rows: Sequence[StaffRow], entered: Entered, *, file_renewals: bool) -> None:
        """Enter a chunk of rows: the persons at once, then the cases of each by itself."""
        # Persons come first and together; a case that is refused takes none of them back.
        with self.engine.database.begin() as connection:
            persons = self._persons(connection, rows, entered)
        for row in rows:
            if row.number not in persons:
                continue
            try:
                self._cases(row, persons[row.number], entered, file_renewals=file_renewals)
            except Invalid as invalid:
                entered.reject(row, invalid)
            except Refused as refusal:
                entered.rejected.append(self._refused(row, refusal))

    def _cases(
        self, row: StaffRow, person_id: int, entered: Entered, *, file_renewals: bool
    ) -> None:
        certificate_id = self._certificate(row, person_id, entered)
        if file_renewals and certificate_id is not None:
            self._renewal(row, certificate_id, person_id, entered)

    def _persons(
        self, connection: Connection, rows: Sequence[StaffRow], entered: Entered
    ) -> dict[int, int]:
        """Return the person of each row that may be entered; those that are new come to be."""
        known = self._known(connection, rows)
        found: dict[int, int] = {}
        for row in rows:
            try:
                found[row.number] = self._person(connection, row, known, entered)
            except Invalid as invalid:
                entered.reject(row, invalid)
        return found

    def _known(self, connection: Connection, rows: Sequence[StaffRow]) -> dict[bytes, Known]:
        """Return the persons of these numbers; that they were looked up is kept (KVKK)."""
        hashes = [self.vault.lookup(row.tckn, "tckn") for row in rows]
        query = (
            select(Person.__table__, Institution.path)
            .outerjoin(Institution, Institution.id == Person.institution_id)
            .where(Person.tckn_hash.in_(hashes))
        )
        known = {row.tckn_hash: row for row in connection.execute(query)}
        record_reads(
            connection,
            self.actor,
            self.engine.clock.now(),
            DataAccess(self.source, LISTED),
            [row.id for row in known.values()],
        )
        return known

    def _person(
        self,
        connection: Connection,
        row: StaffRow,
        known: Mapping[bytes, Known],
        entered: Entered,
    ) -> int:
        institution_id = self._institution(connection, row)
        person = known.get(self.vault.lookup(row.tckn, "tckn"))
        if person is not None:
            self._refuse_foreign(person, row)
            self._follow(connection, person, institution_id)
            tell_differences(person, row, entered)
            entered.known_persons += 1
            return int(person.id)
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
        return enter_person(connection, self.vault, new, self.engine.clock.now())

    def _institution(self, connection: Connection, row: StaffRow) -> int:
        """Return the institution of a row, entered when it is new; Invalid outside the subtree."""
        known = find_institution(connection, row.institution_code)
        if known is not None:
            self._refuse_outside(known.path)
            refuse_closed(known.closed_on)
            return known.id
        parent = find_institution(connection, row.parent_code) if row.parent_code else None
        self._refuse_outside(parent.path if parent else None)
        refuse_closed(parent.closed_on if parent else None)
        return enter_institution(connection, row.institution_code, row.institution, row.parent_code)

    def judge(self, rows: Sequence[StaffRow]) -> dict[int, str]:
        """Return the sentence for each row that would be rejected; nothing is entered.

        The rows are those of a whole list, for the later ones may build on institutions of the
        earlier. That the known ones were looked up is kept all the same.
        """
        refused: dict[int, str] = {}
        with self.engine.database.begin() as connection:
            query = select(Institution.code, Institution.path, Institution.closed_on)
            places = {row.code: (row.path, row.closed_on) for row in connection.execute(query)}
            for start in range(0, len(rows), CHUNK):
                chunk = rows[start : start + CHUNK]
                known = self._known(connection, chunk)
                holders = self._holders(connection, chunk)
                for row in chunk:
                    try:
                        self._judge(row, places, known, holders)
                    except Invalid as invalid:
                        refused[row.number] = sentence_of(invalid)
        return refused

    def _judge(
        self,
        row: StaffRow,
        places: dict[str, Place],
        known: Mapping[bytes, Known],
        holders: Mapping[str, bytes],
    ) -> None:
        """Raise Invalid for a row that would be rejected; note the institution that it brings."""
        self._place(row, places)
        number = self.vault.lookup(row.tckn, "tckn")
        person = known.get(number)
        if person is not None:
            self._refuse_foreign(person, row)
        if row.serial is None or row.ends_on is None:
            return
        holder = holders.get(row.serial)
        if holder is None:
            self._refuse_end(row.ends_on)
        elif holder != number:
            raise Invalid("serial.taken")

    def _place(self, row: StaffRow, places: dict[str, Place]) -> None:
        code = row.institution_code
        found = places.get(code) or places.get(row.parent_code or "")
        path, closed_on = found or (None, None)
        self._refuse_outside(path)
        refuse_closed(closed_on)
        if code in places:
            return
        if row.parent_code and found is None:
            raise no_parent(row.parent_code)
        places[code] = f"{path or '/'}{code}/", None

    def _holders(self, connection: Connection, rows: Sequence[StaffRow]) -> dict[str, bytes]:
        """Return whose the certificates of these serial numbers are, by the hash of the number."""
        query = (
            select(Certificate.serial, Person.tckn_hash)
            .join(Person, Person.id == Certificate.person_id)
            .where(_LIVING, Certificate.serial.in_([row.serial for row in rows if row.serial]))
        )
        return {row.serial: row.tckn_hash for row in connection.execute(query)}

    def _refuse_end(self, ends_on: date) -> None:
        """Raise Invalid for the end of a new certificate that is past or beyond all measure."""
        today = day_in_istanbul(self._now())
        if ends_on < today:
            raise Invalid("list.has_not_ended")
        if ends_on > today + LONGEST_LIFE:
            raise Invalid("ends_on.far")

    def _refuse_outside(self, path: str | None) -> None:
        """Raise Invalid for what stands at no place of the subtree, or at none at all."""
        # One answer, known or unknown: a list is no way to ask who is on record elsewhere.
        if self.within is not None and not (path or "/").startswith(self.within):
            raise Invalid("row.outside")

    def _refuse_foreign(self, person: Known, row: StaffRow) -> None:
        """Take a known person only within reach, and as they are known."""
        self._refuse_outside(person.path)
        if (person.given_name, person.surname) != (row.given_name, row.surname):
            raise Invalid("person.other_name")

    def _follow(self, connection: Connection, person: Known, institution_id: int) -> None:
        """Let somebody move within the subtree; the move is kept with who brought it."""
        if person.institution_id != institution_id:
            move = InstitutionMove(person.institution_id, institution_id, self.source)
            move_person(self.engine, connection, self.actor, person.id, move)

    def _refused(self, row: StaffRow, refusal: Refused) -> RejectedRow:
        """Return a row that the engine refused: told of a row, or as of any application."""
        code = str(refusal.params.get("rule", refusal.code))
        if code in LISTED_AS:
            return reject(row.number, Invalid(f"list.{code}"))
        definition = self.engine.library.workflow("application")
        return RejectedRow(row.number, code, sentence(definition, code, refusal.params))

    def _now(self) -> datetime:
        return self.engine.clock.now()

    def _certificate(self, row: StaffRow, person_id: int, entered: Entered) -> int | None:
        if row.serial is None:
            return None
        with self.engine.database.connect() as connection:
            known = connection.execute(
                select(Certificate.id, Certificate.person_id, Certificate.ends_on).where(
                    _LIVING, Certificate.serial == row.serial
                )
            ).one_or_none()
        if known is not None:
            if known.person_id != person_id:
                raise Invalid("serial.taken")
            tell_other_end(known.ends_on, row, entered)
            entered.known_certificates += 1
            return int(known.id)
        if row.ends_on is not None:
            self._refuse_end(row.ends_on)
        values = {"person_id": person_id, "serial": row.serial, "ends_on": row.ends_on}
        certificate_id = self.engine.open("certificate", "record", self.actor, values)
        entered.certificates += 1
        return certificate_id

    def _renewal(
        self, row: StaffRow, certificate_id: int, person_id: int, entered: Entered
    ) -> None:
        """File a renewal by e-onay unless there is one; finish one that stopped as a draft."""
        filed = self._filed(certificate_id)
        if filed is None:
            if not self._in_force(certificate_id):
                entered.leave_out(row, Invalid("renewal.old_gone"))
                return
            values = {
                "kind": "renewal",
                "person_id": person_id,
                "old_certificate_id": certificate_id,
            }
            filed = self.engine.open("application", "file", self.actor, values), "draft"
            entered.renewals += 1
        application_id, state = filed
        if state == "draft":
            self.engine.fire(application_id, "choose_method", self.actor, _E_ONAY.payload())

    def _filed(self, certificate_id: int) -> tuple[int, str] | None:
        """Return the renewal of a certificate from which another one comes or has come."""
        now = self.engine.clock.now()
        lives = exists().where(
            Certificate.id == Application.certificate_id,
            Certificate.state.in_(HELD),
            now <= Certificate.ends_at,
        )
        statement = select(Application.id, Application.state).where(
            Application.old_certificate_id == certificate_id,
            Application.kind == "renewal",
            Application.state.not_in(SPENT),
            (Application.state != "delivered") | lives,
        )
        with self.engine.database.connect() as connection:
            found = connection.execute(statement).first()
        return None if found is None else (found.id, found.state)

    def _in_force(self, certificate_id: int) -> bool:
        with self.engine.database.connect() as connection:
            certificate = rows.find(connection, Certificate, certificate_id)
        return in_force(certificate, self.engine.clock.now())
