"""An approval by e-onay: an act of the application's own person that saw this form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from handlers.consents.underlying_consent import consent_of
from handlers.papers import letters
from handlers.papers.letters import sheets
from migrations.run import downgrade, upgrade
from states.cases.application import Application
from states.cases.consent import Consent
from states.cases.notice import Notice
from states.logs.journal import JournalEntry
from states.papers.document import Document
from tests.kit.handlers.old import before
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, coordinator, officer
from workflow.model.refusal import RoleNotAllowed
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from handlers.cards.seed import Held
    from tests.kit.postgres import Database
    from workflow.model.definition import Definition

END = date(2026, 8, 10)


def filed_for(world: World, me: int, held: Held) -> int:
    """File a renewal as a coordinator does who enters a list, and choose e-onay for the person."""
    values = {"kind": "renewal", "person_id": me, "old_certificate_id": held.certificate_id}
    case = world.engine.open("application", "file", coordinator(), values)
    world.engine.fire(case, "choose_method", coordinator(), {"method": "e_onay"})
    return case


def told(world: World, case: int) -> list[str]:
    return [row.template for row in world.all(Notice, case_id=case)]


def entry(world: World, case: int, trigger: str) -> dict[str, object]:
    with world.engine.database.connect() as connection:
        wanted = select(JournalEntry.body).where(
            JournalEntry.case_id == case, JournalEntry.trigger == trigger
        )
        return dict(json.loads(connection.scalar(wanted.order_by(JournalEntry.n.desc())) or "{}"))


def test_what_a_coordinator_files_waits_for_the_persons_press_and_she_is_told(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    case = filed_for(world, me, held)
    assert world.state(case) == "e_onay"
    sweep(world.engine)
    assert world.state(case) == "e_onay"
    world.run_effects("notice.confirm_application")
    (notice,) = world.all(Notice, case_id=case)
    assert "TEST Sokağı 1, Bursa" in notice.text
    assert f"/basvurularim/{world.read(Application, case).reference}\n" in notice.text
    assert "Siz onaylamadan başvuru ilerlemez." in notice.text
    assert world.press(case, me).state == "held"
    assert world.read(Application, case).consent_id == consent


def test_nobody_is_told_to_confirm_what_he_chose_himself(world: World, me: int, held: Held) -> None:
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "e_onay"
    world.run_effects("notice.confirm_application")
    assert told(world, case) == []


def test_nobody_is_told_to_confirm_what_has_moved_on(world: World, me: int, held: Held) -> None:
    world.consent(me, held)
    case = filed_for(world, me, held)
    world.press(case, me)
    world.run_effects("notice.confirm_application")
    assert told(world, case) == []


def test_a_list_binds_nobody_not_even_its_own_coordinator(world: World) -> None:
    me = world.person()
    held = world.card(me, END)
    world.consent(me, held)
    himself = replace(coordinator(), person_id=me)
    values = {"kind": "renewal", "person_id": me, "old_certificate_id": held.certificate_id}
    case = world.engine.open("application", "file", himself, values)
    world.engine.fire(case, "choose_method", himself, {"method": "e_onay"})
    assert world.state(case) == "e_onay"
    with denied("consent.unconfirmed"):
        world.engine.fire(case, "approve_e_onay", SYSTEM)


def test_a_coordinator_can_not_press(world: World, me: int, held: Held) -> None:
    world.consent(me, held)
    case = filed_for(world, me, held)
    for actor in (coordinator(), officer()):
        with pytest.raises(RoleNotAllowed):
            world.engine.fire(case, "approve_e_onay", actor)


@pytest.mark.parametrize("shown", [None, "0" * 64])
def test_a_press_approves_the_form_that_was_shown_and_no_other(
    world: World, me: int, held: Held, shown: str | None
) -> None:
    world.consent(me, held)
    case = filed_for(world, me, held)
    with denied("consent.form_not_shown"):
        world.engine.fire(case, "approve_e_onay", applicant(me), {"form": shown})
    assert world.state(case) == "e_onay"


def test_who_chooses_e_onay_without_seeing_the_form_has_still_to_press(
    world: World, me: int, held: Held
) -> None:
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    moved = world.engine.fire(case, "choose_method", applicant(me), {"method": "e_onay"})
    assert moved.state == "e_onay"
    assert world.press(case, me).state == "held"


def test_who_chose_e_onay_under_one_consent_has_to_press_under_another(
    world: World, me: int, held: Held
) -> None:
    first = world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    assert world.read(Application, case).consent_id == first
    world.write("UPDATE application SET state = 'e_onay' WHERE id = :id", id=case)
    world.consent(me, held)
    with denied("consent.unconfirmed"):
        world.engine.fire(case, "approve_e_onay", SYSTEM)


def test_an_approval_names_its_consent_and_both_documents_in_case_and_journal(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"
    row, given = world.read(Application, case), world.read(Consent, consent)
    said = entry(world, case, "approve_e_onay")
    assert row.consent_id == consent
    assert said["documents"] == [given.document_sha256, row.form_sha256]
    assert said["details"] == {"consent": consent, "terms_version": given.terms_version}


def test_a_later_consent_does_not_change_what_an_application_rests_on(
    world: World, me: int, held: Held
) -> None:
    first = world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.consent(me, held)
    with world.engine.database.connect() as connection:
        assert consent_of(connection, vars(world.read(Application, case))) == first


def test_what_was_approved_before_the_column_was_there_is_given_its_consent(
    world: World, me: int, held: Held, database: Database
) -> None:
    first = world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.clock.advance(minutes=1)
    world.consent(me, held)
    waits = world.file(me, "additional", held.certificate_id)
    world.engine.fire(waits, "choose_method", applicant(me), {"method": "e_onay"})
    downgrade(database.url, "0024")
    upgrade(database.url)
    assert world.read(Application, case).consent_id == first
    assert world.read(Application, waits).consent_id is None


def test_a_standing_case_has_its_consent_in_the_journal_and_is_bound_at_once(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    old = before(world)
    values = {"kind": "renewal", "person_id": me, "old_certificate_id": held.certificate_id}
    case = old.engine.open("application", "file", coordinator(), values)
    world.engine.fire(case, "choose_method", coordinator(), {"method": "e_onay"})
    with denied("consent.unconfirmed"):
        world.engine.fire(case, "approve_e_onay", SYSTEM)
    with world.engine.database.connect() as connection:
        assert consent_of(connection, vars(world.read(Application, case))) is None
    assert world.press(case, me).state == "held"
    row = world.read(Application, case)
    assert row.consent_id is None
    with world.engine.database.connect() as connection:
        assert consent_of(connection, vars(row)) == consent
        assert consent_of(connection, {**vars(row), "method": "e_imza"}) is None


def chosen_under_an_older_form(world: World, me: int, held: Held) -> int:
    """File a renewal whose form was frozen before the revision in use."""
    case = world.file(me, "renewal", held.certificate_id)
    set_on_paper, older = sheets.typeset, replace(letters.APPLICATION_FORM, revision="01")

    def typeset(
        template: letters.Template, code: str, at: datetime, values: Mapping[str, object], site: str
    ) -> bytes:
        return set_on_paper(replace(template, revision="02"), code, at, values, site)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "APPLICATION_FORM", older)
        patch.setattr(sheets, "typeset", typeset)
        world.choose(case, me, "e_onay")
    return case


def test_the_revision_of_the_form_must_be_the_one_the_consent_covers(
    world: World, me: int, held: Held
) -> None:
    case = chosen_under_an_older_form(world, me, held)
    first = world.read(Application, case).form_sha256
    world.consent(me, held)
    with denied("consent.other_form", form="BF.01/01", covered="BF.01/02"):
        world.press(case, me)
    assert world.engine.fire(case, "renew_form", applicant(me)).state == "e_onay"
    row = world.read(Application, case)
    assert world.read(Document, row.form_sha256).revision == "02"
    with denied("consent.form_not_shown"):
        world.engine.fire(case, "approve_e_onay", applicant(me), {"form": first})
    assert world.press(case, me).state == "held"


def test_a_form_of_the_revision_in_use_is_not_drawn_anew(world: World, me: int, held: Held) -> None:
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    with denied("consent.form_current"):
        world.engine.fire(case, "renew_form", applicant(me))


def test_a_consent_whose_signature_failed_carries_nothing_new(
    world: World, me: int, held: Held
) -> None:
    consent = world.consent(me, held)
    fail(world, consent)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "e_onay"
    assert world.read(Application, case).consent_id is None
    with denied("consent.unproved"):
        world.press(case, me)


def fail(world: World, consent: int) -> None:
    """Let the last judgement of the signature of an e-onay be that it did not pass."""
    report = {"indication": "INDETERMINATE", "sub_indication": "REVOKED_NO_POE"}
    world.write(
        "INSERT INTO augmentation VALUES (:of, 1, 'B-LT', 'x', :sum, :at, :at, :at, :report)",
        of=world.read(Consent, consent).signature_id, sum=str(consent), at=world.clock.now(),
        report=json.dumps({**report, "settles_at": None}),
    )  # fmt: skip


# The policy by which silence approves; the shipped rows say that it does not.


# How long an application waits for its person, and what he is told at the end.


# Who goes on with whose application.


def test_a_coordinator_does_not_choose_for_who_filed_himself(
    world: World, me: int, held: Held
) -> None:
    case = world.file(me, "renewal", held.certificate_id)
    with denied("form.not_his_draft"):
        world.engine.fire(case, "choose_method", coordinator(), {"method": "wet_signature"})


@pytest.mark.parametrize("method", ["e_imza", "wet_signature", "e_onay"])
def test_a_coordinator_does_not_take_back_what_a_person_is_about_to_sign(
    world: World, me: int, held: Held, method: str
) -> None:
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, method)
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(case, "change_method", coordinator())


def test_the_checked_signature_is_asked_all_that_the_signature_itself_is(
    definitions: dict[str, Definition],
) -> None:
    moves = definitions["application"].transitions
    signed, checked = moves["approve_e_imza"], moves["confirm_signature"]
    assert set(signed.rules) <= set(checked.rules)
    assert "form.no_other_open" in set(signed.check) & set(checked.check)
