"""The lines of the radar: one a certificate that counts, written where it differs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.people.register import find_institution
from handlers.radar import figures
from handlers.radar.lines import refresh
from handlers.radar.standing import (
    BY_STATE,
    NOT_FETCHED,
    Facts,
    RadarStanding,
    RenewalStanding,
    radar_standing,
    renewal_standing,
)
from handlers.ways.asked import routing_day
from states.cases.application import FINAL_STATES
from states.people.radar import RadarFigure, RadarLine
from tests.kit.handlers.world import ISMAIL, officer

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.definition import Definition

TODAY = date(2026, 3, 2)
LATER = date(2026, 8, 1)


def look(world: World, *people: int) -> set[int]:
    """Look at some people and return the units whose lines changed."""
    with world.engine.database.begin() as connection:
        return refresh(connection, people, routing_day(world.engine))


def unit(world: World, code: str) -> int:
    """Return the id of an institution."""
    with world.engine.database.connect() as connection:
        found = find_institution(connection, code)
    assert found is not None
    return found.id


def test_a_line_says_whose_it_is_where_it_stands_and_when_it_ends(world: World) -> None:
    me = world.person()
    number = world.certificate(me, date(2026, 4, 1))
    school = unit(world, "TEST-16-01-1")
    assert look(world, me) == {school}
    (line,) = world.all(RadarLine)
    assert tuple(line) == (number, me, school, "late", False, date(2026, 4, 1))


def test_what_has_not_changed_is_not_written(world: World) -> None:
    me = world.person()
    world.certificate(me, LATER)
    assert look(world, me)
    assert look(world, me) == set()


def test_whoever_is_not_looked_at_keeps_their_lines(world: World) -> None:
    me, other = world.person(), world.person(ISMAIL, "İsmail", "Iraksak")
    world.certificate(me, LATER)
    theirs = world.certificate(other, LATER, "d4e5f6")
    look(world, me, other)
    world.write("UPDATE certificate SET ends_on = '2026-09-01'")
    look(world, me)
    kept = {line.certificate_id: line.ends_on for line in world.all(RadarLine)}
    assert kept.pop(theirs) == LATER
    assert set(kept.values()) == {date(2026, 9, 1)}


def test_a_move_touches_the_unit_that_was_left_and_the_one_that_was_come_to(world: World) -> None:
    me = world.person()
    world.certificate(me, LATER)
    look(world, me)
    left, found = unit(world, "TEST-16-01-1"), unit(world, "TEST-16-02-1")
    world.write("UPDATE person SET institution_id = :unit WHERE id = :me", unit=found, me=me)
    assert look(world, me) == {left, found}
    assert [line.institution_id for line in world.all(RadarLine)] == [found]


def test_whoever_is_of_no_institution_any_more_has_no_line(world: World) -> None:
    me = world.person()
    world.certificate(me, LATER)
    look(world, me)
    world.write("UPDATE person SET institution_id = NULL WHERE id = :me", me=me)
    assert look(world, me) == {unit(world, "TEST-16-01-1")}
    assert world.all(RadarLine) == []


def test_a_record_that_was_struck_has_no_line(world: World) -> None:
    me = world.person()
    number = world.stated(me, LATER)
    look(world, me)
    world.engine.fire(number, "strike", officer(), workflow="certificate", reason="no_such")
    assert look(world, me) == {unit(world, "TEST-16-01-1")}
    assert world.all(RadarLine) == []


def test_an_e_onay_that_is_given_stands_in_the_line(world: World) -> None:
    me = world.person()
    held = world.card(me, LATER)
    look(world, me)
    assert [line.consented for line in world.all(RadarLine)] == [False]
    world.consent(me, held)
    assert look(world, me) == {unit(world, "TEST-16-01-1")}
    assert [line.consented for line in world.all(RadarLine)] == [True]


def test_whoever_left_office_is_not_late(world: World) -> None:
    me = world.person()
    world.certificate(me, date(2026, 4, 1))
    world.write("UPDATE person SET standing = 'left' WHERE id = :me", me=me)
    look(world, me)
    assert [line.standing for line in world.all(RadarLine)] == ["no_e_onay"]


def test_a_change_is_summed_in_each_unit_above_and_nowhere_else(world: World) -> None:
    me, now = world.person(), world.clock.now()
    world.certificate(me, LATER)
    units = look(world, me)
    with world.engine.database.begin() as connection:
        figures.sum_above(connection, units, now)
        figures.sum_above(connection, set(), now)
    summed = {row.institution_id: row.total for row in world.all(RadarFigure)}
    codes = ("TEST", "TEST-16", "TEST-16-01", "TEST-16-01-1")
    assert summed == {unit(world, code): 1 for code in codes}


def test_figures_that_are_the_same_keep_their_moment(world: World) -> None:
    me, then = world.person(), world.clock.now()
    world.certificate(me, LATER)
    units = look(world, me)
    world.clock.advance(minutes=1)
    for moment in (then, world.clock.now()):
        with world.engine.database.begin() as connection:
            figures.sum_above(connection, units, moment)
    assert {row.counted_at for row in world.all(RadarFigure)} == {then}


def test_what_lies_to_be_fetched_is_a_state_of_an_application_with_the_courier(
    definitions: dict[str, Definition],
) -> None:
    states = definitions["application"].states
    assert set(states) >= NOT_FETCHED
    assert {BY_STATE[state] for state in NOT_FETCHED} == {RenewalStanding.WITH_COURIER}
    assert not NOT_FETCHED & set(FINAL_STATES)


@pytest.mark.parametrize("state", BY_STATE)
@pytest.mark.parametrize("consented", [False, True])
def test_the_radar_tells_of_an_application_what_the_list_tells(
    state: str,
    consented: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    facts = Facts(TODAY, consented, state, TODAY)
    listed = renewal_standing(facts, TODAY)
    counted = radar_standing(facts, TODAY, LATER, overdue=False)
    if state in NOT_FETCHED:
        assert counted is RadarStanding.NOT_FETCHED
    elif listed.value in set(RadarStanding):
        assert counted.value == listed.value
    else:
        assert counted is RadarStanding.ON_TRACK


@pytest.mark.parametrize(
    ("opens", "consented", "told"),
    [
        (date(2026, 3, 3), False, RadarStanding.ON_TRACK),
        (date(2026, 3, 2), False, RadarStanding.NO_E_ONAY),
        (date(2026, 3, 2), True, RadarStanding.ON_TRACK),
    ],
)
def test_before_applications_open_nothing_is_amiss(
    opens: date,
    consented: bool,  # noqa: FBT001 - a parameter of the test
    told: RadarStanding,
) -> None:
    facts = Facts(opens, consented, None, None)
    assert radar_standing(facts, TODAY, LATER, overdue=False) is told
