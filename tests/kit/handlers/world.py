"""The hands of the tests: enter people, give cards, sign, run what was queued."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import select, text

from handlers.cards.seed import Held, give_card, handed_over
from handlers.certificates import revocation_lists
from handlers.consents.terms import publish_terms
from handlers.kit import rows
from handlers.lists.sample import enter_tree
from handlers.papers import letters
from handlers.people.register import NewPerson, enter_person, enter_user, find_institution
from handlers.signatures import code as codes
from handlers.signatures.augment import augment_submission
from handlers.signatures.purposes import SignedCase, purpose_of
from handlers.signatures.submission import Submission
from signing.authority import seal
from signing.authority.demo import Addresses, Authority, Plan, create
from signing.cms import cades
from signing.cms.profiles import Profile
from signing.tokens.card import holder_certificate
from signing.tokens.keys import KeyKind
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.document import Document
from workflow.engine.library import publish
from workflow.engine.statement import EFFECT_TASK
from workflow.model.actor import Actor, system
from workflow.model.clock import start_of_day
from workflow.running.effects import run_effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Engine

    from handlers.kit.context import CaseEngine
    from handlers.kit.services import Services
    from signing.authority.seal import Seal
    from signing.cms.binding import HandshakeBinding
    from signing.tokens.slots import TokenStore
    from states.kit.base import Base
    from workflow.model.clock import FixedClock
    from workflow.model.context import Payload
    from workflow.model.definition import Definition
    from workflow.model.request import Moved

Entity = TypeVar("Entity", bound="Base")

AYSE = "10000000146"
ISMAIL = "10000000078"
SYSTEM = system("test")


def authority_of(store: TokenStore) -> Authority:
    """Make or open the TEST authority of a store."""
    start, end = datetime(2015, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
    plan = Plan("TEST-CA", "12345678", "1234", start, end, KeyKind.EC_P256)
    plan = replace(plan, addresses=Addresses.under("http://127.0.0.1"))
    return create(store, plan, seal.put)


def seal_of(store: TokenStore, authority: Authority) -> Seal:
    """Open the seal on the token of that authority."""
    del authority  # it has to be on the token first
    return seal.Seal(store, "TEST-CA", "1234")


def furnish(database: Engine, definitions: Mapping[str, Definition], now: datetime) -> None:
    """Enter what every office begins with: workflows, institutions, the text of the e-onay."""
    publish(database, definitions, now)
    with database.begin() as connection:
        publish_terms(connection, now)
        enter_tree(connection)


def applicant(person_id: int) -> Actor:
    """Return a person acting for himself."""
    return Actor(f"person:{person_id}", frozenset({"applicant"}), "demo", person_id)


def human(number: int) -> int:
    """Return the person of the account of a number: nobody who applies in any test."""
    return 900_000 + number


_BORN = """
INSERT INTO person (id, given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked,
    created_at)
VALUES (:person, 'Kadro', 'Test', 'KADRO', 'x', sha256(CAST(:id AS text)::bytea), '990******00',
    now())
"""
_TIED = "UPDATE office_user SET person_id = :person WHERE id = :id"


def open_account(connection: Connection, name: str, role: str, now: datetime, **more: Any) -> int:  # noqa: ANN401 - as `enter_user` takes it
    """Open an account; one of the house belongs to the human of its number."""
    number = enter_user(connection, name, [role], now, **more)
    if role != "coordinator":
        for statement in (_BORN, _TIED):
            connection.execute(text(statement), {"id": number, "person": human(number)})
    return number


def officer(number: int = 1) -> Actor:
    """Return an officer who is nobody's applicant."""
    return Actor(f"user:{number}", frozenset({"officer"}), "demo", human(number))


def operator(number: int = 7) -> Actor:
    """Return a production operator."""
    return Actor(f"user:{number}", frozenset({"operator"}), "demo", human(number))


def administrator(number: int = 9) -> Actor:
    """Return an administrator."""
    return Actor(f"user:{number}", frozenset({"administrator"}), "demo", human(number))


