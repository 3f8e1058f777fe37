"""Whom the people of an institution ask: named by who answers for it, decided by somebody else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from handlers.applications import message
from handlers.institutions import support
from handlers.institutions.units import SupportUnit, ancestors, line_of, unit_of
from handlers.people.register import enter_user, find_institution
from states.cases.application import Application
from states.cases.requests.support_change import SupportChange
from states.logs.journal import JournalEntry
from states.people.institution import Institution
from states.people.user import User
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import administrator, coordinator, open_account
from workflow.model.refusal import ReasonMissing, RoleNotAllowed, SamePerson

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

UNIT = ("Bilgi İşlem Bürosu", "+90 224 111 22 33", "destek@ornek.invalid")


@dataclass
class Places:
    """A province, a district and a school of it, with their coordinators and two administrators."""

    world: World
    province: int
    district: int
    school: int
    above: Actor
    below: Actor
    first: Actor
    second: Actor

    def propose(self, place: int, who: Actor, unit: tuple[str, str, str] = UNIT) -> int:
        """Propose the unit of an institution."""
        names = ("unit", "phone", "email")
        named = {name: text or None for name, text in zip(names, unit, strict=True)}
        values = {**named, "institution_id": place, "person_id": None}
        return self.world.engine.open(support.WORKFLOW, "propose", who, values, reason="Yeni")

    def decide(self, case: int, trigger: str, who: Actor) -> None:
        """Decide about a proposal."""
        fired = case, trigger, who
        self.world.engine.fire(*fired, reason="Karar", workflow=support.WORKFLOW)

    def name(self, place: int, unit: tuple[str, str, str] = UNIT) -> int:
        """Have the unit of an institution changed."""
        case = self.propose(place, self.first, unit)
        self.decide(case, "approve", self.second)
        return case

    def asked_at(self, place: int) -> SupportUnit | None:
        """Return whom the people of an institution ask."""
        with self.world.engine.database.connect() as connection:
            return unit_of(connection, place)


@pytest.fixture
def places(world: World) -> Places:
    """Enter who answers for what."""
    now = world.clock.now()
    with world.engine.database.begin() as connection:
        found = [
            find_institution(connection, code)
            for code in ("TEST-16", "TEST-16-01", "TEST-16-01-1")
        ]  # fmt: skip
        ids = [one.id for one in found if one is not None]
        users = [
            enter_user(connection, name, ["coordinator"], now, institution_id=place)
            for name, place in (("Şule", ids[0]), ("Selim", ids[2]))
        ]
        heads = [
            open_account(connection, name, "administrator", now, subject=f"sub-{name}")
            for name in ("Yaprak", "Sevgi")
        ]
    above, below = map(coordinator, users)
    first, second = map(administrator, heads)
    return Places(world, ids[0], ids[1], ids[2], above, below, first, second)


def test_paths_lead_up_to_the_top() -> None:
    assert ancestors("/MEB/16/01/") == ["/MEB/16/01/", "/MEB/16/", "/MEB/"]


def test_the_nearest_unit_above_counts(places: Places) -> None:
    assert places.asked_at(places.school) is None
    places.name(places.province)
    above = SupportUnit(places.province, *UNIT)
    assert places.asked_at(places.school) == places.asked_at(places.province) == above
    places.name(places.district, ("İlçe destek", "", "ilce@ornek.invalid"))
    near = SupportUnit(places.district, "İlçe destek", None, "ilce@ornek.invalid")
    assert places.asked_at(places.school) == near
    assert places.asked_at(places.province) == above
    places.name(places.district, ("", "", ""))
    assert places.asked_at(places.school) == above
    with places.world.engine.database.connect() as connection:
        assert support.own_unit(connection, places.district) is None
        assert support.own_unit(connection, places.province) == above


def test_a_message_ends_with_whom_its_reader_asks(places: Places) -> None:
    with places.world.engine.database.connect() as connection:
        assert line_of(connection, None) == ""
        assert line_of(connection, places.school) == ""
    places.name(places.district, ("İlçe destek", "", "ilce@ornek.invalid"))
    world, me = places.world, places.world.person()
    case = vars(world.read(Application, world.file(me, "first")))
    with world.engine.database.connect() as connection:
        letter = message.write(connection, "rejected", case, "Eksik", world.clock.now().date())
    assert letter.text.endswith("\n\nDestek / Support: İlçe destek · ilce@ornek.invalid\n")


def test_a_coordinator_proposes_and_an_administrator_decides(places: Places) -> None:
    case = places.propose(places.district, places.above)
    assert places.asked_at(places.district) is None
    with pytest.raises(RoleNotAllowed):
        places.decide(case, "approve", places.above)
    places.decide(case, "approve", places.first)
    assert places.asked_at(places.district) == SupportUnit(places.district, *UNIT)
    told = [json.loads(row.body) for row in places.world.all(JournalEntry, case_id=case)]
    assert [entry["trigger"] for entry in told] == ["propose", "approve"]
    assert {entry["details"]["institution"] for entry in told} == {places.district}
    assert len({entry["details"]["sha256"] for entry in told}) == 1
    assert "Bilgi" not in json.dumps(told, ensure_ascii=False)


def test_who_proposed_does_not_approve(places: Places) -> None:
    case = places.propose(places.school, places.first)
    with pytest.raises(SamePerson):
        places.decide(case, "approve", places.first)
    with denied("support.not_the_proposer"):
        places.decide(case, "withdraw", places.second)
    places.decide(case, "withdraw", places.first)
    assert places.asked_at(places.school) is None
    again = places.propose(places.school, places.first)
    with pytest.raises(ReasonMissing):
        places.world.engine.fire(again, "refuse", places.second, workflow=support.WORKFLOW)
    places.decide(again, "refuse", places.second)
    assert places.world.read(SupportChange, again).state == "refused"


def test_nobody_proposes_for_whom_they_do_not_answer(places: Places) -> None:
    with denied("support.not_yours"):
        places.propose(places.district, places.below)
    assert places.world.all(SupportChange) == []
    with places.world.engine.database.connect() as connection:
        assert not support.answers_for(connection, "user:424242", places.school)
        assert support.answers_for(connection, places.above.name, places.school)
        assert not support.answers_for(connection, places.first.name, places.school)


def test_one_proposal_waits_at_a_time(places: Places) -> None:
    places.propose(places.school, places.below)
    with denied("support.under_way"):
        places.propose(places.school, places.above)


def test_what_changes_nothing_is_no_proposal(places: Places) -> None:
    with denied("support.no_change"):
        places.propose(places.school, places.below, ("", "", ""))
    places.name(places.school)
    with denied("support.no_change"):
        places.propose(places.school, places.below)


def test_a_closed_institution_keeps_what_it_had(places: Places) -> None:
    case = places.propose(places.school, places.below)
    engine = places.world.engine
    with engine.database.begin() as connection:
        closing = update(Institution).where(Institution.id == places.school)
        connection.execute(closing.values(closed_on=places.world.clock.now().date()))
    with denied("support.closed"):
        places.decide(case, "approve", places.first)


def test_who_left_has_proposed_nothing(places: Places) -> None:
    case = places.propose(places.school, places.below)
    with places.world.engine.database.begin() as connection:
        gone = int(places.below.name.partition(":")[2])
        connection.execute(update(User).where(User.id == gone).values(active=False))
    with denied("support.proposer_left"):
        places.decide(case, "approve", places.first)
