"""The evidence file: a stranger checks it with openssl and sha256sum by its own instruction."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from handlers.cards.seed import Held
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.chip_card import ChipCard
from states.cases.consent import Consent
from states.cases.parcel import Parcel
from states.kit.reference import reference
from states.logs.access import AccessEntry
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.people.person import Person
from tests.handlers.papers.test_scans import PAPERS, keep, picture, waiting
from tests.kit.handlers.evidence import (
    Stranger,
    commands,
    files_of,
    summed_anew,
    take,
)
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.stock import fill_stock
from tests.kit.handlers.typed import typed
from tests.kit.handlers.world import AYSE, World, applicant, officer, operator, payload_of
from tests.kit.web.staff import printed_code
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from tests.kit.postgres import Database


def test_the_instruction_succeeds_with_nothing_but_openssl_and_sha256sum(
    world: World, approved: int, stranger: Stranger
) -> None:
    made = take(world, approved)
    files = files_of(made)
    assert (made.cases, made.signatures) == (4, 1)
    wanted = commands(files)
    assert {command.split()[0] for command in wanted} <= {
        "openssl", "sha256sum", "p=jurnal/sifir.bin;",
    }  # fmt: skip
    for word in ("cms -verify", "-crl_check_all", "enc -none", "tanim/OZETLER"):
        assert any(word in command for command in wanted), word
    assert stranger.failing(files) == []


def test_an_application_carries_the_consent_and_the_certificate_it_rests_on(
    world: World, approved: int
) -> None:
    files = files_of(take(world, approved))
    application = world.read(Application, approved)
    consent = world.all(Consent)[0]
    folders = {name.split("/")[1] for name in files if name.startswith("jurnal/B") or "/O0" in name}
    assert folders == {application.reference, consent.reference}
    certificate = world.read(Certificate, application.certificate_id)
    assert f"jurnal/{certificate.reference}/0001.json" in files
    assert files["imza/1/belge.txt"] == world.read(Document, consent.document_sha256).content
    (form,) = [data for name, data in files.items() if f"belge/{application.form_sha256}." in name]
    assert form == world.read(Document, application.form_sha256).content
    report = json.loads(files["imza/1/rapor.json"])
    assert report["indication"] == "TOTAL-PASSED"


def test_an_application_carries_the_journal_of_its_card_and_of_its_parcel(
    world: World, stranger: Stranger
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    fill_stock(world, "K1", "100", 2)
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make", "courier.book")
    (parcel,) = world.all(Parcel)
    chips = {one.number: one.reference for one in world.all(ChipCard)}
    files = files_of(take(world, case))
    card = [json.loads(files[f"jurnal/{chips['100']}/{n:04}.json"]) for n in (1, 2, 3)]
    assert [said["trigger"] for said in card] == ["stock", "reserve", "make"]
    assert card[0]["details"] == {"number": "100", "box": card[0]["details"]["box"], "position": 1}
    booked = json.loads(files[f"jurnal/{parcel.reference}/0001.json"])
    assert booked["trigger"] == "book"
    assert not any(name.startswith(f"jurnal/{chips['101']}") for name in files)
    assert stranger.failing(files) == []


def test_an_old_certificate_of_another_authority_tells_in_it_how_it_was_seen(
    world: World,
) -> None:
    me = world.person()
    old = typed(world, me)
    world.consent(me, old)
    case = world.file(me, "renewal", old.certificate_id)
    world.choose(case, me, "e_onay")
    files = files_of(take(world, case))
    certificate = world.read(Certificate, old.certificate_id)
    (seen,) = [
        body
        for name, data in files.items()
        if name.startswith(f"jurnal/{certificate.reference}/000")
        and (body := json.loads(data))["trigger"] == "see"
    ]
    assert seen["details"]["certificate_sha256"] == certificate.sha256


def test_the_journal_is_there_letter_by_letter_with_its_proofs(world: World, approved: int) -> None:
    files = files_of(take(world, approved))
    folder = f"jurnal/{reference('application', approved)}"
    kept = world.all(JournalEntry, case_id=approved)
    lines = [json.loads(line) for line in files[f"{folder}/jurnal.jsonl"].splitlines()]
    assert [line["body"] for line in lines] == [entry.body for entry in kept]
    assert [line["hash"] for line in lines] == [entry.hash.hex() for entry in kept]
    assert lines[0]["prev"] == "00" * 32
    assert files[f"{folder}/0001.json"].decode() == kept[0].body
    said = json.loads(kept[0].body)
    definition = files[f"tanim/{said['definition']}.json"]
    assert hashlib.sha256(definition).hexdigest() == said["definition"]
    assert json.loads(definition)["name"] == "application"


def test_a_consent_later_than_the_approval_is_no_part_of_it(world: World, approved: int) -> None:
    first = world.all(Consent)[0]
    me = first.person_id
    world.clock.set(world.clock.now() + timedelta(days=1))
    world.publish_lists()
    card = world.card(me, date(2026, 4, 10))
    later = world.read(Consent, world.consent(me, card))
    files = files_of(take(world, approved))
    assert [name for name in files if later.reference in name] == []
    assert [name for name in files if first.reference in name] != []


def test_the_signature_of_an_activation_is_checked_without_the_list_that_holds_its_card(
    world: World, approved: int, stranger: Stranger
) -> None:
    application = world.read(Application, approved)
    certificate = world.read(Certificate, application.certificate_id)
    world.engine.fire(approved, "deliver", operator(), world.handed_over())
    assert certificate.not_before is not None
    world.clock.set(certificate.not_before + timedelta(days=1))
    world.publish_lists()
    claimed = world.claimed("certificate", certificate.id, certificate.person_id)
    card = world.read(Card, certificate.card_id)
    mine = Held(certificate.id, card.serial, "123456")
    payload = payload_of(claimed, world.sign(mine, certificate.activation_sha256))
    world.engine.fire(certificate.id, "activate", applicant(certificate.person_id), payload)
    made = take(world, approved)
    files = files_of(made)
    assert made.signatures == 2
    assert json.loads(files["imza/2/rapor.json"])["sub_indication"] == "TRY_LATER"
    assert "askıda" in files["BENIOKU.txt"].decode()
    assert stranger.failing(files) == []


def test_a_case_without_signatures_still_has_its_journal_and_definition(
    world: World, stranger: Stranger
) -> None:
    case = world.file(world.person(), "first")
    made = take(world, case)
    files = files_of(made)
    assert (made.cases, made.signatures, made.entries) == (1, 0, 1)
    assert [name for name in files if name.startswith(("imza", "guven"))] == []
    assert "Bu kayıtta imza yoktur" in files["BENIOKU.txt"].decode()
    assert "Bu kayıtta imza yoktur" in files["kanit.html"].decode()
    assert stranger.failing(files) == []
    files[f"jurnal/{made.reference}/0001.json"] += b" "
    assert len(stranger.failing(summed_anew(files))) == 1


def test_the_scans_of_an_approval_on_paper_lie_in_the_file_and_are_named_by_the_journal(
    world: World, stranger: Stranger
) -> None:
    case = waiting(world)
    keep(world, case, picture("JPEG"))
    payload = {"documents": PAPERS, "verification_code": printed_code(world, case)}
    world.engine.fire(case, "register_paper", officer(1), payload)
    approve_paper(world, case, officer(2))
    files = files_of(take(world, case))
    (name,) = [name for name in files if name.startswith("tarama/")]
    assert files[name] == picture("JPEG")
    assert name.endswith(".jpg")
    (listed,) = [data.decode() for path, data in files.items() if path.endswith("/BELGELER")]
    assert name in listed
    assert stranger.failing(files) == []
    assert len(stranger.failing(summed_anew(files | {name: picture("PNG")}))) == 1


@pytest.mark.parametrize("case", [0, -1, 999_999, 2**63])
def test_an_unknown_case_is_refused_and_no_reading_is_kept(world: World, case: int) -> None:
    with pytest.raises(UnknownCase):
        take(world, case)
    assert world.all(AccessEntry) == []


def test_taking_it_out_is_kept_as_a_reading_with_its_purpose(world: World, approved: int) -> None:
    made = take(world, approved)
    (entry,) = world.all(AccessEntry)
    assert entry.what == f"evidence:{made.reference}"
    assert entry.purpose == "mahkeme, 2026/17 esas"
    assert entry.actor == officer().name
    assert entry.person_id == world.read(Application, approved).person_id


def test_the_same_case_at_the_same_moment_gives_the_same_bytes(world: World, approved: int) -> None:
    first = take(world, approved)
    assert take(world, approved).zip == first.zip
    with zipfile.ZipFile(io.BytesIO(first.zip)) as archive:
        entries = archive.infolist()
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {entry.date_time for entry in entries} == {(2026, 3, 2, 9, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    world.clock.set(world.clock.now() + timedelta(minutes=1))
    assert take(world, approved).zip != first.zip


def test_the_page_shows_people_what_the_files_say_and_no_whole_tckn(
    world: World, approved: int
) -> None:
    world.engine.fire(approved, "report_lost", operator(), reason=f"alıcı {AYSE} <b>yok</b>")
    files = files_of(take(world, approved))
    page = files["kanit.html"].decode()
    assert AYSE not in page
    assert AYSE not in files["BENIOKU.txt"].decode()
    assert AYSE.encode() in b"".join(files.values())
    assert "alıcı 100******46 &lt;b&gt;yok&lt;/b&gt;" in page
    assert "TOTAL-PASSED" in page
    assert world.all(Person)[0].given_name in page
    assert "<script" not in page
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")
    for command in commands(files)[1:]:
        assert html.escape(command, quote=True) in page.replace("&#34;", "&quot;")


def test_a_journal_that_was_tampered_with_comes_out_as_it_stands_and_fails(
    world: World, approved: int, database: Database, stranger: Stranger
) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE journal SET body = 'yok', trigger = 'yok' WHERE case_id = :c AND n = 2"),
            {"c": approved},
        )
    files = files_of(take(world, approved))
    folder = f"jurnal/{reference('application', approved)}"
    assert files[f"{folder}/0002.json"] == b"yok"
    assert stranger.failing(files) == [f"sha256sum -c {folder}/OZETLER"]


def test_a_container_that_was_tampered_with_comes_out_as_it_stands_and_fails(
    world: World, approved: int, database: Database, stranger: Stranger
) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE signature DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE signature SET container = 'yok'"))
    files = files_of(take(world, approved))
    assert files["imza/1/kap.p7s"] == b"yok"
    failed = stranger.failing(files)
    assert [command for command in failed if "cms -verify" in command]


def test_a_number_of_eleven_digits_that_is_nobodys_stays(world: World, approved: int) -> None:
    reason = "gönderi 12345678901 kayboldu"
    world.engine.fire(approved, "report_lost", operator(), reason=reason)
    assert reason in files_of(take(world, approved))["kanit.html"].decode()
