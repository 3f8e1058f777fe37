"""Addresses that messages came back from: they stand until the address is another one, or heard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.post import unreachable
from handlers.post.delivery import deliver
from handlers.post.keyed import envelope_id
from handlers.post.receipts import take_receipt
from handlers.post.unreachable import MOST_TOLD, QUIET, count_unreachable, unreachable_page
from states.cases.notice import Notice, TryOutcome
from tests.handlers.post.test_delivery import Pigeon, put
from tests.kit.handlers.world import ISMAIL
from tests.kit.post.returned import Report

if TYPE_CHECKING:
    from handlers.post.unreachable import UnreachableAddress
    from tests.kit.handlers.world import World

GONE = TryOutcome.BAD_ADDRESS


def found(world: World, after: int = 0) -> tuple[UnreachableAddress, ...]:
    """Return the addresses of a page, and see that as many are counted."""
    vault, now = world.services.vault, world.clock.now()
    with world.engine.database.connect() as connection:
        rows = unreachable_page(connection, vault, now, after).rows
        assert after or count_unreachable(connection, vault, now) == len(rows)
    return rows


def bring(world: World, person: int, n: int, outcome: TryOutcome) -> int:
    """Write a message and have it handed over with an outcome."""
    number = put(world, person, n)
    deliver(world.engine, [Pigeon(outcome)])
    return number


def test_an_address_stands_with_what_was_not_told_until_it_is_another_one(world: World) -> None:
    me = world.person()
    at = world.clock.now()
    for n in range(MOST_TOLD + 1):
        bring(world, me, n, GONE)
        world.clock.advance(minutes=1)
    [row] = found(world)
    assert (row.person_id, row.name, row.channel) == (me, "AYŞE ÖRNEKOĞLU", "email")
    assert (row.since, row.words, row.messages) == (at, "so …", MOST_TOLD + 1)
    assert [one.written_at for one in row.untold] == [
        at + timedelta(minutes=n) for n in range(1, MOST_TOLD + 1)
    ]
    assert {(one.subject, one.by_sms) for one in row.untold} == {("Kartınız hazır", False)}
    world.write("UPDATE person SET email = 'yeni@ornek.invalid'")
    assert found(world) == ()
    at = world.clock.now()
    bring(world, me, 20, GONE)
    [row] = found(world)
    assert (row.since, row.messages) == (at, 1)
    world.write("UPDATE person SET email = NULL")
    assert found(world) == ()


def test_a_message_that_came_back_later_counts_too(world: World) -> None:
    number = bring(world, world.person(), 1, TryOutcome.TAKEN)
    assert found(world) == ()
    assert take_receipt(world.engine, Report(named(world, number)).mail()).result == "taken"
    assert [row.words for row in found(world)] == ["550 5.1.1 …: no such user"]


def named(world: World, number: int) -> str:
    """Return the id of a message on its way."""
    return envelope_id(world.services.vault, number, world.all(Notice, id=number)[0].key)


@pytest.mark.parametrize("outcome", [TryOutcome.REFUSED, TryOutcome.TRY_LATER, TryOutcome.TAKEN])
def test_other_outcomes_are_nobodys_work(world: World, outcome: TryOutcome) -> None:
    bring(world, world.person(), 1, outcome)
    assert found(world) == ()


def test_a_later_message_that_arrives_or_stays_away_for_long_ends_it(world: World) -> None:
    me = world.person()
    bring(world, me, 1, GONE)
    later = bring(world, me, 2, TryOutcome.TAKEN)
    world.clock.advance(seconds=QUIET.total_seconds())
    assert len(found(world)) == 1
    world.clock.advance(seconds=1)
    assert found(world) == ()
    world.clock.advance(days=-3)
    assert len(found(world)) == 1
    take_receipt(world.engine, Report(named(world, later), "delivered", "2.0.0").mail())
    assert found(world) == ()


def test_a_later_message_to_another_address_or_channel_says_nothing(world: World) -> None:
    me = world.person()
    bring(world, me, 1, GONE)
    old = "a@ornek.invalid"
    world.write("UPDATE person SET email = 'baska@ornek.invalid'")
    bring(world, me, 2, TryOutcome.TAKEN)
    world.write("UPDATE person SET email = :old", old=old)
    world.clock.advance(days=3)
    assert [row.messages for row in found(world)] == [1]


def test_the_dead_and_the_erased_are_left_out(world: World) -> None:
    bring(world, world.person(), 1, GONE)
    world.write("UPDATE person SET standing = 'dead', standing_since = '2026-01-01'")
    assert found(world) == ()
    world.write("UPDATE person SET standing = 'in_office', standing_since = NULL")
    assert len(found(world)) == 1
    world.write("UPDATE person SET erased_at = now()")
    assert found(world) == ()


def test_a_short_message_in_its_place_is_named(world: World) -> None:
    bring(world, world.person(), 1, GONE)
    for state, by_sms in (("written", False), ("handed_over", True), ("delivered", True)):
        world.write(
            "INSERT INTO notice (key, case_id, person_id, template, subject, text, channel, state,"
            " created_at) SELECT 'sms/' || key, case_id, person_id, template, subject, text, 'sms',"
            " :state, created_at FROM notice WHERE channel = 'email'"
            " ON CONFLICT (key) DO UPDATE SET state = excluded.state",
            state=state,
        )
        [row] = found(world)
        assert [one.by_sms for one in row.untold] == [by_sms]


def test_a_telephone_at_which_nobody_is_reached_is_an_address_too(world: World) -> None:
    me = world.person()
    world.write("UPDATE person SET phone = '+90 532 111 22 33'")
    put(world, me)
    world.write("UPDATE notice SET channel = 'sms'")
    pigeon = Pigeon(GONE)
    pigeon.channel = "sms"
    deliver(world.engine, [pigeon])
    assert [row.channel for row in found(world)] == ["sms"]
    world.write("UPDATE person SET email = 'yeni@ornek.invalid'")
    assert len(found(world)) == 1
    world.write("UPDATE person SET phone = '+90 532 111 22 34'")
    assert found(world) == ()


def test_pages_go_on_where_the_last_one_ended_and_pass_over_what_is_corrected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unreachable, "PAGE", 2)
    monkeypatch.setattr(unreachable, "_READ", 2)
    people = [world.person(number) for number in (ISMAIL, "10000000146", "10000000450")]
    for n, person in enumerate(people):
        bring(world, person, n, GONE)
    bring(world, people[0], 9, GONE)
    vault, now = world.services.vault, world.clock.now()
    with world.engine.database.connect() as connection:
        first = unreachable_page(connection, vault, now)
        second = unreachable_page(connection, vault, now, first.following)
    assert [row.person_id for row in first.rows] == people[1:]
    assert [row.person_id for row in second.rows] == people[:1]
    assert (first.following > 0, second.following) == (True, 0)
    world.write("UPDATE person SET email = 'x@y.tr' WHERE id = :id", id=people[1])
    with world.engine.database.connect() as connection:
        page = unreachable_page(connection, vault, now)
    assert ([row.person_id for row in page.rows], page.following) == ([people[2], people[0]], 0)