def coordinator(number: int = 5) -> Actor:
    """Return a coordinator."""
    return Actor(f"user:{number}", frozenset({"coordinator"}), "demo")


def payload_of(claimed: Submission, container: bytes) -> Payload:
    """Return what a signature is handed in with, as it came and unasked about."""
    return replace(claimed, container=container).payload()


@dataclass
class World:
    """An office and the people around it."""

    engine: CaseEngine
    services: Services
    clock: FixedClock
    _done: set[tuple[int, int, str]] = field(default_factory=set)

    def person(self, tckn: str = AYSE, name: str = "Ayşe", surname: str = "Örnekoğlu") -> int:
        """Enter a person with an address and an institution."""
        with self.engine.database.begin() as connection:
            school = find_institution(connection, "TEST-16-01-1")
            assert school is not None
            new = NewPerson(
                tckn, name, surname, school.id, "TEST Sokağı 1, Bursa", "a@ornek.invalid"
            )
            return enter_person(connection, self.services.vault, new, self.clock.now())

    def certificate(self, person_id: int, ends_on: date, serial: str = "a1b2c3") -> int:
        """Record a certificate of which another house, which made it, has written just now."""
        values: dict[str, object] = {"person_id": person_id, "serial": serial, "ends_on": ends_on}
        now = self.clock.now()
        values |= {"seen": "authority", "seen_at": now, "checked_at": now}
        return self.engine.open("certificate", "record", officer(), values)

    def stated(self, person_id: int, ends_on: date, serial: str = "a1b2c3") -> int:
        """Record a certificate that a list names and nobody has seen."""
        values = {"person_id": person_id, "serial": serial, "ends_on": ends_on}
        return self.engine.open("certificate", "record", officer(), values)

    def card(self, person_id: int, ends_on: date) -> Held:
        """Give a person a real card whose certificate ends with a day, and publish the lists."""
        end = start_of_day(ends_on + timedelta(days=1)) - timedelta(seconds=1)
        held = give_card(self.engine, person_id, self.clock.now() - timedelta(days=600), end)
        self.publish_lists()
        return held

    def publish_lists(self) -> None:
        """Bring the revocation lists up to now."""
        revocation_lists.ensure_fresh(self.engine.database, self.services, self.clock.now())

    def handed_over(self) -> dict[str, object]:
        """Return what is said of a card that its holder takes now."""
        return dict(handed_over(self.clock.now()).payload())

    def file(self, person_id: int, kind: str = "renewal", old: int | None = None) -> int:
        """File an application as the person himself."""
        values = {"kind": kind, "person_id": person_id, "old_certificate_id": old}
        return self.engine.open("application", "file", applicant(person_id), values)

    def file_by_office(self, person_id: int, kind: str, old: int | None = None) -> int:
        """File an application as an officer does who has a reason of the house."""
        values = {"kind": kind, "person_id": person_id, "old_certificate_id": old}
        reason = "weak_keys"
        return self.engine.open("application", "file_by_office", officer(), values, reason=reason)

    def open(self, person_id: int, kind: str, old: int | None = None) -> int:
        """File an application as whoever may open its kind."""
        opened_by = (
            self.engine.library.workflow("application").kinds[kind].get("opened_by", "person")
        )
        filed = self.file if opened_by == "person" else self.file_by_office
        return filed(person_id, kind, old)

    def choose(self, case_id: int, person_id: int, method: str) -> Moved:
        """Choose the method of an application as the person does whom its form was shown."""
        payload = {"method": method, "shown": True}
        return self.engine.fire(case_id, "choose_method", applicant(person_id), payload)

    def press(self, case_id: int, person_id: int) -> Moved:
        """Approve an application as its person does before its form, on the e-onay in force."""
        payload = {"form": self.read(Application, case_id).form_sha256}
        return self.engine.fire(case_id, "approve_e_onay", applicant(person_id), payload)

    def offer(self, person_id: int) -> int:
        """Begin an e-onay."""
        return self.engine.open("consent", "offer", applicant(person_id), {"person_id": person_id})

    def claimed(
        self,
        workflow: str,
        case_id: int,
        person_id: int,
        entity: type[Base] | None = None,
        purpose: str = "",
    ) -> Submission:
        """Issue and claim a code for a case, and return what a signature is handed in with."""
        kinds: dict[str, type[Base]] = {
            "consent": Consent, "application": Application, "certificate": Certificate,
        }  # fmt: skip
        row = vars(self.read(entity or kinds[workflow], case_id))
        purpose = purpose or purpose_of(workflow)
        vault, me = self.services.vault, applicant(person_id)
        target = codes.target_of(purpose, row)
        values = codes.issue_values(vault, codes.new_code(), "session", target, self.clock.now())
        code_id = self.engine.open("code", "issue", me, values)
        secret = codes.new_secret()
        hashed = {"secret_hash": codes.secret_hash(vault, secret)}
        self.engine.fire(code_id, "claim", me, hashed)
        return Submission(code_id=code_id, secret=secret)

    def handed_in(self, case: SignedCase, submission: Submission) -> Submission:
        """Have a signature stamped and its evidence fetched, as the site does."""
        return augment_submission(self.engine.database, self.services, case, submission, self.clock)

    def sign(self, held: Held, sha256: str | None) -> bytes:
        """Sign a frozen document with a card."""
        document = self.read(Document, sha256)
        return self.sign_bytes(held, letters.signable(document))

    def sign_bytes(
        self,
        held: Held,
        content: bytes,
        profile: Profile = Profile.P1,
        asked: HandshakeBinding | None = None,
    ) -> bytes:
        """Sign any bytes with a card, under a profile, as asked for by a handshake."""
        store = self.services.store()
        certificate = holder_certificate(store, held.card_serial)
        with store.session(held.card_serial, held.pin) as session:
            now = self.clock.now()
            return cades.sign(session, certificate, content, now, profile, asked=asked)

    def consent(self, person_id: int, held: Held) -> int:
        """Give an e-onay with a card, from the offer to the end."""
        consent_id = self.offer(person_id)
        claimed = self.claimed("consent", consent_id, person_id)
        container = self.sign(held, self.read(Consent, consent_id).document_sha256)
        signed = replace(claimed, container=container)
        self.engine.fire(consent_id, "sign", applicant(person_id), signed.payload())
        return consent_id

    def read(self, entity: type[Entity], key: object) -> Entity:
        """Read a row as it stands."""
        with self.engine.database.connect() as connection:
            return rows.fetch(connection, entity, key)

    def all(self, entity: type[Entity], **values: object) -> list[Any]:
        """Read the rows that have some values, as plain rows."""
        conditions = [getattr(entity, name) == value for name, value in values.items()]
        with self.engine.database.connect() as connection:
            statement = select(entity.__table__).where(*conditions)
            return list(connection.execute(statement.order_by(text("1"))))

    def state(self, case_id: int) -> str:
        """Say where an application stands."""
        return self.read(Application, case_id).state

    def write(self, sql: str, **values: object) -> None:
        """Change a row behind the office's back."""
        with self.engine.database.begin() as connection:
            connection.execute(text(sql), values)

    def queued(self) -> list[tuple[int, int, str]]:
        """Return the effects that were queued and not yet run here: case, n, name."""
        statement = text("SELECT args FROM procrastinate_jobs WHERE task_name = :t ORDER BY id")
        with self.engine.database.connect() as connection:
            found = connection.execute(statement, {"t": EFFECT_TASK}).scalars()
            effects = [(args["case"], args["n"], args["name"]) for args in found]
        return [effect for effect in effects if effect not in self._done]

    def run_effects(self, *only: str) -> list[str]:
        """Run what was queued, and what that queues, and return the names in order."""
        ran: list[str] = []
        while ready := [e for e in self.queued() if not only or e[2] in only]:
            for effect in ready:
                self._done.add(effect)
                run_effect(self.engine, *effect)
                ran.append(effect[2])
        return ran
