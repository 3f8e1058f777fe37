"""What an owner of the database may change, and the office that it is tried on.

One office is made once; each manipulation is made in a transaction of its superuser, with the
triggers asleep, judged in it by what a proof asks, and taken back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import select, text

import handlers
from handlers.kit.context import CaseEngine
from handlers.kit.courier_service import LocalCourier
from handlers.kit.services import FactSources, Services
from handlers.papers import scans
from handlers.truth.comparisons import COMPARISONS
from migrations.guard import differences
from signing.authority.demo import Addresses
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.kit.vault import Vault
from states.papers.document import Document
from states.people.user import User
from tests.conftest import BEGINNING, RUN_FOLDER
from tests.handlers.papers.test_scans import PAPERS, picture
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.world import ISMAIL, World, applicant, furnish, officer, operator, seal_of
from tests.kit.postgres import OFFICE, Database, ensure_office, fresh_database
from workflow.engine.library import Library, Witnesses
from workflow.journal import snapshot
from workflow.journal.conformance import conform
from workflow.journal.stored_hashes import STORED
from workflow.journal.verification import verify
from workflow.model.actor import system
from workflow.model.clock import FixedClock
from workflow.model.entry import GENESIS, canonical, chain
from workflow.running import batch as batches
from workflow.running.batch import BatchRequest
from workflow.running.batch_worker import work_off
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from states.postgres.server import EmbeddedServer
    from workflow.model.definition import Definition


@dataclass
class Town:
    """The office of these tests, and the numbers of what happened in it."""

    world: World
    database: Database
    renewal: int
    first: int
    consent: int
    certificate: int
    revoked: int
    account: int


@pytest.fixture(scope="module")
def town(
    request: pytest.FixtureRequest,
    server: EmbeddedServer,
    definitions: dict[str, Definition],
    token_store: TokenStore,
    authority: Authority,
) -> Iterator[Town]:
    """Give an office in which two people got their cards, and much else was done."""
    folder = request.config.stash[RUN_FOLDER]
    ensure_office(server, folder, lambda empty: furnish(empty, definitions, BEGINNING))
    with fresh_database(server, OFFICE) as database:
        services = Services(
            vault=Vault(b"s" * 32, b"l" * 32),
            trust=lambda: authority.trust,
            store=lambda: token_store,
            authority=lambda: authority,
            courier=LocalCourier(database.app),
            addresses=Addresses.under("http://127.0.0.1"),
            tsa_url="http://127.0.0.1/tsa",
            seal=lambda: seal_of(token_store, authority),
            new_pin=lambda: "123456",
            facts=FactSources(parcels_by_software=True),
        )
        library = Library(
            database.app, definitions, handlers.registry(), Witnesses(differences, COMPARISONS)
        )
        clock = FixedClock(BEGINNING)
        yield lived(
            World(CaseEngine(database.app, library, clock, services), services, clock), database
        )


def lived(world: World, database: Database) -> Town:
    """Let it all happen, and end the jobs that were done as a worker does."""
    account = _granted(world)
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    consent = world.consent(me, held)
    renewal = world.file(me, "renewal", held.certificate_id)
    world.choose(renewal, me, "e_onay")
    first = _first(world)
    world.offer(me)
    world.clock.set(datetime(2026, 3, 20, 9, 0, tzinfo=UTC))
    assert sweep(world.engine).moved
    world.clock.set(datetime(2026, 6, 9, 21, 0, tzinfo=UTC))
    world.engine.fire(renewal, "release", system("test"))
    _batch(world, renewal, first)
    world.run_effects()
    world.engine.fire(renewal, "deliver", operator(), world.handed_over())
    world.engine.fire(first, "deliver", operator(), world.handed_over())
    number = cast("int", world.read(Application, first).certificate_id)
    me = world.read(Certificate, number).person_id
    world.engine.fire(number, "revoke", applicant(me), reason="çalındı")
    world.run_effects()
    world.write("UPDATE procrastinate_jobs SET status = 'succeeded'")
    made = world.read(Application, renewal).certificate_id
    return Town(world, database, renewal, first, consent, cast("int", made), number, account)


_HUMAN = (
    "INSERT INTO person (id, given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked,"
    " created_at) VALUES (:id, 'TEST', 'Üretim', 'test', '', sha256('7'), '100******46', now())"
)


def _batch(world: World, *cases: int) -> None:
    """Start the production of some applications as one batch."""
    ids = select(Application.id).where(Application.id.in_(cases))
    world.write(_HUMAN, id=operator().person_id)
    wish = BatchRequest("application", "start_production", operator())
    number = batches.make(world.engine, wish, ids)
    work_off(world.engine, lambda *_: None)
    assert batches.start(world.engine, number, operator())
    work_off(world.engine, lambda *_: None)


def _granted(world: World) -> int:
    """Open two administrators from the terminal, who make a third account an auditor."""
    values = {"act": "open", "role": "administrator", "institution_id": None, "user_id": None}
    for number, tckn in enumerate(("10000000214", "10000000382")):
        case = world.engine.open(
            "grant", "propose", system("terminal"),
            {**values, "name": f"Yönetici {number}", "subject": f"s{number}",
             "person_id": world.person(tckn)},
            reason="Kurulum",
        )  # fmt: skip
        world.engine.fire(case, "approve", system("terminal"))
    (row,) = world.all(User, subject="s0")
    return int(row.id)


def _first(world: World) -> int:
    other = world.person(ISMAIL, "İsmail", "Örnekoğlu")
    case = world.file(other, "first")
    world.choose(case, other, "in_person")
    form = world.read(Application, case).form_sha256
    database, now = world.engine.database, world.clock.now()
    scans.keep(database, officer(), case, "application_form", picture(), now)
    code = world.read(Document, form).verification_code
    listed = {"documents": PAPERS, "verification_code": code}
    world.engine.fire(case, "register_paper", officer(1), listed)
    approve_paper(world, case, officer(2), how="face_to_face")
    return case


class Inside:
    """An engine whose every connection is one transaction under way, which it never ends."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a connection has
        return getattr(self._connection, name)

    def execution_options(self, **_: object) -> Inside:
        return self

    @contextmanager
    def connect(self) -> Iterator[Inside]:
        yield self


