"""Being registered: asked for by the proof of a gateway, or entered at the desk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.people import registration
from handlers.people.registration import IdentityShown, RegistrationWish
from states.cases.requests.registration import Registration
from states.kit.invalid import Invalid
from states.logs.journal import JournalEntry
from states.people.institution import Institution
from states.people.person import Person
from tests.kit.handlers.world import AYSE, ISMAIL, officer
from workflow.model.actor import system
from workflow.model.entry import parsed
from workflow.model.refusal import RoleNotAllowed, RuleFailed
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.kit.handlers.world import World

ASKED = RegistrationWish(
    ISMAIL, "İsmail", "Iraksak", "TEST-16-01", "Deneme Sokağı 1", "i@ornek.invalid",
    "0532 123 45 67",
)  # fmt: skip
SHOWN = IdentityShown("identity_card", "A01B23456", "Klasör 3")
GATEWAY = system("gateway")


def values(world: World, wish: RegistrationWish = ASKED) -> Mapping[str, object]:
    """Return the columns of a request."""
    with world.engine.database.connect() as connection:
        return registration.values_of(connection, world.engine.services.vault, wish)


def asked(world: World, wish: RegistrationWish = ASKED) -> int:
    """File a request as the site does."""
    return world.engine.open("registration", "request", GATEWAY, values(world, wish))


def row(world: World, case: int) -> Registration:
    """Return a request as it stands."""
    with Session(world.engine.database) as rows:
        return rows.get_one(Registration, case)


def known(world: World) -> list[Person]:
    """Return the people of İsmail's number."""
    hashed = world.engine.services.vault.lookup(ISMAIL, "tckn")
    with Session(world.engine.database) as rows:
        return list(rows.scalars(select(Person).where(Person.tckn_hash == hashed)))


def test_an_accepted_request_becomes_a_person_and_keeps_nothing_beside(world: World) -> None:
    case = asked(world)
    waiting = row(world, case)
    assert (waiting.given_name, waiting.surname, waiting.state) == (
        "İSMAİL", "IRAKSAK", "requested",
    )  # fmt: skip
    assert waiting.phone == "+90 532 123 45 67"
    assert waiting.due_at is not None
    assert (waiting.due_at - waiting.created_at).days == 30
    world.engine.fire(case, "accept", officer(), workflow="registration")
    (person,) = known(world)
    assert (person.name, person.email, person.phone, person.address) == (
        "İSMAİL IRAKSAK", "i@ornek.invalid", "+90 532 123 45 67", "Deneme Sokağı 1",
    )  # fmt: skip
    with world.engine.database.connect() as connection:
        place = connection.scalar(
            select(Institution.code).where(Institution.id == person.institution_id)
        )
    assert place == "TEST-16-01"
    done = row(world, case)
    assert (done.state, done.person_id) == ("accepted", person.id)
    assert _kept(done) == {}


def _kept(done: Registration) -> dict[str, object]:
    names = (
        "tckn_hash", "tckn_sealed", "tckn_masked", "given_name", "surname", "address", "email",
        "phone",
    )  # fmt: skip
    return {name: getattr(done, name) for name in names if getattr(done, name) is not None}


def test_a_refused_request_is_wiped_and_its_person_is_found_again(world: World) -> None:
    case = asked(world)
    world.engine.fire(
        case, "refuse", officer(), reason="Kurumunuz sizi tanımıyor.", workflow="registration"
    )
    assert set(_kept(row(world, case))) == {"tckn_hash"}
    assert known(world) == []
    with world.engine.database.connect() as connection:
        vault = world.engine.services.vault
        found = registration.newest_of(connection, vault, ISMAIL)
        assert found is not None
        assert (found.id, found.state) == (case, "refused")
        assert registration.newest_of(connection, vault, AYSE) is None
        assert not registration.is_known(connection, vault, ISMAIL)
    assert asked(world) != case


def test_a_request_that_nobody_decides_lapses_and_is_wiped(world: World) -> None:
    case = asked(world)
    world.clock.advance(days=31)
    assert sweep(world.engine).moved == 1
    done = row(world, case)
    assert done.state == "expired"
    assert set(_kept(done)) == {"tckn_hash"}


def test_whom_somebody_knows_already_is_not_registered_again(world: World) -> None:
    case = asked(world)
    with pytest.raises(RuleFailed) as waits:
        asked(world)
    assert waits.value.verdict.code == "registration.waits"
    world.person(ISMAIL, "İsmail", "Iraksak")
    with pytest.raises(RuleFailed) as told:
        world.engine.fire(case, "accept", officer(), workflow="registration")
    assert told.value.verdict.code == "registration.known"
    assert len(known(world)) == 1


def test_a_request_for_an_institution_that_closed_meanwhile_is_not_accepted(world: World) -> None:
    case = asked(world)
    with world.engine.database.begin() as connection:
        closed = update(Institution).values(closed_on=world.clock.now().date())
        connection.execute(closed.where(Institution.code == "TEST-16-01"))
    with pytest.raises(RuleFailed) as told:
        world.engine.fire(case, "accept", officer(), workflow="registration")
    assert told.value.verdict.code == "registration.closed"
    with pytest.raises(Invalid) as typed:
        values(world)
    assert typed.value.code == "institution.closed"


def test_an_officer_enters_whom_they_have_seen_by_a_document(world: World) -> None:
    wish = replace(ASKED, institution="", email="", address="")
    case = world.engine.open(
        "registration", "enter", officer(), values(world, wish), SHOWN.payload()
    )
    (person,) = known(world)
    assert (person.institution_id, person.email, person.address) == (None, None, None)
    assert row(world, case).person_id == person.id
    (entry,) = world.all(JournalEntry, case_id=case)
    assert parsed(entry.body)["details"] == {
        "shown": "identity_card", "number": "A01B23456", "copy_at": "Klasör 3", "person": person.id,
    }  # fmt: skip


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"shown": "letter", "number": "1", "copy_at": "1"},
        {"shown": "passport", "number": "", "copy_at": "1"},
        {"shown": "passport", "number": "1", "copy_at": ""},
        {"shown": "passport", "number": "1" * 61, "copy_at": "1"},
    ],
)
def test_nobody_is_entered_without_a_document(world: World, shown: dict[str, str]) -> None:
    with pytest.raises(RuleFailed) as told:
        world.engine.open("registration", "enter", officer(), values(world), shown)
    assert told.value.verdict.code == "registration.nothing_shown"
    assert known(world) == []


def test_only_the_site_files_a_request(world: World) -> None:
    with pytest.raises(RoleNotAllowed):
        world.engine.open("registration", "request", officer(), values(world))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"tckn": "12345678901"}, "tckn.checksum"),
        ({"given_name": "R2"}, "given_name.form"),
        ({"surname": ""}, "surname.form"),
        ({"given_name": "A" * 60}, "name.long"),
        ({"institution": "YOK"}, "institution.unknown"),
        ({"institution": "y k"}, "institution.code"),
        ({"address": "x" * 2000}, "address.long"),
        ({"email": "a@b@c"}, "email.at"),
        ({"phone": "12"}, "phone.form"),
        ({"email": "", "phone": " "}, "contact.missing"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_code(
    world: World, changed: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as told:
        values(world, replace(ASKED, **changed))
    assert told.value.code == code


def test_a_number_shows_itself_masked_only() -> None:
    assert repr(ASKED) == "RegistrationWish(100******78)"
