"""Changing what is known of people and institutions: by a document, kept, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import ProgrammingError

from handlers.kit.sentences import sentence_of
from handlers.people import changes
from handlers.people.changes import DocumentShown, PersonChange
from handlers.people.contact_wish import NAMES
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.kit.invalid import Invalid
from states.kit.text import sort_key
from states.people.change import DataChange
from states.people.institution import Institution
from states.people.person import Person
from tests.kit.handlers.names import approve_name
from tests.kit.handlers.old import before
from tests.kit.handlers.world import AYSE, World, applicant, officer, operator
from workflow.model.actor import Actor
from workflow.model.refusal import RoleNotAllowed
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

CARD = DocumentShown("identity_card", "A01B", "arşiv 7")
LETTER = DocumentShown("employment_letter", "E-1", "arşiv 8")


def known(world: World, person: int) -> dict[str, str]:
    with world.engine.database.connect() as connection:
        found = changes.known_of(connection, person)
    assert found is not None
    return found


def wish(
    world: World, shown: Mapping[str, str], proof: DocumentShown = CARD, **wanted: str
) -> PersonChange:
    seen = changes.view_of(world.services.vault, shown)
    return PersonChange({**shown, **wanted}, seen, proof, "Evlilik")


def change(world: World, person: int, proof: DocumentShown = CARD, **wanted: str) -> list[str]:
    """Change data as one officer does, and its name as a second one lets it."""
    asked = wish(world, known(world, person), proof, **wanted)
    done = changes.change_person(world.engine, person, officer(), asked)
    if done.proposal is None:
        return done.fields
    approve_name(world, done.proposal)
    return [*done.fields, "name"]


def fault(world: World, person: int, proof: DocumentShown = CARD, **wanted: str) -> str:
    before = world.all(Person)
    with pytest.raises(Invalid) as refused:
        change(world, person, proof, **wanted)
    assert sentence_of(refused.value).endswith(".")
    assert world.all(Person) == before
    assert world.all(DataChange) == []
    return refused.value.code


def test_every_part_of_a_persons_data_can_be_changed_and_who_did_is_kept(world: World) -> None:
    me = world.person()
    wanted = {
        "given_name": "Ayşe Nur", "surname": "Evlendi", "email": "yeni@ornek.invalid",
        "phone": "0532.111.22.33", "address": " Yeni  Sok. 1 ", "institution": "TEST-16-02-1",
    }  # fmt: skip
    assert change(world, me, CARD, **wanted) == [*list(changes.PERSON)[2:], "name"]
    person = world.read(Person, me)
    assert (person.name, person.email) == ("AYŞE NUR EVLENDİ", "yeni@ornek.invalid")
    assert (person.phone, person.address) == ("+90 532 111 22 33", "Yeni Sok. 1")
    assert person.sort_key == sort_key("Evlendi Ayşe Nur")
    [school] = world.all(Institution, code="TEST-16-02-1")
    assert person.institution_id == school.id
    reached, named = world.all(DataChange)
    assert [one.actor for one in (reached, named)] == [officer().name, officer(2).name]
    for line in (reached, named):
        assert (line.person_id, line.source, line.reason) == (me, "desk", "Evlilik")
        assert line.proof == {"kind": "identity_card", "number": "A01B", "copy_at": "arşiv 7"}
    assert set(reached.marks) | set(named.marks) == set(changes.PERSON)
    assert set(named.marks) == {"given_name", "surname"}
    assert "EVLENDİ" not in repr(named.marks)
    before, after = named.marks["surname"]
    vault = world.services.vault
    assert (after, before != after) == (changes.mark(vault, "EVLENDİ"), True)


def test_nothing_different_leaves_nothing_behind(world: World) -> None:
    assert change(world, world.person()) == []
    assert world.all(DataChange) == []


def test_a_person_may_be_left_without_institution_and_contact(world: World) -> None:
    me = world.person()
    change(world, me, email="b@ornek.invalid", institution="TEST-16")
    change(world, me, LETTER, email="", institution="")
    person = world.read(Person, me)
    assert (person.email, person.institution_id) == (None, None)
    with world.engine.database.connect() as connection:
        assert [set(line.marks) for line in changes.changes_of(connection, me)] == [
            {"email", "institution"},
            {"email", "institution"},
        ]


@pytest.mark.parametrize(
    ("proof", "wanted", "code"),
    [
        (LETTER, {"surname": "Evlendi"}, "proof.name"),
        (replace(CARD, kind="word of honour"), {"email": "a@b.tr"}, "proof.kind"),
        (replace(CARD, number=" "), {"email": "a@b.tr"}, "proof.missing"),
        (replace(CARD, copy_at="x" * 201), {"email": "a@b.tr"}, "proof.missing"),
        (CARD, {"surname": "R2D2"}, "surname.form"),
        (CARD, {"given_name": "A" * 70}, "name.long"),
        (CARD, {"email": "a@b"}, "email.domain"),
        (CARD, {"phone": "yok"}, "phone.form"),
        (CARD, {"address": "x" * 501}, "address.long"),
        (CARD, {"institution": "NOWHERE"}, "institution.unknown"),
        (CARD, {"institution": "a b"}, "institution.code"),
    ],
)
def test_what_is_no_value_or_not_proved_changes_nothing(
    world: World, proof: DocumentShown, wanted: dict[str, str], code: str
) -> None:
    assert fault(world, world.person(), proof, **wanted) == code


def test_a_change_says_why(world: World) -> None:
    me = world.person()
    for reason in (" ", "x" * 501):
        asked = replace(wish(world, known(world, me), email="a@b.tr"), reason=reason)
        with pytest.raises(Invalid) as refused:
            changes.change_person(world.engine, me, officer(), asked)
        assert refused.value.code == "reason.missing"


def test_no_identity_number_stays_in_the_log(world: World) -> None:
    me = world.person()
    asked = wish(world, known(world, me), replace(CARD, number=AYSE), email="a@b.tr")
    changes.change_person(world.engine, me, officer(), replace(asked, reason=f"No {AYSE}"))
    [line] = world.all(DataChange)
    assert AYSE not in repr((line.proof, line.reason))


def test_nobody_changes_his_own_data_and_only_an_officer_anybodys(world: World) -> None:
    me = world.person()
    asked = wish(world, known(world, me), email="a@b.tr")
    with pytest.raises(Invalid) as refused:
        changes.change_person(
            world.engine, me, Actor("user:9", frozenset({"officer"}), "demo", me), asked
        )
    assert refused.value.code == "data.own"
    for actor in (operator(), applicant(me)):
        with pytest.raises(RoleNotAllowed):
            changes.change_person(world.engine, me, actor, asked)
    with pytest.raises(Invalid) as refused:
        changes.change_person(world.engine, 999_999, officer(), asked)
    assert refused.value.code == "data.unknown"
    assert world.all(DataChange) == []


@pytest.mark.parametrize("kept", ["0312 555 12 34", "+90 (312) 555-12-34", "12345"])
def test_a_number_that_stays_is_no_change_however_it_was_entered(world: World, kept: str) -> None:
    me = world.person()
    world.write("UPDATE person SET phone = :kept", kept=kept)
    assert change(world, me, email="b@ornek.invalid") == ["email"]
    assert change(world, me, phone=kept.replace("(312)", "312")) == []
    assert world.read(Person, me).phone == kept
    assert change(world, me, phone="") == ["phone"]
    assert world.read(Person, me).phone is None


@pytest.mark.parametrize(
    ("field", "kept", "better"),
    [
        ("email", "a@@b", "a@ornek.invalid"),
        ("email", "ş @ x", ""),
        ("phone", "yok", "+90 532 111 22 33"),
        ("address", "x" * 501, "Yeni Sok. 1"),
        ("given_name", "R2D2", "AYLA"),
        ("surname", "A" * 70, "KISA"),
    ],
)
def test_a_value_that_older_rules_took_stays_while_another_one_changes(
    world: World, field: str, kept: str, better: str
) -> None:
    me = world.person()
    world.write(f"UPDATE person SET {field} = :kept", kept=kept)
    other, value = ("email", "b@ornek.invalid") if field == "phone" else ("phone", "+905329998877")
    assert change(world, me, CARD, **{other: value}) == [other]
    assert known(world, me)[field] == kept
    with pytest.raises(Invalid):
        change(world, me, CARD, **{field: f"{kept}@1"})
    assert known(world, me)[field] == kept
    done = "name" if field in NAMES else field
    assert change(world, me, CARD, **{field: better}) == [done]
    assert known(world, me)[field] == better


def test_a_page_that_shows_what_was_changes_nothing(world: World) -> None:
    me = world.person()
    asked = wish(world, known(world, me), email="b@ornek.invalid")
    change(world, me, phone="0312 555 12 34")
    with pytest.raises(Invalid) as refused:
        changes.change_person(world.engine, me, officer(), asked)
    assert refused.value.code == "data.stale"
    assert world.read(Person, me).email == "a@ornek.invalid"


def test_an_institution_gets_another_name_by_a_document(world: World) -> None:
    [school] = world.all(Institution, code="TEST-16-02-1")
    asked = wish(world, {"name": school.name}, LETTER, name="TEST  Şehit Lisesi")
    assert changes.rename_institution(world.engine, school.code, officer(), asked)
    [renamed] = world.all(Institution, code=school.code)
    assert (renamed.name, renamed.path) == ("TEST Şehit Lisesi", school.path)
    assert renamed.sort_key == sort_key("TEST Şehit Lisesi")
    [line] = world.all(DataChange)
    assert (line.institution_id, line.person_id, set(line.marks)) == (school.id, None, {"name"})
    same = wish(world, {"name": renamed.name}, LETTER)
    assert not changes.rename_institution(world.engine, school.code, officer(), same)
    with pytest.raises(Invalid) as refused:
        changes.rename_institution(world.engine, school.code, officer(), asked)
    assert refused.value.code == "data.stale"
    with pytest.raises(Invalid) as refused:
        changes.rename_institution(world.engine, "NOWHERE", officer(), asked)
    assert refused.value.code == "institution.unknown"
    for name in ("", "x" * 201):
        changed = replace(same, values={"name": name})
        with pytest.raises(Invalid) as refused:
            changes.rename_institution(world.engine, school.code, officer(), changed)
        assert refused.value.code == "name.form"


@pytest.mark.parametrize(
    ("changed", "state"),
    [({"surname": "Evlendi"}, "returned_to_applicant"), ({"address": "Başka yer 2"}, "held")],
)
def test_an_approved_application_is_looked_at_again_once_what_it_was_approved_with_changes(
    world: World, changed: dict[str, str], state: str
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 9, 1))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "held"
    change(world, me, CARD, **changed)
    woken = world.read(Application, case).due_at == world.clock.now()
    assert woken is (state != "held")
    sweep(world.engine)
    assert world.state(case) == state


def test_an_application_whose_definition_has_no_way_back_waits_for_production(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 9, 1))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    before = world.read(Application, case).due_at
    monkeypatch.setattr("handlers.applications.recheck.BACK", "unknown_to_it")
    change(world, me, email="b@ornek.invalid")
    assert world.read(Application, case).due_at == before


def test_nobody_is_moved_to_a_closed_institution_but_who_is_there_can_be_changed(
    world: World,
) -> None:
    me = world.person()
    world.write("UPDATE institution SET closed_on = '2026-02-01' WHERE code <> 'TEST-16'")
    assert fault(world, me, institution="TEST-16-02-1") == "institution.closed"
    change(world, me, phone="0312 555 12 34")
    change(world, me, LETTER, institution="TEST-16")


def test_the_log_is_never_changed(world: World) -> None:
    change(world, world.person(), email="b@ornek.invalid")
    for statement in ("UPDATE data_change SET reason = 'x'", "DELETE FROM data_change"):
        with pytest.raises(ProgrammingError):
            world.write(statement)


def test_a_form_that_is_frozen_keeps_the_name_and_the_next_one_bears_the_new(
    world: World,
) -> None:
    me = world.person()
    card = world.card(me, date(2027, 1, 1))
    change(world, me, surname="Evlendi")
    case = world.file(me, "data_change", card.certificate_id)
    world.choose(case, me, "wet_signature")
    with world.engine.database.connect() as connection:
        query = "SELECT d.words FROM document d JOIN application a ON a.form_sha256 = d.sha256"
        [words] = connection.exec_driver_sql(query).scalars()
    assert "EVLENDİ" in words


def test_who_gets_another_name_has_the_certificates_with_the_old_one_held_by_the_office(
    world: World,
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 9, 1))
    foreign = world.certificate(me, date(2026, 9, 1))
    change(world, me, CARD, surname="TASLAKÇI")
    row = world.read(Certificate, held.certificate_id)
    assert (row.state, row.suspended_by) == ("suspended", "office")
    assert world.read(Certificate, foreign).state == "active"
    world.run_effects("notice.certificate_held")
    [told] = world.all(Notice, person_id=me, template="certificate_held")
    assert "sertifika eski adı taşıyor" in told.text
    change(world, me, CARD, surname="ÖRNEKOĞLU", given_name="AYŞENUR")
    assert world.read(Certificate, held.certificate_id).version == row.version


@pytest.mark.parametrize(
    "changed", [{"phone": "+905320000000"}, {"email": "yeni@ornek.invalid"}], ids=["phone", "email"]
)
def test_what_no_certificate_says_may_change_without_a_hold(
    world: World, changed: dict[str, str]
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 9, 1))
    change(world, me, CARD, **changed)
    assert world.read(Certificate, held.certificate_id).state == "active"


def test_a_correction_to_what_the_certificate_says_already_holds_nothing(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 9, 1))
    world.write("UPDATE person SET surname = 'ORNEKOGLU'")
    change(world, me, CARD, surname="ÖRNEKOĞLU")
    assert world.read(Certificate, held.certificate_id).state == "active"


def test_a_standing_certificate_is_suspended_once_where_its_definition_knows_no_hold(
    world: World,
) -> None:
    me = world.person()
    held = before(world).card(me, date(2026, 9, 1))
    change(world, me, CARD, surname="TASLAKÇI")
    row = world.read(Certificate, held.certificate_id)
    assert (row.state, row.suspended_by) == ("suspended", "office")
    change(world, me, CARD, surname="ÖRNEKOĞLU")
    change(world, me, CARD, surname="TASLAKÇI")
    assert world.read(Certificate, held.certificate_id).version == row.version


def test_a_hold_for_a_name_stands_or_falls_with_the_change(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = world.person()
    held = world.card(me, date(2026, 9, 1))

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(changes, "keep", broken)
    with pytest.raises(RuntimeError):
        change(world, me, CARD, surname="TASLAKÇI")
    assert world.read(Person, me).surname == "ÖRNEKOĞLU"
    assert world.read(Certificate, held.certificate_id).state == "active"
