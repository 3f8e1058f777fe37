"""What counts for a unit, on which day it counts otherwise, and what a sweep is woken by."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from handlers.radar import figures
from handlers.radar.sweep import sweep
from states.people.institution import Institution
from states.people.radar import RadarFigure, RadarLine, RadarWeek
from tests.handlers.radar.test_lines import look, unit
from tests.handlers.radar.test_sweep import settle
from tests.kit.handlers.consents import consented
from tests.kit.handlers.world import ISMAIL

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

TODAY = date(2026, 3, 2)
LATER = date(2026, 8, 1)


def standings(world: World) -> list[str]:
    """Return where each line stands."""
    return [row.standing for row in world.all(RadarLine)]


def apply(world: World, certificate: int, state: str = "in_review") -> int:
    """File a renewal of a certificate behind the office's back; return it."""
    world.write(
        "INSERT INTO application (kind, person_id, old_certificate_id, definition, state, version,"
        " head, entered_at, created_at) SELECT 'renewal', person_id, id, definition, :state, 1,"
        " head, entered_at, created_at FROM certificate WHERE id = :id",
        id=certificate,
        state=state,
    )
    with world.engine.database.connect() as connection:
        return int(connection.exec_driver_sql("SELECT max(id) FROM application").scalar_one())


@pytest.mark.parametrize(
    ("ends_on", "standing"),
    [
        (TODAY - timedelta(days=1), "ended"), (TODAY, "late"), (date(2026, 4, 1), "late"),
        (date(2026, 4, 2), "no_e_onay"), (date(2026, 6, 2), "no_e_onay"),
        (date(2026, 6, 3), "on_track"),
    ],
)  # fmt: skip
def test_a_line_is_moved_on_the_day_that_policy_names(
    world: World, ends_on: date, standing: str
) -> None:
    me = world.person()
    world.certificate(me, LATER)
    world.write("UPDATE certificate SET ends_on = :day", day=ends_on)
    look(world, me)
    assert standings(world) == [standing]


def test_what_is_under_way_is_neither_late_nor_over(world: World) -> None:
    me = world.person()
    number = world.certificate(me, LATER)
    case = apply(world, number)
    for ends_on in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=20)):
        world.write("UPDATE certificate SET ends_on = :day", day=ends_on)
        look(world, me)
        assert standings(world) == ["on_track"], ends_on
    for state, standing in (
        ("e_onay", "no_e_onay"), ("held", "held"), ("couriered", "with_courier"),
        ("awaiting_collection", "not_fetched"), ("rejected", "late"), ("cancelled", "late"),
    ):  # fmt: skip
        world.write("UPDATE application SET state = :state WHERE id = :id", state=state, id=case)
        look(world, me)
        assert standings(world) == [standing], state


def test_of_several_applications_the_newest_one_that_is_not_spent_is_told_of(world: World) -> None:
    me = world.person()
    number = world.certificate(me, LATER)
    first, second = apply(world, number, "delivered"), apply(world, number, "held")
    look(world, me)
    assert standings(world) == ["held"]
    world.write("UPDATE application SET state = 'cancelled' WHERE id = :id", id=second)
    look(world, me)
    assert standings(world) == ["not_active"]
    world.write("UPDATE application SET state = 'lost' WHERE id = :id", id=first)
    look(world, me)
    assert standings(world) == ["on_track"]


def test_a_new_certificate_takes_the_place_of_the_old_one_once_it_is_in_use(world: World) -> None:
    me = world.person()
    old = world.certificate(me, date(2026, 4, 20))
    case = apply(world, old, "delivered")
    new = world.certificate(me, date(2029, 4, 20), "ff01")
    world.write("UPDATE application SET certificate_id = :new WHERE id = :id", new=new, id=case)
    world.write("UPDATE certificate SET application_id = :case WHERE id = :new", case=case, new=new)

    def lines() -> list[tuple[int, str]]:
        look(world, me)
        return [(row.certificate_id, row.standing) for row in world.all(RadarLine)]

    for state, expected in (
        ("suspended", [(old, "not_active")]),
        ("active", [(new, "on_track")]),
        ("suspended", [(old, "not_active")]),
    ):
        world.write("UPDATE certificate SET state = :state WHERE id = :new", state=state, new=new)
        assert lines() == expected, state
    world.write("UPDATE certificate SET state = 'revoked' WHERE id = :old", old=old)
    assert [number for number, _ in lines()] == [new]  # nothing else tells of it any more
    world.write("UPDATE certificate SET state = 'revoked'")
    assert lines() == []


