"""Whose reminder is sent: the router has something to ask of the person for this certificate."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.reminders.needs import BY_HAND, REMINDED, asked_of, cards_of, sentences
from handlers.ways.asked import routing_day
from handlers.ways.router import Situation
from tests.kit.handlers.world import ISMAIL
from workflow.model.definition import Text

if TYPE_CHECKING:
    from handlers.ways.router import RouteCard
    from tests.kit.handlers.world import World

TODAY = date(2026, 3, 2)


def cards(world: World, people: dict[int, int]) -> dict[int, RouteCard]:
    """Return the cards of certificates, each with its person."""
    day = routing_day(world.engine)
    with world.engine.database.connect() as connection:
        return cards_of(connection, people, day)


def test_whoever_is_not_there_is_asked_nothing(world: World) -> None:
    assert asked_of(None, 1, routing_day(world.engine)) is None
    assert cards(world, {1: 424_242}) == {}
    assert cards(world, {}) == {}


@pytest.mark.parametrize(
    ("left", "situation"),
    [
        (200, Situation.FAR), (180, Situation.EARLY), (90, Situation.DUE), (20, Situation.LATE),
        (0, Situation.LAST_DAY),
    ],
)  # fmt: skip
def test_the_card_of_a_certificate_says_how_near_its_end_is(
    world: World, left: int, situation: Situation
) -> None:
    me = world.person()
    number = world.certificate(me, TODAY + timedelta(days=left))
    found = cards(world, {number: me, number + 999: me})
    assert {one: card.situation for one, card in found.items()} == {number: situation}
    assert situation in BY_HAND
    assert (situation in REMINDED) == (situation is not Situation.FAR)


def test_an_application_that_waits_for_its_person_is_asked_for_its_own_certificate(
    world: World,
) -> None:
    me, other = world.person(), world.person(ISMAIL, "İsmail", "Iraksak")
    mine = world.certificate(me, TODAY + timedelta(days=60))
    theirs = world.certificate(other, TODAY + timedelta(days=60), "d4e5f6")
    case = world.file(me, "renewal", mine)
    found = cards(world, {mine: me, theirs: other})
    assert {one: card.situation for one, card in found.items()} == {
        mine: Situation.YOUR_TURN, theirs: Situation.DUE,
    }  # fmt: skip
    world.write("UPDATE application SET state = 'in_review' WHERE id = :case", case=case)
    assert set(cards(world, {mine: me, theirs: other})) == {theirs}


def test_a_message_says_what_by_when_and_how_in_both_languages(world: World) -> None:
    me = world.person()
    number = world.certificate(me, TODAY + timedelta(days=60))
    said = sentences(cards(world, {number: me})[number])
    assert set(said) == {"task", "limit", "how", "card_day", "otherwise"}
    task = said["task"]
    assert isinstance(task, Text)
    assert (task.tr, task.en != task.tr) == ("Sertifikanızı yenileyiniz.", True)
    limit = said["limit"]
    assert isinstance(limit, Text)
    assert "01.04.2026" in limit.tr
