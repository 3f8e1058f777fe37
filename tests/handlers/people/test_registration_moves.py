"""Who may make which move of a request to be registered, and what the journal holds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.requests.registration import Registration
from states.logs.journal import JournalEntry
from tests.handlers.people.test_registration import ASKED, SHOWN, asked, known, row, values
from tests.kit.handlers.world import (
    ISMAIL,
    administrator,
    applicant,
    coordinator,
    officer,
    operator,
)
from workflow.model.actor import Actor, system
from workflow.model.entry import parsed
from workflow.model.refusal import (
    OwnCase,
    ReasonMissing,
    Refused,
    RoleNotAllowed,
    StaleVersion,
    WrongState,
)

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

OTHERS = {
    "an operator": operator(),
    "an administrator": administrator(),
    "a coordinator": coordinator(),
    "an auditor": Actor("user:4", frozenset({"auditor"}), "demo", 900_004),
    "the system": system("gateway"),
}
"""Who decides about no request."""


@pytest.mark.parametrize("trigger", ["accept", "refuse"])
@pytest.mark.parametrize("who", OTHERS)
def test_nobody_but_an_officer_decides(world: World, who: str, trigger: str) -> None:
    case = asked(world)
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(case, trigger, OTHERS[who], reason="Deneme", workflow="registration")
    assert row(world, case).state == "requested"
    assert known(world) == []


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_but_an_officer_enters_somebody_at_the_desk(world: World, who: str) -> None:
    with pytest.raises(RoleNotAllowed):
        world.engine.open("registration", "enter", OTHERS[who], values(world), SHOWN.payload())
    assert world.all(Registration) == []
    assert known(world) == []


def test_an_applicant_decides_nothing_about_others(world: World) -> None:
    case = asked(world)
    with pytest.raises(Refused):
        world.engine.fire(case, "accept", applicant(world.person()), workflow="registration")
    assert row(world, case).state == "requested"


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_refusal_without_a_reason_is_none(world: World, reason: str | None) -> None:
    case = asked(world)
    with pytest.raises(ReasonMissing):
        world.engine.fire(case, "refuse", officer(), reason=reason, workflow="registration")
    kept = row(world, case)
    assert (kept.state, kept.given_name, kept.email) == ("requested", "İSMAİL", ASKED.email)


@pytest.mark.parametrize("first", ["accept", "refuse"])
@pytest.mark.parametrize("then", ["accept", "refuse", "lapse"])
def test_what_is_decided_is_decided_once(world: World, first: str, then: str) -> None:
    case = asked(world)
    world.engine.fire(case, first, officer(), reason="Deneme", workflow="registration")
    actor = system("sweep") if then == "lapse" else officer(2)
    with pytest.raises(WrongState):
        world.engine.fire(case, then, actor, reason="Deneme", workflow="registration")
    assert len(known(world)) == (1 if first == "accept" else 0)


def test_a_decision_about_what_was_shown_before_is_refused(world: World) -> None:
    case = asked(world)
    with pytest.raises(StaleVersion):
        world.engine.fire(case, "accept", officer(), None, 7, workflow="registration")
    assert row(world, case).state == "requested"


def test_the_journal_of_a_request_names_nobody(world: World) -> None:
    case = asked(world)
    world.engine.fire(case, "accept", officer(), workflow="registration")
    (person,) = known(world)
    entries = [parsed(one.body) for one in world.all(JournalEntry, case_id=case)]
    assert [one["trigger"] for one in entries] == ["request", "accept"]
    assert [one["actor"] for one in entries] == ["system:gateway", "user:1"]
    assert [one["to"] for one in entries] == ["requested", "accepted"]
    assert entries[-1]["details"] == {"person": person.id}
    told = repr(entries)
    for hidden in (
        ISMAIL, "İSMAİL", "İsmail", "IRAKSAK", "Iraksak", "i@ornek.invalid", "532 123", "Deneme S",
    ):  # fmt: skip
        assert hidden not in told


def test_the_journal_of_a_refusal_keeps_its_reason(world: World) -> None:
    case = asked(world)
    world.engine.fire(case, "refuse", officer(), reason="Tanınmıyor.", workflow="registration")
    last = parsed(world.all(JournalEntry, case_id=case)[-1].body)
    assert (last["reason"], last["trigger"], last["details"]) == ("Tanınmıyor.", "refuse", {})


def test_the_number_of_a_waiting_request_rests_sealed_and_masked(world: World) -> None:
    kept = row(world, asked(world))
    vault = world.engine.services.vault
    assert kept.tckn_sealed is not None
    assert vault.open(kept.tckn_sealed, "tckn") == ISMAIL
    assert kept.tckn_hash == vault.lookup(ISMAIL, "tckn")
    assert kept.tckn_masked == "100******78"
    assert kept.reference == f"R{kept.id:09}"
    assert ISMAIL.encode() not in kept.tckn_sealed


def test_nobody_registers_themselves(world: World) -> None:
    case = asked(world)
    world.engine.fire(case, "accept", officer(), workflow="registration")
    (person,) = known(world)
    own = {**values(world), "person_id": person.id}
    themselves = Actor("user:77", frozenset({"officer"}), "demo", person.id)
    with pytest.raises(OwnCase):
        world.engine.open("registration", "enter", themselves, own, SHOWN.payload())
    assert len(known(world)) == 1


@pytest.mark.parametrize("ending", ["refuse", "lapse"])
def test_whoever_was_not_accepted_may_ask_again(world: World, ending: str) -> None:
    first = asked(world)
    actor = system("sweep") if ending == "lapse" else officer()
    if ending == "lapse":
        world.clock.advance(days=31)
    world.engine.fire(first, ending, actor, reason="Deneme", workflow="registration")
    second = asked(world)
    world.engine.fire(second, "accept", officer(), workflow="registration")
    assert [one.state for one in world.all(Registration)][1:] == ["accepted"]
    assert row(world, second).person_id == known(world)[0].id
    assert row(world, first).person_id is None
