"""The hands of the demonstration: people, cards, signatures, days that pass."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.applications.payloads import (
    CHECK_LIST,
    FORM,
    MethodChoice,
    PaperApproval,
    PaperDocument,
    PaperList,
)
from handlers.cards.orders import new_serial
from handlers.cards.seed import Held, give_card
from handlers.certificates import revocation_lists
from handlers.consents.terms import publish_terms
from handlers.desk import documents
from handlers.kit import rows
from handlers.kit.reads import record_read
from handlers.lists.sample import enter_tree
from handlers.papers import letters, scans
from handlers.papers.scans import sightings
from handlers.people.register import NewPerson, enter_person, find_institution
from handlers.signatures import code as codes
from handlers.signatures.augment import augment_submission
from handlers.signatures.purposes import PURPOSES, SignedCase, purpose_of
from handlers.signatures.submission import CodeClaim, Submission
from signing.cms import cades
from signing.cms.profiles import RULES, Profile
from signing.tokens.card import holder_certificate
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.document import Document
from states.people.tckn import check_digits
from workflow.engine.attempts import code_of
from workflow.model.actor import Actor
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.refusal import Refused
from workflow.running.worker import work

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from handlers.kit.context import CaseEngine
    from handlers.kit.services import Services
    from workflow.model.clock import FixedClock
    from workflow.model.context import Payload

SCHOOL = "TEST-16-01-1"
# Three humans of the desk who apply for nothing; the numbers are far from those of any applicant.
OPERATOR = Actor("user:901", frozenset({"operator"}), "demo", 900_901)
FIRST_OFFICER = Actor("user:902", frozenset({"officer"}), "demo", 900_902)
SECOND_OFFICER = Actor("user:903", frozenset({"officer"}), "demo", 900_903)


def case_of(workflow: str, case: int) -> SignedCase:
    """Return a case with the usual purpose of its workflow."""
    return SignedCase(purpose_of(workflow), case)


@dataclass(frozen=True, slots=True)
class DemoSignature:
    """A signed container as it was handed over: which case, what it covers, which certificate.

    ``pdf`` is the signed PDF with the container inside, where the document was one; then
    ``content`` holds its bytes without the gap for the container, which is what was signed.
    """

    name: str
    container: Path
    content: Path
    certificate: Path
    pdf: Path | None = None


@dataclass(slots=True)
class DemoOffice:
    """An office on a scratch database whose days pass when they are told to."""

    engine: CaseEngine
    services: Services
    clock: FixedClock
    folder: Path
    signed: list[DemoSignature] = field(default_factory=list)

    def prepare(self) -> None:
        """Enter the institutions and the text of the e-onay."""
        with self.engine.database.begin() as connection:
            publish_terms(connection, self.clock.now())
            enter_tree(connection)

    @property
    def today(self) -> date:
        """The day in Istanbul."""
        return day_in_istanbul(self.clock.now())

    def person(self, number: int, given_name: str, surname: str = "Örnek") -> int:
        """Enter an invented person of the demo school; the number makes the TCKN."""
        first_nine = f"{980_000_000 + number}"
        with self.engine.database.begin() as connection:
            school = find_institution(connection, SCHOOL)
            new = NewPerson(
                first_nine + check_digits(first_nine),
                given_name,
                surname,
                school.id if school else None,
                "TEST Mahallesi Deneme Sokağı 1, Bursa",
                f"kisi{number}@ornek.invalid",
            )
            return enter_person(connection, self.services.vault, new, self.clock.now())

    def holder(self, number: int, given_name: str, ends_on: date) -> tuple[int, Held]:
        """Enter a person who holds a card whose certificate ends with a day."""
        person = self.person(number, given_name)
        return person, self.card(person, ends_on)

    def typed_holder(self, number: int, given_name: str, ends_on: date) -> tuple[int, int]:
        """Enter a person and a certificate of another house, of which a list typed an earlier end.

        Nothing but the list speaks of it: there is no such card.
        """
        person = self.person(number, given_name)
        typed = {"serial": new_serial(), "ends_on": ends_on - timedelta(days=15)}
        values = {"person_id": person, **typed}
        return person, self.engine.open("certificate", "record", FIRST_OFFICER, values)

    def card(self, person: int, ends_on: date) -> Held:
        """Put a card into a person's hand whose certificate ends with a day."""
        end = start_of_day(ends_on + timedelta(days=1)) - timedelta(seconds=1)
        held = give_card(self.engine, person, self.clock.now() - timedelta(days=600), end)
        revocation_lists.ensure_fresh(self.engine.database, self.services, self.clock.now())
        return held

    def file(self, person: int, kind: str, old: int | None, method: str) -> int:
        """File an application as its person, who chooses before the form how to approve it."""
        me = applicant(person)
        values = {"kind": kind, "person_id": person, "old_certificate_id": old}
        case = self.engine.open("application", "file", me, values)
        self.engine.fire(case, "choose_method", me, MethodChoice(method, shown=True).payload())
        return case

    def file_by_office(self, person: int, old: int, reason: str, method: str) -> int:
        """Open a re-issue as an officer does; its person chooses before the form how to approve."""
        values = {"kind": "reissue", "person_id": person, "old_certificate_id": old}
        case = self.engine.open(
            "application", "file_by_office", FIRST_OFFICER, values, reason=reason
        )
        chosen = MethodChoice(method, shown=True).payload()
        self.engine.fire(case, "choose_method", applicant(person), chosen)
        return case

    def file_for(self, coordinator: Actor, person: int, old: int) -> int:
        """File a renewal for a person as a coordinator does who enters a list."""
        values = {"kind": "renewal", "person_id": person, "old_certificate_id": old}
        case = self.engine.open("application", "file", coordinator, values)
        self.engine.fire(case, "choose_method", coordinator, MethodChoice("e_onay").payload())
        return case

    def form(self, case: int) -> str | None:
        """Return the SHA-256 of the form of an application, as its page shows it."""
        with self.engine.database.connect() as connection:
            return rows.fetch(connection, Application, case).form_sha256

    def consent(self, name: str, person: int, held: Held) -> int:
        """Give an e-onay with the card: offer, code, signature."""
        consent = self.engine.open("consent", "offer", applicant(person), {"person_id": person})
        signed = self.signed_submission(name, "consent", consent, held)
        self.engine.fire(consent, "sign", applicant(person), signed.payload())
        return consent

    def signed_submission(self, name: str, workflow: str, case: int, held: Held) -> Submission:
        """Get and claim a code for a case's text and sign it with a card, as nes-imza does."""
        claimed, document = self.claim(workflow, case)
        return self.sign(name, case_of(workflow, case), held, document, claimed)

    def certificate(self, number: int) -> Certificate:
        """Return a certificate as it stands."""
        with self.engine.database.connect() as connection:
            return rows.fetch(connection, Certificate, number)

    def new_card(self, case: int) -> Held:
        """Return the card that was made for an application, with the PIN that it was made with."""
        with self.engine.database.connect() as connection:
            application = rows.fetch(connection, Application, case)
            made = rows.fetch(connection, Certificate, application.certificate_id)
            card = rows.fetch(connection, Card, made.card_id)
        pin = self.services.vault.open(card.pin_sealed or b"", "pin")
        return Held(made.id, card.serial, pin)

    def claim(self, workflow: str, case: int) -> tuple[Submission, Document]:
        """Get and claim a code: what a signature is handed in with, the document to be signed."""
        cases = {"consent": Consent, "application": Application, "certificate": Certificate}
        entity = cases[workflow]
        purpose = purpose_of(workflow)
        with self.engine.database.connect() as connection:
            row = vars(rows.fetch(connection, entity, case))
            document = rows.fetch(connection, Document, row[PURPOSES[purpose].document])
        vault, me = self.services.vault, applicant(int(row["person_id"]))
        target = codes.target_of(purpose, row)
        values = codes.issue_values(vault, codes.new_code(), "demo", target, self.clock.now())
        code_id = self.engine.open("code", "issue", me, values)
        secret = codes.new_secret()
        claimed = CodeClaim(codes.secret_hash(vault, secret))
        self.engine.fire(code_id, "claim", me, claimed.payload())
        return Submission(code_id=code_id, secret=secret), document

    def sign_only(self, held: Held, document: Document, content: bytes | None = None) -> bytes:
        """Sign a document with a card, or other bytes in its place."""
        store = self.services.store()
        certificate = holder_certificate(store, held.card_serial)
        with store.session(held.card_serial, held.pin) as session:
            # What names P2 or P3 is final only after a day, and the case would wait for it.
            wanted = self.services.profile
            profile = Profile.P1 if RULES[wanted].wait else wanted
            claimed = None if is_pdf(document) else self.clock.now()
            what = letters.signable(document) if content is None else content
            return cades.sign(session, certificate, what, claimed, profile)

    def handed_in(self, case: SignedCase, submission: Submission) -> Submission:
        """Have a signature stamped and its evidence fetched, as the site does."""
        return augment_submission(self.engine.database, self.services, case, submission, self.clock)

    def sign(
        self, name: str, case: SignedCase, held: Held, document: Document, claimed: Submission
    ) -> Submission:
        """Sign a document with a card, hand it in, keep all that an outsider needs to check it."""
        content = letters.signable(document)
        signed = replace(claimed, container=self.sign_only(held, document))
        submission = self.handed_in(case, signed)
        container = submission.container
        certificate = holder_certificate(self.services.store(), held.card_serial)
        kept = {".p7s": container, ".covered" if is_pdf(document) else ".txt": content}
        kept[".cer"] = certificate.der
        if is_pdf(document):
            kept[".pdf"] = documents.signed_pdf(document.content, container)
        for ending, data in kept.items():
            (self.folder / f"{name}{ending}").write_bytes(data)
        self.signed.append(
            DemoSignature(name, *(self.folder / f"{name}{ending}" for ending in kept))
        )
        return submission

    def paper(self, case: int) -> Payload:
        """List what was shown at the desk with the signed form of an application."""
        query = (
            select(Document.verification_code)
            .join(Application, Application.form_sha256 == Document.sha256)
            .where(Application.id == case)
        )
        with self.engine.database.connect() as connection:
            code = connection.execute(query).scalar_one()
        place = "TEST arşivi, klasör 1"
        form = PaperDocument("application_form", "1", place)
        identity = PaperDocument("identity_card", "TEST00001", place)
        return PaperList(code, (form, identity)).payload()

    def scan(self, case: int, officer: Actor) -> None:
        """Lay the signed form of an application on the scanner of the desk."""
        with Session(self.engine.database, expire_on_commit=False) as session:
            form = session.get_one(Document, session.get_one(Application, case).form_sha256)
        now = self.clock.now()
        scans.keep(self.engine.database, officer, case, FORM, form.content, now)

    def approve_paper(self, case: int, officer: Actor) -> None:
        """Look at every scan of an application, compare it, and approve its paper."""
        with self.engine.database.connect() as connection:
            query = select(Application.person_id).where(Application.id == case)
            person, found = connection.execute(query).scalar_one(), scans.of_case(connection, case)
        for scan in found:
            what = sightings.whole_scan(scan.sha256)
            record_read(self.engine, officer, what, "Başvurunun incelenmesi", person)
        said = PaperApproval(None, None, CHECK_LIST)
        self.engine.fire(case, "approve_paper", officer, said.payload())

    def refused(
        self,
        case: int,
        trigger: str,
        actor: Actor,
        payload: Payload | None = None,
    ) -> str:
        """Try a move that must be refused; return the code of the refusal."""
        try:
            self.engine.fire(case, trigger, actor, payload)
        except Refused as refusal:
            return code_of(refusal)
        message = f"{trigger} was let through and must not have been"
        raise AssertionError(message)

    def until(self, moment: datetime) -> None:
        """Let time pass to a moment, and the worker do all that is due by then."""
        self.clock.set(max(moment, self.clock.now()))
        revocation_lists.ensure_fresh(self.engine.database, self.services, self.clock.now())
        work(self.engine, until_idle=True)

    def state(self, case: int) -> str:
        """Say where an application stands."""
        with self.engine.database.connect() as connection:
            query = select(Application.state).where(Application.id == case)
            return connection.execute(query).scalar_one()


def is_pdf(document: Document) -> bool:
    """Say whether a document is a PDF, which carries its signature and the claimed time itself."""
    return document.media_type == letters.PDF_TYPE


def applicant(person: int) -> Actor:
    """Return a person acting for themselves with their card."""
    return Actor(f"person:{person}", frozenset({"applicant"}), "code", person)
