"""Tests that an empty demo is filled through the engine, once, also after it was broken off."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from handlers.kit.roles import APPLICANT
from handlers.ways import facts
from handlers.ways.durations import STATED
from handlers.ways.router import route
from handlers.ways.way import RoutingDay
from states.cases.application import Application
from states.cases.card_box import CardBox
from states.cases.certificate import Certificate
from states.cases.chip_card import ChipCard
from states.kit.settings import load_settings
from states.logs.journal import JournalEntry
from states.people.person import Person
from states.people.user import User
from web.auth import personas
from web.demo import seed as seeding
from web.demo.holders import HOLDERS
from web.demo.seed import KNOWN_STAFF, seed
from web.gate.composition import Composition, compose
from workflow.journal.conformance import conform
from workflow.journal.verification import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.postgres import Database


class PulledPlug(Exception):
    """What ends a seeding before its end in these tests."""


def pull_the_plug(*_: object) -> None:
    raise PulledPlug


@pytest.fixture(scope="module")
def filled(
    module_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Composition]:
    """Give a demo that was broken off before its last step and filled by a second start."""
    var = str(tmp_path_factory.mktemp("seed"))
    composition = compose(load_settings({**module_database.environment, "NES_VAR": var}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeding, "_just_now", pull_the_plug)
        with pytest.raises(PulledPlug):
            seed(composition)
    seed(composition)
    yield composition
    composition.database.dispose()


def count(composition: Composition, entity: type[object]) -> int:
    with composition.database.connect() as connection:
        return connection.execute(select(func.count()).select_from(entity)).scalar_one()


def test_each_desk_has_work_and_each_role_a_person(filled: Composition) -> None:
    with filled.database.connect() as connection:
        states = Counter(connection.execute(select(Application.state)).scalars())
        roles = {role for row in connection.execute(select(User.roles)).scalars() for role in row}
        heads = connection.execute(select(User.name).where(User.leads)).scalars().all()
    assert states == {
        "courier_silent": 1, "delivered": 1, "held": 1, "paper_received": 2, "in_person": 1,
        "returned_to_applicant": 1, "e_onay": 2, "queued": 1, "draft": 1,
    }  # fmt: skip
    assert heads == ["Selim Görevli"]
    assert roles == {"officer", "operator", "auditor", "coordinator", "administrator"}


def test_each_card_came_out_of_the_first_box_and_a_second_box_waits(filled: Composition) -> None:
    with filled.database.connect() as connection:
        held = [
            (box, quantity, state)
            for box, quantity, state in connection.execute(
                select(CardBox.name, CardBox.quantity, CardBox.state).order_by(CardBox.id)
            )
        ]
        chips = Counter(connection.execute(select(ChipCard.state)).scalars())
        made = connection.execute(
            select(func.count()).where(Certificate.application_id.is_not(None))
        ).scalar_one()
    assert held == [("TEST-KUTU-1", 150, "open"), ("TEST-KUTU-2", 100, "received")]
    assert 150 - chips["in_stock"] == made > 0
    assert chips.total() == 150


def test_the_staff_list_left_people_for_the_coordinator_to_upload(filled: Composition) -> None:
    persons = count(filled, Person)
    entered = 12 + len(HOLDERS)
    assert entered < persons < entered + KNOWN_STAFF
    assert count(filled, Certificate) > persons - entered


def test_there_is_a_holder_for_each_card_that_a_start_page_shows(filled: Composition) -> None:
    definition = filled.library.workflow("application")
    shown = personas.groups(filled.database, definition.roles, (APPLICANT,))
    numbers = {one.name: one.number for group in shown for one in group.personas}
    with filled.database.connect() as connection:
        people = facts.read_all(connection, list(numbers.values()))
    (last,) = people[numbers["ÇETİN BUGÜN"]].certificates
    assert last.ends_at is not None
    # The day of the filling, whatever day it is by now.
    day = RoutingDay(definition, last.ends_at - timedelta(hours=12), STATED)
    cards = {name: route(people[number], day).card for name, number in numbers.items()}
    found = {
        name.split()[-1]: (card.situation, card.has_consent)
        for name, card in cards.items()
        if not name.endswith("ÖRNEK")
    }
    assert found == {
        "DÖRTYÜZGÜN": ("far", False), "YÜZGÜN": ("early", False), "KIRKGÜN": ("due", False),
        "ONAYLI": ("due", True), "YİRMİGÜN": ("late", False), "BİRGÜN": ("late", False),
        "BUGÜN": ("last_day", False), "DÜNBİTTİ": ("ended", False),
    }  # fmt: skip
    assert cards["HALE ÖRNEK"].situation == "begins_later"
    assert cards["ONUR ÖRNEK"].situation == "your_turn"


def test_the_journal_of_a_fresh_demo_verifies_and_ends_before_now(filled: Composition) -> None:
    outcome = verify(filled.database, filled.library)
    assert (outcome.ok, outcome.problems) == (True, [])
    with filled.database.connect() as connection:
        newest = connection.execute(select(func.max(JournalEntry.at))).scalar_one()
    assert newest < filled.clock.now()


def test_every_entry_and_row_of_a_fresh_demo_conforms(filled: Composition) -> None:
    assert conform(filled.database, filled.library).differences == ()


def test_a_demo_that_stands_is_left_alone(filled: Composition) -> None:
    before = count(filled, JournalEntry)
    seed(filled)
    assert count(filled, JournalEntry) == before
