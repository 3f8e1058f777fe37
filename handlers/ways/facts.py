"""What is known of persons that decides which ways to a certificate are open to them.

Three questions, however many persons: the persons, their certificates, their applications. What is
read here is what the facts of ``workflows.yaml`` say of one case, for all of a person at once; a
test holds the two against each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, BigInteger, any_, exists, func, select

from handlers.certificates.replacements import IssuedCertificate
from handlers.certificates.validity import HELD, in_hand
from handlers.kit import rows
from states.cases.application import FINAL_STATES, Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.code import Code
from states.cases.consent import Consent
from states.cases.terms import Terms
from states.people.institution import Institution
from states.people.person import Person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection


@dataclass(slots=True)  # one that is frozen takes four times as long to make
class CertificateFacts:
    """One certificate of a person, with the application that it was made by; nobody changes it.

    ``in_hand`` says that its holder has it: it is valid, or on hold and was valid before.
    ``unlockable`` says that its PIN can be set anew by its holder, ``unlock_tried_at`` when that
    was last tried.
    """

    id: int
    reference: str
    serial: str
    state: str
    ends_on: date | None
    ends_at: datetime | None
    not_before: datetime | None
    revoked_at: datetime | None
    seen: str | None
    has_bytes: bool
    checked_at: datetime | None
    suspended_by: str | None
    activate_by: datetime | None
    in_hand: bool
    unlockable: bool
    unlock_tried_at: datetime | None
    application_id: int | None
    application_reference: str | None
    application_kind: str | None
    application_state: str | None
    application_about: int | None

    def in_force(self, now: datetime) -> bool:
        """Say whether it stands, on hold included, and has not ended."""
        held = self.state in HELD and self.revoked_at is None
        return held and self.ends_at is not None and now <= self.ends_at

    @property
    def link(self) -> IssuedCertificate:
        """It as one of those that meet a need."""
        return IssuedCertificate(
            self.id, self.serial, self.state, self.not_before, self.ends_at, self.revoked_at,
            self.application_id, self.application_reference, self.application_kind,
            self.application_about,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """One application of a person that has not ended."""

    id: int
    reference: str
    kind: str
    method: str | None
    state: str
    old_certificate_id: int | None
    certificate_id: int | None
    production_opens_on: date | None
    entered_at: datetime
    due_at: datetime | None
    definition: str


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person: standing, institution, e-onay, certificates by their number, open applications."""

    id: int
    standing: str
    institution_open: bool
    has_consent: bool
    certificates: tuple[CertificateFacts, ...] = ()
    applications: tuple[ApplicationFacts, ...] = ()


def read(connection: Connection, person_id: int) -> PersonFacts | None:
    """Return what is known of a person; None of nobody."""
    return read_all(connection, [person_id]).get(person_id)


def read_all(connection: Connection, person_ids: Sequence[int]) -> dict[int, PersonFacts]:
    """Return what is known of persons, by their ids; whoever is not there is left out."""
    ids = list(person_ids)
    certificates: defaultdict[int, list[CertificateFacts]] = defaultdict(list)
    for row in _certificates().ask(connection, ids=ids):
        certificates[row.pop("person_id")].append(CertificateFacts(**row))
    applications: defaultdict[int, list[ApplicationFacts]] = defaultdict(list)
    for row in _applications().ask(connection, ids=ids):
        applications[row.pop("person_id")].append(ApplicationFacts(**row))
    return {
        row["id"]: PersonFacts(
            **row,
            certificates=tuple(certificates[row["id"]]),
            applications=tuple(applications[row["id"]]),
        )
        for row in _persons().ask(connection, ids=ids)
    }


def _of(column: Any) -> Any:  # noqa: ANN401 - a column of any table
    """Return the condition that a column names one of the persons."""
    return column == any_(rows.given("ids", ARRAY(BigInteger)))


@cache
def _persons() -> rows.Question:
    current = select(Terms.version).order_by(Terms.valid_from.desc()).limit(1).scalar_subquery()
    consented = exists().where(
        Consent.person_id == Person.id, Consent.state == "in_force",
        Consent.terms_version == current,
    )  # fmt: skip
    return rows.Question.of(
        select(
            Person.id, Person.standing,
            Institution.closed_on.is_(None).label("institution_open"),
            consented.label("has_consent"),
        )
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(_of(Person.id))
    )  # fmt: skip


@cache
def _certificates() -> rows.Question:
    unlockable = (Certificate.state == "active") & Card.so_pin_sealed.is_not(None)
    tried = (
        select(func.max(Code.created_at))
        .where(
            Code.purpose == "pin", Code.target_case_id == Certificate.id,
            Code.secret_hash.is_not(None),
        )
        .scalar_subquery()
    )  # fmt: skip
    return rows.Question.of(
        select(
            Certificate.person_id, Certificate.id, Certificate.reference, Certificate.serial,
            Certificate.state, Certificate.ends_on, Certificate.ends_at, Certificate.not_before,
            Certificate.revoked_at, Certificate.seen,
            Certificate.der.is_not(None).label("has_bytes"), Certificate.checked_at,
            Certificate.suspended_by, Certificate.activate_by, in_hand().label("in_hand"),
            unlockable.label("unlockable"), tried.label("unlock_tried_at"),
            Certificate.application_id,
            Application.reference.label("application_reference"),
            Application.kind.label("application_kind"),
            Application.state.label("application_state"),
            Application.old_certificate_id.label("application_about"),
        )
        .outerjoin(Application, Application.id == Certificate.application_id)
        .outerjoin(Card, Card.id == Certificate.card_id)
        .where(_of(Certificate.person_id))
        .order_by(Certificate.id)
    )  # fmt: skip


@cache
def _applications() -> rows.Question:
    return rows.Question.of(
        select(
            Application.person_id, Application.id, Application.reference, Application.kind,
            Application.method, Application.state, Application.old_certificate_id,
            Application.certificate_id, Application.production_opens_on, Application.entered_at,
            Application.due_at, Application.definition,
        )
        .where(_of(Application.person_id), Application.state.not_in(FINAL_STATES))
        .order_by(Application.id)
    )  # fmt: skip