def judged(town: Town, connection: Connection) -> dict[str, str]:
    """Return what a proof finds, on this one connection: by kind or reason where it first is."""
    inside = cast("Engine", Inside(connection))
    library = town.world.engine.library
    found = {
        f"verify {problem.kind}": _short(
            problem.text.partition(",")[0]
            if problem.kind == "guard"
            else str(problem).partition(f": {problem.kind}")[0]
        )
        for problem in reversed(verify(inside, library).problems)
    }
    for difference in conform(inside, library).differences:
        found[f"conform {difference.reason}"] = _short(str(difference.samples[0]))
    return found


def _short(place: str) -> str:
    """Leave out of a place what is another one each time."""
    return re.sub("[0-9a-f]{64}", "…", place)


def rewrite(
    connection: Connection, case: int, edit: Callable[[list[dict[str, Any]]], object]
) -> None:
    """Write the chain of a case anew after its entries were edited, with all that verify asks."""
    read = connection.execute(
        text("SELECT body FROM journal WHERE case_id = :case ORDER BY n"), {"case": case}
    )
    entries = [json.loads(body) for body in read.scalars()]
    edit(entries)
    connection.execute(text("DELETE FROM journal WHERE case_id = :case"), {"case": case})
    head = GENESIS
    for n, said in enumerate(entries, 1):
        body = canonical({**said, "n": n})
        row = {key: said[key] for key in ("workflow", "trigger", "actor", "batch", "at")}
        after = chain(head, body)
        connection.execute(
            text("INSERT INTO journal (case_id, n, workflow, trigger, actor, batch, at, body, prev,"
                 " hash) VALUES (:case, :n, :workflow, :trigger, :actor, :batch, :at, :body, :prev,"
                 " :hash)"),
            {**row, "case": case, "n": n, "body": body, "prev": head, "hash": after},
        )  # fmt: skip
        head = after
    table = {"application": "application", "consent": "consent"}.get(entries[0]["workflow"])
    connection.execute(
        text(f"UPDATE {table} SET version = :n, state = :state, head = :head WHERE id = :case"),
        {"n": len(entries), "state": entries[-1]["to"], "head": head, "case": case},
    )


Edit = Callable[[list[dict[str, Any]]], object]
Manipulation = str | Edit


def _later(entries: list[dict[str, Any]]) -> None:
    entries[2]["at"] = "2027-01-01T00:00:00.000000Z"


