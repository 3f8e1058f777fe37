"""The papers of the office: made after the move, sealed, once, and kept with the case."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from handlers.applications import institution_letter
from handlers.certificates import revocation
from handlers.desk import verification
from handlers.papers import letters, sealed
from signing.cms import pades
from signing.errors import DeviceFailed, DocumentUnusable
from signing.validation.validate import validate
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.document import Document
from states.papers.letter_line import LetterLine
from states.papers.signature import Signature
from tests.kit.handlers.paper import words_on_paper
from tests.kit.handlers.world import World, operator
from tests.kit.signing import pdfs
from tests.kit.workflow.process import tamper
from workflow.journal.stored_hashes import STORED, broken_rows
from workflow.running.effects import run_effect

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.cards.seed import Held
    from handlers.kit.services import Services
    from tests.kit.postgres import Database

END = date(2026, 4, 10)


@pytest.fixture
def held(world: World) -> Held:
    """Give Ayşe's card."""
    return world.card(world.person(), END)


def owner(world: World, held: Held) -> int:
    return world.read(Certificate, held.certificate_id).person_id


def couriered(world: World, held: Held) -> int:
    me = owner(world, held)
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make", "courier.book", "courier.scan_out")
    assert world.state(case) == "couriered"
    return case


def made(world: World, kind: str) -> Document:
    (row,) = world.all(Document, kind=kind)
    return world.read(Document, row.sha256)


def with_services(world: World, services: Services) -> World:
    object.__setattr__(world.engine, "services", services)
    return world


def test_a_consent_in_force_is_recorded_with_text_person_and_certificate(
    world: World, held: Held
) -> None:
    case = world.consent(owner(world, held), held)
    assert world.run_effects("record.consent") == ["record.consent"]
    paper = made(world, "consent_record")
    consent, words = world.read(Consent, case), words_on_paper(paper.content)
    text = world.read(Document, consent.document_sha256)
    signature = world.read(Signature, consent.signature_id)
    certificate = world.read(Certificate, held.certificate_id)
    for said in (
        f"e-onay numarası {consent.reference}",
        f"Metin sürümü {consent.terms_version}",
        text.verification_code,
        "Yürürlüğe giriş 02.03.2026 12:00:00 (İstanbul)",
        "Ad soyad AYŞE ÖRNEKOĞLU",
        "T.C. kimlik numarası 100******46",
        f"Sertifika seri numarası {certificate.serial}",
        "Denetim sonucu TOTAL-PASSED",
        "Doküman kodu: EK.01",
        paper.verification_code,
    ):
        assert said in words
    joined = words.replace("\n", "")
    for sha256 in (text.sha256, signature.container_sha256, certificate.sha256):
        assert sha256 is not None
        assert sha256 in joined
    assert "10000000146" not in words
    assert (paper.case_id, paper.person_id) == (case, consent.person_id)


def test_a_paper_is_sealed_and_the_seal_validates(world: World, held: Held) -> None:
    world.consent(owner(world, held), held)
    world.run_effects("record.consent")
    found = pades.check(made(world, "consent_record").content)
    with world.engine.database.connect() as connection:
        lists = revocation.lists_at(connection, world.clock.now())
    trust = world.services.trust()
    answer = validate(
        found.container, found.content, trust=trust, revocation=lists, at=world.clock.now()
    )
    assert (answer.passed, answer.qualified) == (True, False)
    assert answer.signer is not None
    assert answer.signer.holder.startswith("TEST")


def test_poppler_and_mupdf_read_the_seal_of_every_paper(
    world: World, held: Held, tmp_path: Path
) -> None:
    couriered(world, held)
    world.run_effects("record.consent", "record.hand_over")
    for kind in ("consent_record", "hand_over"):
        assert pdfs.unread(tmp_path, made(world, kind).content) == []


def test_the_hand_over_makes_the_form_and_notes_it_for_the_letter(world: World, held: Held) -> None:
    case = couriered(world, held)
    world.run_effects("record.hand_over")
    application = world.read(Application, case)
    form = made(world, "hand_over")
    certificate = world.read(Certificate, application.certificate_id)
    words = words_on_paper(form.content)
    for said in (
        f"Takip numarası {application.tracking_number}",
        f"Kart seri numarası {world.read(Card, certificate.card_id).serial}",
        "Teslimat adresi TEST Sokağı 1, Bursa",
        "Kurum TEST Zeytinlik İlkokulu",
        "Alıcının adı soyadı",
        "Doküman kodu: KT.01",
    ):
        assert said in words
    assert form.case_id == case
    (line,) = world.all(LetterLine)
    assert (line.form_sha256, line.case_id, line.person_id, line.institution_id) == (
        form.sha256, case, application.person_id, application.institution_id,
    )  # fmt: skip
    assert (line.tracking_number, line.handed_at, line.letter_sha256) == (
        application.tracking_number, application.couriered_at, None,
    )  # fmt: skip
    assert world.all(Document, kind="official_letter") == []


