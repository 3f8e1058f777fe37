"""The correction of a delivery address: who may, until when, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.applications.address import (
    CORRECTABLE,
    SHOWN_IN_FORM,
    Correction,
    change_own,
    correct,
    mark,
    preview,
)
from handlers.applications.form import LONGEST_ADDRESS
from states.cases.application import Application
from states.cases.notice import Notice
from states.cases.shipment import Shipment
from states.logs.desk import ADDRESS, DeskEntry
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.people.person import Person
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import World, applicant, officer, operator
from tests.kit.web.staff import under_review, waiting_for_paper
from workflow.model.actor import Actor
from workflow.model.refusal import NotTheSubject, RoleNotAllowed, StaleVersion, UnknownCase

OLD, NEW = "TEST Sokağı 1, Bursa", "TEST Caddesi 7, İnegöl"


def wanted(world: World, case: int, address: str = NEW, reason: str = "Taşındı") -> Correction:
    """Ask for another address as a fresh page would."""
    row = world.read(Application, case)
    return Correction(
        row.version, mark(world.services.vault, row.delivery_address), address, reason
    )


def nothing_was_written(world: World, case: int) -> bool:
    row = world.read(Application, case)
    return (row.delivery_address, world.all(DeskEntry), world.all(Notice)) == (OLD, [], [])


def test_the_card_goes_to_the_corrected_address_and_its_holder_is_told(world: World) -> None:
    case = waiting_for_paper(world)
    assert correct(world.engine, case, officer(3), wanted(world, case)) is True
    assert world.read(Application, case).delivery_address == NEW
    (notice,) = world.all(Notice)
    (entry,) = world.all(DeskEntry)
    assert notice.key == f"{case}/desk/{entry.id}"
    assert notice.person_id == world.read(Application, case).person_id
    assert notice.subject == "Teslimat adresiniz düzeltildi"
    assert f"gönderilecek:\n{NEW}\nDüzeltme nedeni: Taşındı\n" in notice.text


def test_the_desk_keeps_the_reason_and_marks_of_both_addresses_but_neither_address(
    world: World,
) -> None:
    case = waiting_for_paper(world)
    correct(world.engine, case, officer(3), wanted(world, case))
    (entry,) = world.all(DeskEntry)
    vault = world.services.vault
    assert (entry.workflow, entry.case_id, entry.actor, entry.role, entry.what) == (
        "application", case, "user:3", "officer", ADDRESS,
    )  # fmt: skip
    assert entry.text == f"Taşındı (adres izi: {mark(vault, OLD)} → {mark(vault, NEW)})"
    assert mark(vault, OLD) != mark(vault, NEW)
    assert len(mark(vault, OLD)) == 16


def test_form_person_version_and_journal_stay_as_they_were(world: World) -> None:
    case = waiting_for_paper(world)
    before = world.read(Application, case)
    entries, form = world.all(JournalEntry), world.read(Document, before.form_sha256)
    correct(world.engine, case, officer(), wanted(world, case))
    after = world.read(Application, case)
    assert (after.version, after.state, after.form_sha256) == (
        before.version, before.state, before.form_sha256,
    )  # fmt: skip
    assert world.all(JournalEntry) == entries
    assert world.read(Document, before.form_sha256).content == form.content
    assert world.read(Person, before.person_id).address == OLD


def test_production_goes_on_and_the_courier_gets_the_corrected_address(world: World) -> None:
    case = under_review(world, 1)
    approve_paper(world, case, officer(2), how="face_to_face")
    correct(world.engine, case, officer(), wanted(world, case))
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    assert world.state(case) == "couriered"
    assert world.read(Application, case).delivery_address == NEW


def test_a_page_from_before_another_move_or_another_correction_changes_nothing(
    world: World,
) -> None:
    case = waiting_for_paper(world)
    fresh = wanted(world, case)
    with pytest.raises(StaleVersion):
        correct(world.engine, case, officer(), replace(fresh, seen=fresh.seen - 1))
    with pytest.raises(StaleVersion):
        correct(
            world.engine, case, officer(), replace(fresh, shown=mark(world.services.vault, NEW))
        )
    assert nothing_was_written(world, case)


def test_the_same_correction_sent_twice_is_made_once(world: World) -> None:
    case = waiting_for_paper(world)
    once = wanted(world, case)
    assert correct(world.engine, case, officer(), once) is True
    assert correct(world.engine, case, officer(), once) is False
    assert (len(world.all(DeskEntry)), len(world.all(Notice))) == (1, 1)


def test_the_address_that_is_there_already_is_no_correction(world: World) -> None:
    case = waiting_for_paper(world)
    assert correct(world.engine, case, officer(), wanted(world, case, f" {OLD} ")) is False
    assert nothing_was_written(world, case)


@pytest.mark.parametrize(
    ("address", "reason", "code"),
    [
        (" ", "Taşındı", "form.address_missing"),
        ("a" * (LONGEST_ADDRESS + 1), "Taşındı", "form.address_too_long"),
        ("Sokak \U000e0041", "Taşındı", "form.unprintable"),
        (NEW, " ", "address.reason_missing"),
        (NEW, "a" * 501, "address.reason_too_long"),
    ],
)
def test_an_address_that_no_card_can_be_sent_to_and_a_missing_reason_are_refused(
    world: World, address: str, reason: str, code: str
) -> None:
    case = waiting_for_paper(world)
    with denied(code):
        correct(world.engine, case, officer(), wanted(world, case, address, reason))
    assert nothing_was_written(world, case)


def test_only_an_officer_who_is_not_the_applicant_corrects(world: World) -> None:
    case = waiting_for_paper(world)
    me = world.read(Application, case).person_id
    for actor in (applicant(me), operator()):
        with pytest.raises(RoleNotAllowed):
            correct(world.engine, case, actor, wanted(world, case))
    with denied("address.own_case"):
        mine = Actor("user:4", frozenset({"officer"}), "demo", me)
        correct(world.engine, case, mine, wanted(world, case))
    assert nothing_was_written(world, case)
    colleague = Actor("user:4", frozenset({"officer"}), "demo", me + 1)
    assert correct(world.engine, case, colleague, wanted(world, case))


@pytest.mark.parametrize("state", ["draft", "couriered", "returned_to_applicant", "cancelled"])
def test_an_address_is_not_corrected_before_it_is_given_or_while_the_card_is_away(
    world: World, state: str
) -> None:
    case = waiting_for_paper(world)
    world.write("UPDATE application SET state = :state WHERE id = :id", state=state, id=case)
    with denied("address.not_now"):
        correct(world.engine, case, officer(), wanted(world, case))
    assert nothing_was_written(world, case)


@pytest.mark.parametrize("state", CORRECTABLE)
def test_in_each_state_with_an_address_at_hand_it_can_be_corrected(
    world: World, state: str
) -> None:
    case = waiting_for_paper(world)
    assert state in world.engine.library.workflow("application").states
    world.write("UPDATE application SET state = :state WHERE id = :id", state=state, id=case)
    assert correct(world.engine, case, officer(), wanted(world, case))


def test_no_address_is_corrected_where_none_was_given(world: World) -> None:
    case = world.file(world.person(), "first")
    world.write("UPDATE application SET state = 'method_chosen' WHERE id = :id", id=case)
    with denied("address.not_now"):
        correct(world.engine, case, officer(), wanted(world, case))


def test_the_address_of_a_parcel_that_waits_for_the_courier_stands(world: World) -> None:
    case = waiting_for_paper(world)
    world.write("UPDATE application SET state = 'booked' WHERE id = :id", id=case)
    with denied("address.booked"):
        correct(world.engine, case, officer(), wanted(world, case))


def test_once_the_courier_is_ordered_the_address_stands(world: World) -> None:
    case = waiting_for_paper(world)
    world.write("UPDATE application SET state = 'produced' WHERE id = :id", id=case)
    ordered = "INSERT INTO shipment VALUES (:key, :id, :key, :at)"
    at = world.clock.now()
    world.write(ordered, key="another case", id=case + 1, at=at)
    assert correct(world.engine, case, officer(), wanted(world, case))
    world.write(ordered, key="this case", id=case, at=at)
    with denied("address.booked"):
        correct(world.engine, case, officer(), wanted(world, case, "Başka yer"))
    world.write(
        "UPDATE application SET entered_at = :at WHERE id = :id", at=at.replace(hour=23), id=case
    )
    assert correct(world.engine, case, officer(), wanted(world, case, "Başka yer"))
    assert len(world.all(Shipment)) == 2


def test_an_application_that_is_not_there_is_unknown(world: World) -> None:
    with pytest.raises(UnknownCase):
        correct(world.engine, 999, officer(), Correction(1, "", NEW, "Taşındı"))


def test_the_preview_is_the_text_that_is_sent(world: World) -> None:
    case = waiting_for_paper(world)
    row = vars(world.read(Application, case))
    shown = preview(world.engine, row, f" {NEW} ", "Taşındı ")
    assert nothing_was_written(world, case)
    correct(world.engine, case, officer(), wanted(world, case))
    (sent,) = world.all(Notice)
    assert (shown.template, shown.subject, shown.text) == (sent.template, sent.subject, sent.text)


def own(world: World, case: int) -> Actor:
    return applicant(world.read(Application, case).person_id)


def test_the_holder_changes_where_his_own_card_goes_and_is_told(world: World) -> None:
    case = waiting_for_paper(world)
    before = world.read(Application, case)
    me = own(world, case)
    assert change_own(world.engine, case, me, wanted(world, case)) is True
    after = world.read(Application, case)
    assert (after.delivery_address, after.version, after.form_sha256) == (
        NEW, before.version, before.form_sha256,
    )  # fmt: skip
    assert world.read(Person, before.person_id).address == OLD
    (notice,), (entry,) = world.all(Notice), world.all(DeskEntry)
    assert notice.subject == "Teslimat adresinizi değiştirdiniz"
    assert NEW in notice.text
    assert (entry.actor, entry.role, entry.what) == (me.name, "applicant", ADDRESS)
    vault = world.services.vault
    assert entry.text == f"(adres izi: {mark(vault, OLD)} → {mark(vault, NEW)})"
    assert change_own(world.engine, case, me, wanted(world, case)) is False
    assert len(world.all(Notice)) == 1


def test_production_takes_the_address_that_the_holder_gave_last(world: World) -> None:
    case = under_review(world, 1)
    approve_paper(world, case, officer(2), how="face_to_face")
    change_own(world.engine, case, own(world, case), wanted(world, case))
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    assert world.read(Application, case).delivery_address == NEW
    assert world.state(case) == "couriered"
    with denied("address.not_now", state="couriered"):
        change_own(world.engine, case, own(world, case), wanted(world, case, "Geç 1"))


def test_nobody_else_changes_it_as_its_holder(world: World) -> None:
    case = waiting_for_paper(world)
    for stranger in (applicant(999_999), Actor("person:0", frozenset({"applicant"}), "demo")):
        with pytest.raises(NotTheSubject):
            change_own(world.engine, case, stranger, wanted(world, case))
    with pytest.raises(RoleNotAllowed):
        change_own(world.engine, case, officer(), wanted(world, case))
    assert nothing_was_written(world, case)


def test_a_stale_page_a_bad_address_and_a_stopped_record_change_nothing(world: World) -> None:
    case = waiting_for_paper(world)
    me, fresh = own(world, case), wanted(world, case)
    with pytest.raises(StaleVersion):
        change_own(world.engine, case, me, replace(fresh, seen=fresh.seen - 1))
    with denied("form.address_missing"):
        change_own(world.engine, case, me, replace(fresh, address=" "))
    world.write("UPDATE person SET standing = 'blocked'")
    with denied("address.not_in_office"):
        change_own(world.engine, case, me, fresh)
    world.write("UPDATE person SET standing = 'in_office'")
    for state in SHOWN_IN_FORM:
        world.write("UPDATE application SET state = :state WHERE id = :id", state=state, id=case)
        with denied("address.form_shows_it"):
            change_own(world.engine, case, me, fresh)
    assert nothing_was_written(world, case)