def test_an_e_onay_for_an_older_text_is_none(world: World) -> None:
    me = world.person()
    world.certificate(me, LATER)
    consented(world, me)
    look(world, me)
    assert [row.consented for row in world.all(RadarLine)] == [True]
    world.write(
        "INSERT INTO terms (version, text, valid_from) VALUES ('EO.99/01 (BF.99/01)', 'x', :now)",
        now=world.clock.now() + timedelta(seconds=1),
    )
    look(world, me)
    assert [row.consented for row in world.all(RadarLine)] == [False]
    world.write("UPDATE consent SET terms_version = 'EO.99/01 (BF.99/01)', state = 'withdrawn'")
    look(world, me)
    assert [row.consented for row in world.all(RadarLine)] == [False]


# Summing.


def test_sums_of_the_units_above_are_those_of_summing_all(world: World) -> None:
    draw, now = Random(4), world.clock.now()
    world.write(  # a neighbour whose code begins alike
        "INSERT INTO institution (code, name, sort_key, parent_id, path) SELECT 'TEST-16-011',"
        " 'TEST Komşu', 'komşu', id, path || 'TEST-16-011/' FROM institution"
        " WHERE code = 'TEST-16'"
    )
    me = world.person()
    places = [row.id for row in world.all(Institution)]
    for number in range(24):
        certificate = world.certificate(me, LATER + timedelta(days=number % 3), f"c{number:x}1")
        world.write(
            "INSERT INTO radar_line VALUES (:id, :me, :place, :standing, :given, :day)",
            id=certificate, me=me, place=draw.choice(places), given=draw.random() < 0.5,
            standing=draw.choice(("late", "held", "on_track")), day=LATER,
        )  # fmt: skip

    def kept() -> dict[int, tuple[object, ...]]:
        return {
            row.institution_id: (row.total, row.unconsented, row.counts, row.own, row.days)
            for row in world.all(RadarFigure)
        }

    with world.engine.database.begin() as connection:
        figures.sum_above(connection, places, now)
    whole = kept()
    by_path = Counter[str]()
    paths = {row.id: row.path for row in world.all(Institution)}
    for line in world.all(RadarLine):
        by_path.update(
            path for path in paths.values() if paths[line.institution_id].startswith(path)
        )
    assert {paths[unit]: row[0] for unit, row in whole.items()} == {
        path: by_path[path] for path in paths.values()
    }
    world.write("UPDATE radar_figure SET total = 99, counts = '{}'")
    with world.engine.database.begin() as connection:
        figures.sum_all(connection, now)
    assert kept() == whole


def test_a_week_is_kept_on_its_first_sweep_and_six_weeks_long(world: World) -> None:
    world.certificate(world.person(), date(2027, 4, 20))
    sweep(world.engine)
    monday = date(2026, 3, 2)
    for week in range(1, figures.WEEKS_KEPT + 2):
        world.clock.advance(days=7)
        sweep(world.engine)
        weeks = sorted({row.week for row in world.all(RadarWeek)})
        first = max(week - figures.WEEKS_KEPT, 0)
        assert weeks == [monday + timedelta(weeks=n) for n in range(first, week + 1)]
    assert monday.weekday() == 0


# What a sweep is woken by.


@pytest.mark.parametrize(("about", "looked_at"), [("person_id", 1), ("institution_id", 2)])
def test_a_change_of_a_person_or_of_an_institution_has_its_people_looked_at(
    world: World, about: str, looked_at: int
) -> None:
    me, other = world.person(), world.person(ISMAIL, "İsmail", "Iraksak")
    for person, serial in ((me, "a1"), (other, "b2")):
        world.certificate(person, date(2026, 4, 20), serial)
    sweep(world.engine)
    settle(world)
    number = {"person_id": me, "institution_id": unit(world, "TEST-16-01-1")}[about]
    world.write(
        f"INSERT INTO data_change (at, actor, {about}, source, marks)"
        " VALUES (:at, 'user:5', :number, 'desk', '{}')",
        number=number,
        at=world.clock.now(),
    )
    assert sweep(world.engine) == looked_at


def test_a_unit_that_closed_has_nobody_who_is_late(world: World) -> None:
    world.certificate(world.person(), date(2026, 3, 20))
    sweep(world.engine)
    assert standings(world) == ["late"]
    world.write("UPDATE institution SET closed_on = '2026-03-02' WHERE code = 'TEST-16-01-1'")
    world.clock.advance(hours=6)
    sweep(world.engine)
    assert standings(world) == ["no_e_onay"]
