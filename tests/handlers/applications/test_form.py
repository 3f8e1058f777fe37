"""Filing, choosing a method, freezing the form."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest

from handlers.papers import letters
from signing.cms import pades
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.papers.document import Document
from states.people.person import Person
from tests.kit.handlers.paper import words_on_paper
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import ISMAIL, World, applicant, coordinator
from workflow.model.refusal import Conflict
from workflow.model.request import Request

END = date(2026, 4, 10)


def test_a_renewal_names_the_certificate_that_it_renews(world: World) -> None:
    me = world.person()
    with denied("form.old_certificate_missing"):
        world.file(me, "renewal")


def test_nobody_renews_the_certificate_of_another(world: World) -> None:
    me, other = world.person(), world.person(ISMAIL, "İsmail", "Taslakçı")
    old = world.certificate(other, END)
    with denied("form.old_certificate_of_other_person"):
        world.file(me, "renewal", old)


def test_a_certificate_that_was_never_made_is_not_renewed(world: World) -> None:
    me = world.person()
    old = world.certificate(me, END)
    for state in ("reserved", "void"):
        world.write("UPDATE certificate SET state = :state", state=state)
        with denied("form.old_certificate_never_made"):
            world.file(me, "renewal", old)


def test_who_holds_a_certificate_files_no_first_application(world: World) -> None:
    me = world.person()
    old = world.certificate(me, END)
    reference = world.read(Certificate, old).reference
    with denied("form.not_first", certificate=reference):
        world.file(me, "first")
    with denied("form.not_first"):
        world.file(me, "first", old)


def test_who_held_one_long_ago_may_file_a_first_application(world: World) -> None:
    me = world.person()
    world.certificate(me, END)
    world.clock.advance(days=100)
    assert world.state(world.file(me, "first")) == "draft"


def test_an_additional_certificate_names_no_old_one(world: World) -> None:
    me = world.person()
    world.certificate(me, END)
    assert world.state(world.file(me, "additional")) == "draft"


def test_an_unknown_kind_is_refused(world: World) -> None:
    with denied("form.unknown_kind", kind="gift"):
        world.file(world.person(), "gift")


def test_an_application_gets_the_institution_of_its_person_unless_it_has_one(world: World) -> None:
    me = world.person()
    first = world.read(Application, world.file(me, "first"))
    assert first.institution_id is not None
    assert first.institution_id == world.read(Person, me).institution_id
    world.certificate(me, END)
    values = {"kind": "additional", "person_id": me, "institution_id": first.institution_id - 1}
    second = world.engine.open("application", "file", applicant(me), values)
    assert world.read(Application, second).institution_id == first.institution_id - 1


def test_a_second_open_application_of_a_kind_is_a_conflict(world: World) -> None:
    me = world.person()
    first = world.file(me, "first")
    with pytest.raises(Conflict):
        world.file(me, "first")
    world.engine.fire(first, "cancel", applicant(me))
    assert world.state(world.file(me, "first")) == "draft"


@pytest.mark.parametrize("method", [None, "", "by_word", 7])
def test_a_method_that_there_is_not_is_refused(world: World, method: object) -> None:
    me = world.person()
    case = world.file(me, "first")
    with denied("form.method_missing"):
        world.engine.fire(case, "choose_method", applicant(me), {"method": method})


def test_a_method_that_the_kind_does_not_offer_is_refused(world: World) -> None:
    me = world.person()
    with denied("form.method_not_allowed", kind="first", method="e_onay"):
        world.choose(world.file(me, "first"), me, "e_onay")


def test_the_choice_is_offered_before_a_method_was_named(world: World) -> None:
    me = world.person()
    world.engine.rehearse(world.file(me, "first"), Request("choose_method", applicant(me)))


def test_e_imza_needs_a_certificate_still_in_force(world: World) -> None:
    me = world.person()
    case = world.file(me, "renewal", world.certificate(me, END))
    world.clock.advance(days=60)
    with denied("form.no_valid_certificate"):
        world.choose(case, me, "e_imza")


def test_a_suspended_certificate_signs_no_application(world: World) -> None:
    me = world.person()
    old = world.certificate(me, END)
    case = world.file(me, "renewal", old)
    world.write("UPDATE certificate SET state = 'suspended' WHERE id = :id", id=old)
    with denied("form.no_valid_certificate"):
        world.choose(case, me, "e_imza")


def test_a_card_is_sent_nowhere_without_an_address(world: World) -> None:
    me = world.person()
    world.write("UPDATE person SET address = NULL")
    case = world.file(me, "first")
    with denied("form.address_missing"):
        world.choose(case, me, "in_person")
    payload = {"method": "in_person", "address": "x" * 501}
    with denied("form.address_too_long", longest=500):
        world.engine.fire(case, "choose_method", applicant(me), payload)


def test_the_person_himself_may_give_another_address(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    payload = {"method": "in_person", "address": "  Yeni Sokak 5,\n İznik "}
    world.engine.fire(case, "choose_method", applicant(me), payload)
    assert world.read(Application, case).delivery_address == "Yeni Sokak 5, İznik"
    assert world.read(Person, me).address == "Yeni Sokak 5, İznik"


def test_a_mark_that_turns_what_is_read_around_is_left_out_of_an_address(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.write("UPDATE person SET address = :text", text="Sokak \u202e1")
    world.choose(case, me, "in_person")
    assert world.read(Application, case).delivery_address == "Sokak 1"


def test_a_coordinator_does_not_send_the_card_elsewhere(world: World) -> None:
    me = world.person()
    values = {"kind": "first", "person_id": me}
    case = world.engine.open("application", "file", coordinator(), values)
    payload = {"method": "in_person", "address": "Başka Sokak 9"}
    world.engine.fire(case, "choose_method", coordinator(), payload)
    assert world.read(Application, case).delivery_address == "TEST Sokağı 1, Bursa"


def test_the_frozen_form_says_who_what_and_how_and_masks_the_number(world: World) -> None:
    me = world.person()
    old = world.certificate(me, END)
    case = world.file(me, "renewal", old)
    world.choose(case, me, "wet_signature")
    application = world.read(Application, case)
    form = world.read(Document, application.form_sha256)
    assert sha256(form.content).hexdigest() == form.sha256
    for said in (
        application.reference,
        "Başvuru türü: Yenileme",
        "Onaylama yöntemi: ıslak imzalı",
        "Ad soyad: AYŞE ÖRNEKOĞLU",
        "T.C. kimlik numarası: 100******46",
        "Kurum: TEST Zeytinlik İlkokulu",
        "10.04.2026 tarihine kadar",
        "Telefon: yok",
        form.verification_code,
        "BF.01",
    ):
        assert said in letters.words_of(form)
        # On paper a label and its value stand side by side, without a colon.
        assert said.replace(": ", " ") in words_on_paper(form.content)
    assert "10000000146" not in letters.words_of(form) + words_on_paper(form.content)
    assert (form.kind, form.code, form.revision, form.person_id, form.media_type) == (
        "application_form", "BF.01", "02", me, "application/pdf",
    )  # fmt: skip


def test_the_form_of_e_imza_waits_for_the_signature_and_no_other_form_does(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_imza")
    form = world.read(Document, world.read(Application, case).form_sha256)
    assert pades.is_prepared(form.content)
    assert letters.signable(form) == pades.covered(form.content) != form.content
    assert "İmza" not in words_on_paper(form.content).splitlines()
    world.engine.fire(case, "change_method", applicant(me))
    world.choose(case, me, "wet_signature")
    form = world.read(Document, world.read(Application, case).form_sha256)
    assert not pades.is_prepared(form.content)
    assert letters.signable(form) == form.content
    assert "Ad soyad Tarih İmza" in words_on_paper(form.content)


@pytest.mark.parametrize(
    ("column", "text", "field"),
    [
        ("address", "Sokak 1 \U0001f3e0", "Teslimat adresi"),
        ("email", "ayşe\ue000@ornek.invalid", "E-posta"),
        ("given_name", "\u4e2d", "Ad soyad"),
    ],
)
def test_what_no_document_can_show_is_refused_before_the_form_is_frozen(
    world: World, column: str, text: str, field: str
) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.write(f"UPDATE person SET {column} = :text", text=text)
    with denied("form.unprintable", field=field):
        world.choose(case, me, "in_person")
    assert world.all(Document) == []


def test_choosing_again_freezes_another_form(world: World) -> None:
    me = world.person()
    case = world.file(me, "first")
    world.choose(case, me, "in_person")
    first = world.read(Application, case).form_sha256
    world.engine.fire(case, "change_method", applicant(me))
    world.choose(case, me, "in_person")
    assert world.read(Application, case).form_sha256 != first
    assert len(world.all(Document)) == 2


def test_a_draft_for_the_same_certificate_stands_in_nobodys_way(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 8, 10))
    world.consent(me, held)
    world.file(me, "lost", held.certificate_id)
    renewal = world.file(me, "renewal", held.certificate_id)
    assert world.choose(renewal, me, "e_onay").state == "held"
