"""The standing consent: drawn up, signed, in force, replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from handlers.consents.terms import CURRENT, current_version, publish_terms, version_of
from handlers.papers import letters
from states.cases.application import Application
from states.cases.consent import Consent
from states.papers.document import Document
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from workflow.model.clock import FixedClock


def new_terms(world: World, version: str = "EO.01/09") -> None:
    world.write(
        "INSERT INTO terms (version, text, valid_from) VALUES (:version, 'yeni metin', :at)",
        version=version, at=world.clock.now() + timedelta(seconds=1),
    )  # fmt: skip


def test_the_text_is_published_once(database: Database, clock: FixedClock) -> None:
    with database.app.begin() as connection:
        assert current_version(connection) is None
        assert publish_terms(connection, clock.now())
        assert not publish_terms(connection, clock.now() + timedelta(days=1))
        assert current_version(connection) == CURRENT


def test_there_is_no_offer_without_a_text(world: World, database: Database) -> None:
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE terms DISABLE TRIGGER append_only"))
        connection.execute(text("DELETE FROM terms"))
    with denied("consent.no_terms"):
        world.offer(world.person())


def test_the_offered_text_holds_terms_person_and_moment(world: World) -> None:
    me = world.person()
    consent = world.read(Consent, world.offer(me))
    content = world.read(Document, consent.document_sha256).content.decode()
    assert consent.terms_version == CURRENT
    for said in ("AYŞE ÖRNEKOĞLU", "100******46", consent.reference, "2 Mart 2026", "EO.01"):
        assert said in content
    assert "10000000146" not in content


def test_a_changed_form_asks_for_new_consent_and_the_text_names_what_it_covers(
    world: World,
) -> None:
    changed = replace(letters.APPLICATION_FORM, revision="99")
    assert version_of(letters.CONSENT, letters.APPLICATION_FORM) == CURRENT
    assert version_of(letters.CONSENT, changed) != CURRENT
    consent = world.read(Consent, world.offer(world.person()))
    content = world.read(Document, consent.document_sha256).content.decode()
    revision = letters.APPLICATION_FORM.revision
    assert f"BF.01/{revision} sayılı form ile TH.01/{revision} sayılı taahhüt" in content


def test_a_consent_approves_nothing_that_waits_and_the_person_does_in_one_press(
    world: World,
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "e_onay"
    with denied("consent.missing"):
        world.engine.fire(case, "approve_e_onay", SYSTEM)
    consent = world.consent(me, held)
    with denied("consent.unconfirmed"):
        world.engine.fire(case, "approve_e_onay", SYSTEM)
    assert world.press(case, me).state == "held"
    assert world.read(Application, case).consent_id == consent


def test_a_consent_to_an_older_text_carries_no_new_application(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    world.consent(me, held)
    new_terms(world)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    with denied("consent.outdated", given=CURRENT, current="EO.01/09"):
        world.engine.fire(case, "approve_e_onay", SYSTEM)


def test_a_withdrawn_consent_carries_nothing(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    consent = world.consent(me, held)
    world.engine.fire(consent, "withdraw", applicant(me))
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    with denied("consent.missing"):
        world.engine.fire(case, "approve_e_onay", SYSTEM)


def test_a_new_consent_takes_the_place_of_the_earlier_one(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    first, second = world.consent(me, held), world.consent(me, held)
    assert world.read(Consent, first).state == "superseded"
    assert world.read(Consent, second).state == "in_force"