def test_a_sealed_paper_takes_less_than_eight_kilobytes_in_the_database(
    world: World, held: Held
) -> None:
    couriered(world, held)
    world.run_effects("record.hand_over")
    with world.engine.database.connect() as connection:
        size = text("SELECT pg_column_size(content) FROM document WHERE kind = 'hand_over'")
        assert connection.execute(size).scalar_one() < 8_000
    form = made(world, "hand_over")
    assert hashlib.sha256(form.content).hexdigest() == form.sha256
    assert 60_000 < len(form.content) < 90_000


@pytest.mark.parametrize("there", [False, True])
def test_papers_that_are_packed_are_proved_like_all_others(
    world: World, held: Held, database: Database, *, there: bool
) -> None:
    couriered(world, held)
    world.run_effects("record.hand_over")
    (documents,) = (one for one in STORED if one.table == "document")

    def broken() -> list[tuple[int, str]]:
        with world.engine.database.connect() as connection:
            return list(broken_rows(connection, documents, 9, there=there))

    form = made(world, "hand_over")
    assert broken() == []
    for changed in ("overlay(content PLACING '\\x00' FROM 40)", "substr(content, 1, 7)"):
        change = f"UPDATE document SET content = {changed} WHERE kind = 'hand_over'"
        tamper(database, "ALTER TABLE document DISABLE TRIGGER ALL", change)
        assert broken() == [(form.case_id, f"document {form.sha256}")]
    tamper(database, "UPDATE document SET content = content || 'x' WHERE kind = 'consent'")
    assert len(broken()) == 2


def test_a_person_without_an_institution_is_in_no_letter(world: World, held: Held) -> None:
    case = couriered(world, held)
    world.write("UPDATE application SET institution_id = NULL WHERE id = :id", id=case)
    world.run_effects("record.hand_over")
    assert "Kurum yok" in words_on_paper(made(world, "hand_over").content)
    assert world.all(LetterLine) == []


def test_a_repeated_effect_makes_no_second_paper(world: World, held: Held) -> None:
    world.consent(owner(world, held), held)
    couriered_effects = [e for e in world.queued() if e[2].startswith("record.")]
    for effect in couriered_effects * 3:
        run_effect(world.engine, *effect)
    assert len(world.all(Document, kind="consent_record")) == 1


def test_a_hand_over_killed_after_its_form_is_carried_on_with_the_line(
    world: World, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    couriered(world, held)
    (effect,) = [e for e in world.queued() if e[2] == "record.hand_over"]
    with monkeypatch.context() as killed:
        killed.delattr(institution_letter, "note")
        with pytest.raises(AttributeError):
            run_effect(world.engine, *effect)
    form = made(world, "hand_over")
    assert world.all(LetterLine) == []
    for _ in range(2):
        run_effect(world.engine, *effect)
    assert [line.form_sha256 for line in world.all(LetterLine)] == [form.sha256]


def test_a_token_that_is_away_leaves_the_paper_to_a_later_try(world: World, held: Held) -> None:
    world.consent(owner(world, held), held)
    (effect,) = [e for e in world.queued() if e[2] == "record.consent"]

    def away() -> None:
        raise DeviceFailed(support="CKR_DEVICE_ERROR")

    whole = world.services
    broken = with_services(world, replace(whole, seal=away))  # type: ignore[arg-type] # never returns
    with pytest.raises(DeviceFailed):
        run_effect(broken.engine, *effect)
    assert world.all(Document, kind="consent_record") == []
    run_effect(with_services(world, whole).engine, *effect)
    assert made(world, "consent_record").case_id == effect[0]


def test_without_a_seal_the_paper_goes_out_unsealed_and_says_so(world: World, held: Held) -> None:
    with_services(world, replace(world.services, seal=None))
    world.consent(owner(world, held), held)
    world.run_effects("record.consent")
    paper = made(world, "consent_record")
    assert paper.content.startswith(b"%PDF")
    with pytest.raises(DocumentUnusable):
        pades.check(paper.content)
    with world.engine.database.connect() as connection:
        found = verification.find(connection, paper.verification_code)
    assert found is not None
    assert found.approval is verification.Approval.UNSEALED


def test_a_sealed_paper_is_told_from_a_signed_one(world: World, held: Held) -> None:
    world.consent(owner(world, held), held)
    world.run_effects("record.consent")
    with world.engine.database.connect() as connection:
        found = verification.find(connection, made(world, "consent_record").verification_code)
    assert found is not None
    assert found.approval is verification.Approval.SEALED


def test_a_name_that_no_document_can_show_does_not_stop_the_office(
    world: World, held: Held
) -> None:
    world.consent(owner(world, held), held)
    world.write("UPDATE person SET given_name = :name", name="AY\u4e2dE")
    world.run_effects("record.consent")
    assert "Ad soyad AY?E ÖRNEKOĞLU" in words_on_paper(made(world, "consent_record").content)


def test_every_paper_of_the_office_is_a_controlled_document() -> None:
    for template in (letters.CONSENT_RECORD, letters.HAND_OVER, letters.OFFICIAL_LETTER):
        assert template.kind in sealed.REASONS
        assert template.version == f"{template.code}/{template.revision}"
