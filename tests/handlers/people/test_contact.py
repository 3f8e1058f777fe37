"""How a person is called and reached: by a code, by two officers, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.kit.sentences import sentence_of
from handlers.people import changes, contact
from handlers.people.contact_asking import ask, enter_code
from handlers.people.contact_wish import ContactWish, other_address
from handlers.post import elsewhere
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.contact_change import ContactChange
from states.cases.notice import Notice
from states.kit.invalid import Invalid
from states.kit.quiet_hours import read_hours
from states.logs.journal import JournalEntry
from states.people.change import DataChange
from states.people.person import Person
from tests.handlers.people.test_changes import CARD, known, wish
from tests.kit.handlers.names import approve_name
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import applicant, officer
from workflow.model.refusal import OwnCase, RuleFailed, SamePerson, WrongState
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

NEW = "yeni@ornek.invalid"
WORKFLOW = "contact_change"


@pytest.fixture
def me(world: World) -> int:
    """Give Ayşe, in an office that sends mail."""
    person = world.person()
    world.engine.services = replace(world.services, mail=object())  # type: ignore[arg-type]
    return person


def code_of(world: World, case: int) -> str:
    """Read the code as whoever has the message reads it."""
    [sent] = world.all(Notice, key=elsewhere.key_of(case, contact.CODE))
    _, code = elsewhere.opened(world.services.vault, sent.key, None, sent.to_sealed)
    return code


def test_an_address_is_changed_once_its_code_is_entered_and_the_old_one_is_told(
    world: World, me: int
) -> None:
    case = ask(world.engine, applicant(me), "email", f" {NEW} ")
    [sent] = world.all(Notice)
    vault = world.services.vault
    to, code = elsewhere.opened(vault, sent.key, "a@ornek.invalid", sent.to_sealed)
    assert (to, len(code), sent.channel, sent.lane) == (NEW, 6, "email", 0)
    assert code not in sent.text + sent.subject
    assert sent.text.count(elsewhere.CODE_PLACE) == 1
    assert "e-posta adresinizin" in sent.text
    assert world.read(ContactChange, case).expires_at == world.clock.now() + contact.CODE_LIFE
    assert world.read(Person, me).email == "a@ornek.invalid"
    assert enter_code(world.engine, case, applicant(me), f"{code[:3]} {code[3:]}")
    assert world.read(Person, me).email == NEW
    row = world.read(ContactChange, case)
    assert (row.state, row.sealed) == ("made", None)
    asked, told = world.all(Notice)
    assert (asked.to_sealed, asked.state) == (None, "not_sent")
    assert elsewhere.opened(vault, told.key, NEW, told.to_sealed) == ("a@ornek.invalid", "")
    assert "e-posta adresiniz değiştirildi" in told.text
    [line] = world.all(DataChange)
    assert (line.source, line.actor, line.proof) == ("own", f"person:{me}", None)
    assert line.marks == {
        "email": [changes.mark(vault, "a@ornek.invalid"), changes.mark(vault, NEW)]
    }
    bodies = [entry.body for entry in world.all(JournalEntry, case_id=case)]
    assert all(secret not in body for body in bodies for secret in (NEW, code, "a@ornek"))


def test_five_wrong_codes_end_the_tries_and_the_right_one_comes_too_late(
    world: World, me: int
) -> None:
    case = ask(world.engine, applicant(me), "email", NEW)
    code = code_of(world, case)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(contact.TRIES):
        assert not enter_code(world.engine, case, applicant(me), wrong)
    assert world.read(ContactChange, case).misses == contact.TRIES
    for typed in (code, wrong):
        with pytest.raises(RuleFailed) as refused:
            enter_code(world.engine, case, applicant(me), typed)
        assert refused.value.verdict.code == "tries_left"
    assert world.read(Person, me).email == "a@ornek.invalid"
    world.engine.fire(case, "withdraw", applicant(me), workflow=WORKFLOW)
    assert world.read(ContactChange, case).sealed is None
    assert ask(world.engine, applicant(me), "email", NEW) != case


def test_a_code_is_over_after_a_quarter_of_an_hour_and_nothing_of_it_is_left(
    world: World, me: int
) -> None:
    case = ask(world.engine, applicant(me), "email", NEW)
    code = code_of(world, case)
    world.clock.set(world.clock.now() + contact.CODE_LIFE)
    with pytest.raises(RuleFailed) as refused:
        enter_code(world.engine, case, applicant(me), code)
    assert refused.value.verdict.code == "in_time"
    sweep(world.engine)
    row = world.read(ContactChange, case)
    assert (row.state, row.sealed) == ("expired", None)
    [sent] = world.all(Notice)
    assert (sent.to_sealed, sent.state) == (None, "not_sent")
    with pytest.raises(WrongState):
        enter_code(world.engine, case, applicant(me), code)


def test_nobody_proves_the_change_of_somebody_else(world: World, me: int) -> None:
    case = ask(world.engine, applicant(me), "email", NEW)
    code = code_of(world, case)
    with pytest.raises(Exception, match="not_the_subject"):
        enter_code(world.engine, case, applicant(me + 1), code)
    assert not enter_code(world.engine, case, applicant(me), "")
    with denied("contact.wrong_code"):
        world.engine.fire(case, "prove", applicant(me), {"code": "x"}, workflow=WORKFLOW)


@pytest.mark.parametrize(
    ("what", "typed", "code"),
    [
        ("email", "a@ornek.invalid", "contact.same"),
        ("email", "kisi@firma.hs01.kep.tr", "contact.no_kep"),
        ("phone", "0532 111 22 33", "contact.no_sms"),
        ("address", "", "form.address_missing"),
        ("address", "TEST Sokağı  1, Bursa", "contact.same"),
    ],
)
def test_what_cannot_be_proved_or_is_so_already_begins_nothing(
    world: World, me: int, what: str, typed: str, code: str
) -> None:
    with denied(code):
        ask(world.engine, applicant(me), what, typed)
    assert (world.all(ContactChange), world.all(Notice)) == ([], [])


@pytest.mark.parametrize(
    ("what", "typed", "code"),
    [
        ("email", "a@b", "email.domain"),
        ("email", " ", "email.form"),
        ("phone", "yok", "phone.form"),
        ("phone", "", "phone.form"),
        ("address", "x" * 501, "address.long"),
    ],
)
def test_what_is_no_value_is_said(world: World, me: int, what: str, typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(world.engine, applicant(me), what, typed)
    assert refused.value.code == code
    assert sentence_of(refused.value).endswith(".")
    assert world.all(ContactChange) == []


def test_a_second_change_waits_for_the_first_and_a_day_holds_five(world: World, me: int) -> None:
    for n in range(contact.ASKED_A_DAY):
        case = ask(world.engine, applicant(me), "email", f"y{n}@ornek.invalid")
        with denied("contact.under_way"):
            ask(world.engine, applicant(me), "email", NEW)
        world.engine.fire(case, "withdraw", applicant(me), workflow=WORKFLOW)
    with denied("contact.too_often"):
        ask(world.engine, applicant(me), "email", NEW)
    world.clock.set(world.clock.now() + timedelta(days=1))
    assert ask(world.engine, applicant(me), "email", NEW)


class _Gateway:
    quiet = None
    rate = 0


def test_a_number_is_proved_by_sms_outside_the_quiet_hours(world: World, me: int) -> None:
    gateway = _Gateway()
    world.engine.services = replace(world.services, sms=gateway)  # type: ignore[arg-type]
    world.write("UPDATE person SET phone = '+90 532 000 00 00'")
    with denied("contact.not_mobile"):
        ask(world.engine, applicant(me), "phone", "0312 555 12 34")
    gateway.quiet = read_hours("00:00-23:59")  # type: ignore[assignment]
    with denied("contact.quiet"):
        ask(world.engine, applicant(me), "phone", "0532 111 22 33")
    gateway.quiet = None
    case = ask(world.engine, applicant(me), "phone", "0532 111 22 33")
    assert enter_code(world.engine, case, applicant(me), code_of(world, case))
    assert world.read(Person, me).phone == "+90 532 111 22 33"
    sent, told = world.all(Notice)
    assert (sent.channel, told.channel) == ("sms", "sms")
    vault = world.services.vault
    assert elsewhere.opened(vault, told.key, None, told.to_sealed)[0] == "+90 532 000 00 00"
    assert "telefon numaranız" in told.text


def test_where_the_old_number_takes_no_message_the_person_is_told_as_usual(
    world: World, me: int
) -> None:
    world.engine.services = replace(world.services, sms=_Gateway())  # type: ignore[arg-type]
    world.write("UPDATE person SET phone = '+90 312 555 12 34'")
    case = ask(world.engine, applicant(me), "phone", "0532 111 22 33")
    enter_code(world.engine, case, applicant(me), code_of(world, case))
    [told] = world.all(Notice, template="contact/changed")
    assert (told.key, told.to_sealed) == (f"{case}/contact/changed", None)


def test_where_cards_go_is_changed_at_once_while_no_parcel_is_under_way(
    world: World, me: int
) -> None:
    case = ask(world.engine, applicant(me), "address", " Yeni  Cadde 2 ")
    assert world.read(ContactChange, case).state == "made"
    assert world.read(Person, me).address == "Yeni Cadde 2"
    [told] = world.all(Notice)
    assert (told.template, told.to_sealed) == ("contact/changed", None)
    assert "teslimat adresiniz" in told.text


@pytest.mark.parametrize("what", ["email", "address"])
def test_an_approved_application_is_looked_at_again_but_for_an_address(
    world: World, me: int, what: str
) -> None:
    held = world.card(me, date(2026, 9, 1))
    world.consent(me, held)
    filed = world.file(me, "renewal", held.certificate_id)
    assert world.choose(filed, me, "e_onay").state == "held"
    case = ask(world.engine, applicant(me), what, NEW if what == "email" else "Başka yer 2")
    if what == "email":
        enter_code(world.engine, case, applicant(me), code_of(world, case))
    woken = world.read(Application, filed).due_at == world.clock.now()
    assert woken is (what == "email")


def proposed(world: World, person: int, **name: str) -> int:
    asked = wish(world, known(world, person), CARD, **name)
    done = changes.change_person(world.engine, person, officer(), asked)
    assert done.fields == []
    assert done.proposal is not None
    return done.proposal


def test_a_name_is_changed_by_a_second_officer_and_by_nobody_else(world: World) -> None:
    me = world.person()
    held = world.card(me, date(2026, 9, 1))
    case = proposed(world, me, surname="Evlendi")
    assert (world.read(Person, me).surname, world.all(DataChange)) == ("ÖRNEKOĞLU", [])
    with pytest.raises(SamePerson):
        world.engine.fire(case, "approve", officer(), workflow=WORKFLOW)
    own = replace(officer(2), person_id=me)
    with pytest.raises(OwnCase):
        world.engine.fire(case, "approve", own, workflow=WORKFLOW)
    again = wish(world, known(world, me), CARD, surname="Başka")
    with pytest.raises(Invalid) as refused:
        changes.change_person(world.engine, me, officer(2), again)
    assert refused.value.code == "name.under_way"
    approve_name(world, case)
    assert world.read(Person, me).name == "AYŞE EVLENDİ"
    assert world.read(Certificate, held.certificate_id).suspended_by == "office"
    row = world.read(ContactChange, case)
    assert (row.state, row.sealed) == ("made", None)
    assert world.all(Notice, template="contact/changed")
    assert "EVLEND" not in "".join(one.body for one in world.all(JournalEntry, case_id=case))


@pytest.mark.parametrize(
    ("trigger", "number", "state"),
    [("refuse", 2, "refused"), ("take_back", 1, "withdrawn")],
)
def test_a_name_that_is_not_approved_stays_as_it_is(
    world: World, trigger: str, number: int, state: str
) -> None:
    me = world.person()
    case = proposed(world, me, surname="Evlendi")
    world.engine.fire(case, trigger, officer(number), reason="Belge eski", workflow=WORKFLOW)
    row = world.read(ContactChange, case)
    assert (row.state, row.sealed) == (state, None)
    assert world.read(Person, me).surname == "ÖRNEKOĞLU"


def test_only_who_made_a_proposal_takes_it_back_and_it_ends_after_a_week(world: World) -> None:
    me = world.person()
    case = proposed(world, me, given_name="Fatma")
    with denied("contact.not_yours"):
        world.engine.fire(case, "take_back", officer(2), workflow=WORKFLOW)
    world.clock.set(world.clock.now() + timedelta(days=7))
    sweep(world.engine)
    assert world.read(ContactChange, case).state == "expired"


def test_a_name_that_came_meanwhile_or_of_which_nothing_is_left_is_not_approved(
    world: World,
) -> None:
    me = world.person()
    case = proposed(world, me, surname="Evlendi")
    world.write("UPDATE person SET surname = 'EVLENDİ'")
    with denied("contact.same"):
        world.engine.fire(case, "approve", officer(2), workflow=WORKFLOW)
    world.write("UPDATE contact_change SET sealed = NULL")
    with denied("contact.gone"):
        world.engine.fire(case, "approve", officer(2), workflow=WORKFLOW)


def test_what_is_wanted_is_shown_nowhere_by_accident() -> None:
    assert repr(ContactWish({"email": NEW}, "123456")) == "ContactWish()"
    assert repr(other_address("code", "email", NEW, "123456")) == "OtherAddress(code, email)"
