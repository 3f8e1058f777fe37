"""How long what is kept: what is over is wiped with a line that names it, all else stays."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy.exc import ProgrammingError

from handlers.people import changes, person_standing
from handlers.people.register import find_person
from handlers.upkeep import retention
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.grant import RoleGrant
from states.cases.notice import Notice
from states.people.erasure import RULES, Erasure
from states.people.person import Person
from tests.kit.handlers.world import (
    AYSE,
    ISMAIL,
    SYSTEM,
    World,
    administrator,
    applicant,
    open_account,
    operator,
)
from workflow.journal.verification import verify
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from handlers.cards.seed import Held

END = date(2026, 4, 10)


def lines(world: World) -> list[tuple[str, str]]:
    return [(row.rule, row.subject) for row in world.all(Erasure)]


def erase(world: World) -> dict[str, int]:
    return retention.erase_due(world.engine)


def card_of(world: World, certificate_id: int) -> Card:
    return world.read(Card, world.read(Certificate, certificate_id).card_id)


def revoked(world: World, held: Held, me: int) -> None:
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="kayıp")


def until(world: World, me: int) -> datetime | None:
    with world.engine.database.connect() as connection:
        return retention.kept_until(connection, me)


def test_the_secrets_of_a_revoked_card_are_wiped_and_those_of_a_living_one_stay(
    world: World,
) -> None:
    me = world.person()
    old, living = world.card(me, END), world.card(world.person(ISMAIL, surname="Iraksak"), END)
    assert erase(world) == dict.fromkeys(RULES, 0)
    world.write("UPDATE card SET pin_sealed = 'a', so_pin_sealed = 'b'")
    assert erase(world)["card_secrets"] == 0
    revoked(world, old, me)
    assert erase(world) == {"card_secrets": 1, "unused_person": 0, "ended_person": 0}
    wiped, kept = card_of(world, old.certificate_id), card_of(world, living.certificate_id)
    assert (wiped.pin_sealed, wiped.so_pin_sealed) == (None, None)
    assert (kept.pin_sealed, kept.so_pin_sealed) == (b"a", b"b")
    assert lines(world) == [("card_secrets", f"card:{wiped.id}")]
    assert world.all(Erasure)[0].due_at == world.clock.now()
    assert erase(world)["card_secrets"] == 0


def test_the_secrets_of_a_card_that_failed_in_production_are_wiped(world: World) -> None:
    me = world.person()
    held = world.card(me, END)
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    made = world.read(Application, case).certificate_id
    assert made is not None
    assert erase(world)["card_secrets"] == 0
    world.engine.fire(case, "production_failed", SYSTEM, reason="CardInUse")
    assert erase(world)["card_secrets"] == 1
    assert card_of(world, made).so_pin_sealed is None


def abandoned(world: World) -> tuple[int, int]:
    """Let a draft of somebody who never came back expire."""
    me = world.person()
    case = world.file(me, "first")
    world.engine.fire(case, "cancel", applicant(me))
    world.run_effects()
    return me, case


def propose(world: World, me: int) -> int:
    """Propose an account for a person."""
    values = {
        "act": "open", "user_id": None, "person_id": me, "name": "A B", "subject": "s",
        "role": "auditor", "institution_id": None,
    }  # fmt: skip
    return world.engine.open("grant", "propose", administrator(), values, reason="x")


def test_nothing_is_left_of_who_began_and_never_came_back(world: World) -> None:
    me, case = abandoned(world)
    proposed = propose(world, me)
    world.engine.fire(proposed, "refuse", administrator(8), reason="x")
    said = {"shown": "identity_card", "number": "***", "by": "AYŞE ÖRNEKOĞLU", "at": "2026"}
    world.write("UPDATE application SET delivery = CAST(:said AS jsonb)", said=json.dumps(said))
    assert until(world, me) == world.clock.now() + relativedelta(years=1)
    world.clock.advance(days=365)
    assert erase(world)["unused_person"] == 0
    world.clock.advance(days=1)
    assert erase(world)["unused_person"] == 1
    person = world.read(Person, me)
    assert (person.name, person.tckn_masked) == ("SİLİNDİ SİLİNDİ", "***********")
    assert (person.address, person.email, person.phone, person.institution_id) == (None,) * 4
    assert person.erased_at == world.clock.now()
    application = world.read(Application, case)
    assert (application.delivery_address, application.paper) == (None, None)
    assert application.delivery is None
    proposal = world.read(RoleGrant, proposed)
    assert (proposal.name, proposal.subject) == (None, None)
    assert "ÖRNEK" not in application.applicant_key.upper()
    assert {(row.subject, row.text) for row in world.all(Notice, person_id=me)} <= {("", "")}
    assert lines(world) == [("unused_person", f"person:{me}")]
    assert verify(world.engine.database, world.engine.library).ok
    assert erase(world)["unused_person"] == 0


def test_nothing_is_done_any_more_for_who_was_erased(world: World) -> None:
    me, _ = abandoned(world)
    world.clock.advance(days=366)
    erase(world)
    with pytest.raises(Refused):
        world.file(me, "first")
    with world.engine.database.connect() as connection:
        assert changes.known_of(connection, me) is None
        assert person_standing.known_of(connection, me) is None


def test_who_was_erased_may_come_back_as_somebody_new(world: World) -> None:
    me, _ = abandoned(world)
    world.clock.advance(days=366)
    erase(world)
    with world.engine.database.connect() as connection:
        assert find_person(connection, world.services.vault, AYSE) is None
    assert world.person() != me


def test_erased_people_do_not_stand_in_the_way_of_an_exchange_of_keys(world: World) -> None:
    first, _ = abandoned(world)
    second = world.person(ISMAIL, surname="Iraksak")
    world.clock.advance(days=366)
    assert erase(world)["unused_person"] == 2
    people = [world.read(Person, one) for one in (first, second)]
    vault = world.services.vault
    opened = [vault.open(person.tckn_sealed, "tckn") for person in people]
    assert len(set(opened)) == 2
    assert [vault.lookup(one, "tckn") for one in opened] == [p.tckn_hash for p in people]


KEEPERS = {
    "an open application": lambda world, me: world.file(me, "first"),
    "a certificate": lambda world, me: world.card(me, END),
    "an e-onay under way": lambda world, me: world.offer(me),
    "an application that closed lately": lambda world, me: world.engine.fire(
        world.file(me, "first"), "cancel", applicant(me)
    ),
    "a proposed account": propose,
}


@pytest.mark.parametrize("what", KEEPERS)
def test_who_has_something_of_value_stays(world: World, what: str) -> None:
    me = world.person()
    KEEPERS[what](world, me)
    world.write("UPDATE person SET created_at = created_at - interval '2 years'")
    assert erase(world)["unused_person"] == 0
    assert world.read(Person, me).erased_at is None


def test_who_works_here_stays(world: World) -> None:
    with world.engine.database.begin() as connection:
        open_account(connection, "Zeynep", "officer", world.clock.now())
    world.clock.advance(days=5_000)
    assert erase(world)["unused_person"] == 0


def test_twenty_years_after_the_end_of_the_last_certificate_the_person_is_erased(
    world: World,
) -> None:
    me = world.person()
    held = world.card(me, END)
    assert until(world, me) is None
    revoked(world, held, me)
    last = world.read(Certificate, held.certificate_id).ends_at
    assert last is not None
    day = last + relativedelta(years=20)
    assert until(world, me) == day
    world.clock.set(day - timedelta(seconds=1))
    assert erase(world)["ended_person"] == 0
    world.clock.set(day + timedelta(seconds=1))
    assert erase(world)["ended_person"] == 1
    assert world.read(Certificate, held.certificate_id).der is None
    assert world.read(Person, me).name == "SİLİNDİ SİLİNDİ"
    assert lines(world)[-1] == ("ended_person", f"person:{me}")
    assert world.all(Erasure)[-1].due_at == day


def test_the_journal_of_erasing_is_never_changed(world: World) -> None:
    with pytest.raises(ProgrammingError):
        world.write("DELETE FROM erasure")


def test_more_than_one_transaction_holds_is_wiped_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MOST", 1)
    abandoned(world)
    world.person(ISMAIL, surname="Iraksak")
    world.clock.advance(days=366)
    assert erase(world)["unused_person"] == 2
    assert retention.erase_due(world.engine, "card_secrets") == {"card_secrets": 0}
