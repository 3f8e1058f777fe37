"""From when until when a certificate is valid: both ends are part of it, days are Istanbul's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.cards.seed import give_card
from handlers.certificates.validity import last_day, span_from
from states.cases.certificate import Certificate
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM
from workflow.model.clock import ISTANBUL, start_of_day
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2027, 2, 1), date(2030, 1, 31)),
        (date(2026, 12, 1), date(2029, 11, 30)),
        (date(2025, 3, 1), date(2028, 2, 29)),
        (date(2028, 3, 1), date(2031, 2, 28)),
        (date(2028, 2, 29), date(2031, 2, 27)),  # three years later that February has no 29th
    ],
)
def test_thirty_six_months_end_a_second_before_the_next_would_begin(
    first: date, last: date
) -> None:
    begins, ends = span_from(start_of_day(first))
    assert begins == start_of_day(first)
    assert ends == start_of_day(last + timedelta(days=1)) - timedelta(seconds=1)
    assert last_day(ends) == last


def test_a_span_that_begins_within_a_day_ends_within_the_day_that_has_its_number() -> None:
    _, ends = span_from(datetime(2026, 11, 30, 15, 0, tzinfo=ISTANBUL))
    assert ends == datetime(2029, 11, 30, 14, 59, 59, tzinfo=ISTANBUL)
    assert last_day(ends) == date(2029, 11, 30)


@pytest.mark.parametrize(
    ("ends", "day"),
    [
        (datetime(2027, 1, 30, 20, 59, 59, tzinfo=UTC), date(2027, 1, 30)),
        (datetime(2027, 1, 30, 21, 0, 0, tzinfo=UTC), date(2027, 1, 30)),
        (datetime(2027, 1, 30, 21, 0, 1, tzinfo=UTC), date(2027, 1, 31)),
        (datetime(2027, 1, 31, 7, 0, 0, tzinfo=UTC), date(2027, 1, 31)),
    ],
)
def test_the_first_second_of_a_day_alone_makes_it_no_last_day(ends: datetime, day: date) -> None:
    assert last_day(ends) == day


def test_what_is_known_by_its_day_is_valid_to_the_last_second_of_that_day(world: World) -> None:
    row = world.read(Certificate, world.certificate(world.person(), date(2027, 1, 30)))
    assert row.not_after is None
    assert row.ends_at == datetime(2027, 1, 30, 20, 59, 59, tzinfo=UTC)
    world.write("UPDATE certificate SET not_after = '2027-01-30 07:00:00Z'")
    assert world.read(Certificate, row.id).ends_at == datetime(2027, 1, 30, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("state", ["active", "suspended"])
def test_a_certificate_ends_by_the_clock_and_not_with_its_day(world: World, state: str) -> None:
    ends = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
    held = give_card(world.engine, world.person(), world.clock.now() - timedelta(days=9), ends)
    if state == "suspended":
        world.engine.fire(held.certificate_id, "suspend", SYSTEM)
    row = world.read(Certificate, held.certificate_id)
    assert (row.ends_on, row.due_at) == (date(2026, 3, 5), ends + timedelta(seconds=1))
    world.clock.set(ends)
    with denied("has_ended", ends_on=date(2026, 3, 5)):
        world.engine.fire(row.id, "end", SYSTEM)
    world.clock.advance(seconds=1)
    assert sweep(world.engine).moved == 1
    assert world.read(Certificate, row.id).state == "expired"


def test_the_last_moment_is_the_last_at_which_a_certificate_can_be_recorded(world: World) -> None:
    me, day = world.person(), date(2026, 3, 5)
    world.clock.set(datetime(2026, 3, 5, 20, 59, 59, tzinfo=UTC))
    world.certificate(me, day)
    world.clock.advance(seconds=1)
    with denied("has_not_ended", ends_on=day):
        world.certificate(me, day, "a1b2c4")