def _month_back(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        entry["at"] = entry["at"].replace("2026-06", "2026-05").replace("2026-03", "2026-02")


def _without(key: str) -> Edit:
    def edit(entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            entry[key] = {}

    return edit


def _zeros(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        entry["documents"] = ["0" * 64 for _ in entry["documents"]]


def _other_details(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        if "tracking_number" in entry["details"]:
            entry["details"]["tracking_number"] = "YK1"


def _cut_off(entries: list[dict[str, Any]]) -> None:
    del entries[-1]


MANIPULATIONS: dict[str, Manipulation] = {
    "an entry later than its follower": _later,
    "moments a month back, as the case row tells": _month_back,
    "rules emptied": _without("rules"),
    "checks emptied": _without("checks"),
    "documents exchanged for zeros": _zeros,
    "another parcel in an entry": _other_details,
    "the newest entry cut off, whose message stays": _cut_off,
    "a case removed whole": (
        "DELETE FROM journal WHERE case_id = {renewal}"
        " OR case_id IN (SELECT id FROM parcel WHERE application_id = {renewal});"
        "UPDATE certificate SET application_id = NULL WHERE application_id = {renewal};"
        "DELETE FROM parcel WHERE application_id = {renewal};"
        "DELETE FROM application WHERE id = {renewal}"
    ),
    "the text of a definition": (
        "UPDATE definition SET canonical = replace(canonical, 'officer', 'auditor')"
        " WHERE workflow = 'application'"
    ),
    "when a definition was published": (
        "UPDATE definition SET published_at = published_at + interval '1 year'"
        " WHERE workflow = 'application'"
    ),
    "the text of a document": (
        "UPDATE document SET content = content || 'x' WHERE sha256 ="
        " (SELECT form_sha256 FROM application WHERE id = {renewal})"
    ),
    "whose document it is": (
        "UPDATE document SET person_id = (SELECT person_id FROM application WHERE id = {first})"
        " WHERE sha256 = (SELECT form_sha256 FROM application WHERE id = {renewal})"
    ),
    "the verification code of a document": (
        "UPDATE document SET verification_code = '0000-0000-0000-0000-0000' WHERE sha256 ="
        " (SELECT form_sha256 FROM application WHERE id = {renewal})"
    ),
    "a document taken away": (
        "DELETE FROM document WHERE sha256 ="
        " (SELECT form_sha256 FROM application WHERE id = {renewal})"
    ),
    "an uploaded scan": "UPDATE scan SET content = content || 'x'",
    "a scan taken away": "DELETE FROM scan_page; DELETE FROM scan",
    "the container of a signature": "UPDATE signature SET container = container || 'x'",
    "the container and its hash": (
        "UPDATE signature SET container = container || 'x',"
        " container_sha256 = encode(sha256(container || 'x'), 'hex')"
    ),
    "the judgement of a signature": "UPDATE signature SET indication = 'TOTAL-FAILED'",
    "whose signature it is": "UPDATE signature SET case_id = {renewal}",
    "a signature taken away": "UPDATE consent SET signature_id = NULL; DELETE FROM signature",
    "a signature put in": (
        "INSERT INTO signature (case_id, document_sha256, container, container_sha256, indication,"
        " policy, signer_sha256, report, judged_at) SELECT case_id, document_sha256, 'x',"
        " encode(sha256('x'), 'hex'), indication, policy, signer_sha256, report, judged_at"
        " FROM signature"
    ),
    "the text of the e-onay": "UPDATE terms SET text = text || 'x'",
    "the end of a certificate": (
        "UPDATE certificate SET not_after = not_after + interval '1 year' WHERE id = {certificate}"
    ),
    "the last day of a certificate": (
        "UPDATE certificate SET ends_on = ends_on + 1 WHERE id = {certificate}"
    ),
    "the serial of a certificate": (
        "UPDATE certificate SET serial = 'abcdef' WHERE id = {certificate}"
    ),
    "the bytes of a certificate": (
        "UPDATE certificate SET der = der || 'x' WHERE id = {certificate}"
    ),
    "the bytes of a certificate and their hash": (
        "UPDATE certificate SET der = c.der, sha256 = 'x' || c.sha256 FROM certificate c"
        " WHERE certificate.id = {certificate} AND c.id = {revoked};"
        "UPDATE certificate SET sha256 = encode(sha256(der), 'hex') WHERE false"
    ),
    "whose certificate it is": (
        "UPDATE certificate SET person_id = (SELECT person_id FROM application WHERE id = {first})"
        " WHERE id = {certificate}"
    ),
    "when a certificate was revoked": (
        "UPDATE certificate SET revoked_at = revoked_at + interval '1 day' WHERE id = {revoked}"
    ),
    "why a certificate was revoked": (
        "UPDATE certificate SET revocation_reason = 'x' WHERE id = {revoked}"
    ),
    "a certificate that only its columns revoke": (
        "UPDATE certificate SET revoked_at = now(), revocation_reason = 'x'"
        " WHERE id = {certificate}"
    ),
    "the method of an application": (
        "UPDATE application SET method = 'wet_signature' WHERE id = {renewal}"
    ),
    "the certificate of an application": (
        "UPDATE application SET certificate_id = {revoked} WHERE id = {renewal}"
    ),
    "the first day of production": (
        "UPDATE application SET production_opens_on = production_opens_on - 1"
        " WHERE id = {renewal}"
    ),
    "the list of papers": (
        "UPDATE application SET paper = jsonb_set(paper, '{{registered_by}}', '\"user:2\"')"
        " WHERE id = {first}"
    ),
    "the tracking number of an application": (
        "UPDATE application SET tracking_number = 'YK1' WHERE id = {renewal}"
    ),
    "what was shown at the delivery": (
        "UPDATE application SET delivery = jsonb_set(delivery, '{{shown}}', '\"passport\"')"
        " WHERE id = {renewal}"
    ),
    "the moment since which a case stands": (
        "UPDATE application SET entered_at = entered_at - interval '1 day' WHERE id = {renewal}"
    ),
    "the moment at which a case was opened": (
        "UPDATE application SET created_at = created_at - interval '1 hour' WHERE id = {renewal}"
    ),
    "the document of an e-onay": (
        "UPDATE consent SET document_sha256 = (SELECT form_sha256 FROM application"
        " WHERE id = {renewal}) WHERE id = {consent}"
    ),
    "the text that an e-onay is given to": (
        "INSERT INTO terms (version, text, valid_from) VALUES ('EO.00/01 (BF.01/01)', '', now());"
        "UPDATE consent SET terms_version = 'EO.00/01 (BF.01/01)' WHERE id = {consent}"
    ),
    "an account made administrator without a grant": (
        "UPDATE office_user SET roles = ARRAY['operator'] WHERE id = {account}"
    ),
    "an account put in": (
        "INSERT INTO office_user (name, sort_key, roles, subject, created_at) VALUES"
        " ('X', 'x', ARRAY['administrator'], 'x', now() + interval '50 years')"
    ),
    "an account that no grant closed": "UPDATE office_user SET active = false WHERE id = {account}",
    "a head without a grant": "UPDATE office_user SET leads = true WHERE id = {account}",
    "a message taken away": "DELETE FROM notice WHERE template = 'couriered'",
    "a message put in": (
        "INSERT INTO notice (key, case_id, person_id, template, subject, text, created_at)"
        " SELECT '{renewal}/2/notice.lost', case_id, person_id, template, subject, text,"
        " created_at FROM notice ORDER BY id LIMIT 1"
    ),
    "the number of a booking": (
        "UPDATE shipment SET tracking_number = 'YK' || case_id"
    ),
    "a booking put in": (
        "INSERT INTO shipment SELECT '{renewal}/1/courier.book', case_id, 'YK1', booked_at"
        " FROM shipment LIMIT 1"
    ),
    "a paper of ours taken away": (
        "DELETE FROM document WHERE made_by LIKE '%record.consent%'"
    ),
    "the state of a card": (
        "UPDATE card SET status = 'reserved' WHERE id ="
        " (SELECT card_id FROM certificate WHERE id = {certificate})"
    ),
    "a sweep taken away": "DELETE FROM sweep_run",
    "a batch taken away": "DELETE FROM batch_item; DELETE FROM batch",
    "what came of a batch": "UPDATE batch_item SET outcome = 'refused'",
    "a case more in a batch": (
        "INSERT INTO batch_item SELECT batch_id, {consent}, 1, 'moved', 'moved' FROM batch_item"
        " LIMIT 1"
    ),
    "an effect called done": (
        "UPDATE procrastinate_jobs SET status = 'succeeded'; DELETE FROM notice"
        " WHERE template = 'delivered'"
    ),
    "the numbers of cases set back": "SELECT setval('case_id', 1)",
    "the triggers of a table taken away": "DROP TRIGGER append_only ON journal",
    "more rights for the office": "GRANT UPDATE ON document TO nes_app",
    "the step of the database": "UPDATE alembic_version SET version_num = '0001'",
}  # fmt: skip


def done(town: Town, manipulation: Manipulation) -> dict[str, str]:
    """Make a manipulation, return what is found, and take it back."""
    with town.database.owner.connect() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
        tables = (*(one.table for one in STORED if one.table != "certificate"), "journal", "terms",
                  "scan_page")  # fmt: skip
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        if isinstance(manipulation, str):
            numbers = {key: value for key, value in vars(town).items() if isinstance(value, int)}
            for statement in manipulation.format(**numbers).split(";"):
                connection.execute(text(statement))
        else:
            rewrite(connection, town.renewal, manipulation)
        for table in tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
            connection.exec_driver_sql(
                f"DO $$BEGIN ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;"
                " EXCEPTION WHEN undefined_object THEN NULL; END$$"
            )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(snapshot, "AT_ONCE", 1)
            found = judged(town, connection)
        connection.rollback()
        connection.exec_driver_sql("SELECT setval('case_id', max(case_id)) FROM journal")
    return found
