"""Entering persons, institutions and accounts."""

from __future__ import annotations

import pytest

from handlers.kit.sentences import sentence_of
from handlers.people import register as people
from handlers.people.register import NewPerson
from states.kit.invalid import Invalid
from states.people.institution import Institution
from states.people.person import Person
from states.people.user import User
from tests.kit.handlers.world import AYSE, ISMAIL, World


def enter(world: World, new: NewPerson) -> int:
    with world.engine.database.begin() as connection:
        return people.enter_person(connection, world.services.vault, new, world.clock.now())


def test_a_person_is_kept_in_capitals_sealed_and_masked(world: World) -> None:
    person = world.read(Person, enter(world, NewPerson(AYSE, " ipek  ", "ışık-öz")))
    assert (person.given_name, person.surname, person.name) == ("İPEK", "IŞIK-ÖZ", "İPEK IŞIK-ÖZ")
    assert person.tckn_masked == "100******46"
    assert world.services.vault.open(person.tckn_sealed, "tckn") == AYSE
    row = world.all(Person)[0]
    assert AYSE not in repr(row)
    assert AYSE.encode() not in row.tckn_sealed + row.tckn_hash


def test_the_same_number_is_the_same_person(world: World) -> None:
    first = enter(world, NewPerson(AYSE, "Ada", "Örnek"))
    assert enter(world, NewPerson(f" {AYSE} ", "Bilge", "Başka")) == first
    assert len(world.all(Person)) == 1
    vault = world.services.vault
    with world.engine.database.connect() as connection:
        assert people.find_person(connection, vault, AYSE) == first
        assert people.find_person(connection, vault, ISMAIL) is None
    assert vault.open(world.read(Person, first).tckn_sealed, "tckn") == AYSE


def test_persons_stand_in_turkish_order_by_surname(world: World) -> None:
    for tckn, surname in ((AYSE, "Çınar"), (ISMAIL, "Cam")):
        enter(world, NewPerson(tckn, "Ada", surname))
    rows = sorted(world.all(Person), key=lambda row: row.sort_key)
    assert [row.surname for row in rows] == ["CAM", "ÇINAR"]


@pytest.mark.parametrize(
    ("given", "surname", "code"),
    [
        ("", "Örnek", "given_name.form"),
        ("Ada", "", "surname.form"),
        ("Ada1", "Örnek", "given_name.form"),
        ("Ada", "=1+1", "surname.form"),
        ("Ada", "Ör\x00nek", "surname.form"),
        ("A" * 40, "B" * 40, "name.long"),
    ],
)
def test_a_name_that_no_certificate_can_hold_is_refused(
    world: World, given: str, surname: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        enter(world, NewPerson(AYSE, given, surname))
    assert caught.value.code == code
    assert world.all(Person) == []


@pytest.mark.parametrize("name", ["Ahmet Can", "O’Brien", "Ay-şe", "M. Ali", "Hâle"])
def test_names_with_the_usual_signs_are_taken(name: str) -> None:
    assert people.clean_name(name, "given_name")


def test_the_number_shows_in_no_message() -> None:
    assert AYSE not in repr(NewPerson(AYSE, "Ada", "Örnek"))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("email", " a@b.tr ", "a@b.tr"),
        ("email", "", None),
        ("email", "ali.v+nes@şirket.com.tr", "ali.v+nes@şirket.com.tr"),
        ("email", "\ta@b.tr\n", "a@b.tr"),
        ("phone", "+90 (212) 000-00-00", "+90 212 000 00 00"),
        ("phone", "  ", None),
    ],
)
def test_contacts_are_cleaned(field: str, text: str, value: str | None) -> None:
    assert people.clean_contact(text, field) == value


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("email", "a@b", "email.domain"),
        ("email", "a@b..tr", "email.domain"),
        ("email", "a@[192.0.2.1]", "email.domain"),
        ("email", "a b@c.tr", "email.local"),
        ("email", '"a b"@c.tr', "email.local"),
        ("email", ".a@c.tr", "email.local"),
        ("email", f"{'a' * 65}@c.tr", "email.local"),
        ("email", "ayşe@c.tr", "email.local_letters"),
        ("email", "ac.tr", "email.at"),
        ("email", "a@c.tr b@d.tr", "email.at"),
        ("email", "a@b@c.tr", "email.at"),
        ("email", "a@c.tr\nBcc: b@d.tr", "email.control"),
        ("email", "a\u2028b@c.tr", "email.control"),
        ("email", "a\x07@c.tr", "email.control"),
        ("email", f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.tr", "email.domain"),
        ("phone", "abc", "phone.form"),
        ("phone", "12", "phone.form"),
        ("phone", "+", "phone.form"),
    ],
)
def test_contacts_of_another_form_are_refused_each_with_its_sentence(
    field: str, text: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        people.clean_contact(text, field)
    assert caught.value.code == code
    turkish, english = (sentence_of(caught.value, language) for language in ("tr", "en"))
    assert turkish != english


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.tr; c@d.tr", "a@b.tr"),
        ("yok", None),
        ("ö@b.tr", None),
        ("a@şirket.tr, c@d.tr", "a@şirket.tr"),
    ],
)
def test_the_first_address_of_a_text_is_one_that_can_be_written_to(
    text: str, found: str | None
) -> None:
    assert people.first_contact(text, "email") == found


def test_institutions_make_a_tree_and_each_is_entered_once(world: World) -> None:
    with world.engine.database.begin() as connection:
        top = people.enter_institution(connection, "A", "Bakanlık")
        low = people.enter_institution(connection, "A-1", "İl", "A")
        assert people.enter_institution(connection, "A-1", "Başka ad", "A") == low
    row = world.read(Institution, low)
    assert (row.parent_id, row.path, row.name) == (top, "/A/A-1/", "İl")


@pytest.mark.parametrize(
    ("code", "parent", "fault"),
    [("a", None, "institution.code"), ("", None, "institution.code"),
     ("A/B", None, "institution.code"), ("A", "NONE", "institution.parent")],
)  # fmt: skip
def test_an_institution_without_place_or_code_is_refused(
    world: World, code: str, parent: str | None, fault: str
) -> None:
    with pytest.raises(Invalid) as caught, world.engine.database.begin() as connection:
        people.enter_institution(connection, code, "Ad", parent)
    assert caught.value.code == fault


def test_an_account_is_found_again_by_its_subject(world: World) -> None:
    now = world.clock.now()
    with world.engine.database.begin() as connection:
        first = people.enter_user(connection, "Ada Örnek", ["officer"], now, subject="s1")
        assert people.enter_user(connection, "Başka", ["auditor"], now, subject="s1") == first
        second = people.enter_user(connection, "Bilge Örnek", ["operator"], now)
    assert world.read(User, first).roles == ["officer"]
    assert world.read(User, second).active
    assert len(world.all(User)) == 2
