"""The kept figures of the radar against counting anew, after whatever happens."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from handlers.people.register import NewPerson, enter_person, find_institution
from handlers.radar import sweep as sweeping
from handlers.radar.lines import overdue_of, standing_of
from handlers.radar.needs import known_columns, needs
from handlers.radar.sweep import sweep
from handlers.ways.asked import routing_day
from states.cases.certificate import Certificate
from states.people.institution import Institution
from states.people.radar import RadarFigure, RadarLine, RadarSweep, RadarWeek
from tests.kit.handlers.world import AYSE, ISMAIL, applicant, officer
from web.demo.wave.invented import tckn_of
from workflow.model.refusal import Refused
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

SCHOOLS = ("TEST-16-01-1", "TEST-16-01-2", "TEST-16-02-1", "TEST-16-01")
TODAY = date(2026, 3, 2)

Figures = dict[str, tuple[int, int, dict[str, int], dict[str, int], dict[str, int]]]


def figures(world: World) -> Figures:
    """Return the kept figures of the units that have any, by their codes."""
    query = select(RadarFigure.__table__, Institution.code).join(
        Institution, Institution.id == RadarFigure.institution_id
    )
    with world.engine.database.connect() as connection:
        rows = connection.execute(query).all()
    return {
        r.code: (r.total, r.unconsented, r.counts, r.own, r.days) for r in rows if r.total
    }  # fmt: skip


def anew(world: World) -> Figures:
    """Count the same one by one, each person for themselves and every unit above."""
    routing = routing_day(world.engine)
    columns = [*known_columns(), Institution.path, Institution.code]
    with world.engine.database.connect() as connection:
        rows = connection.execute(needs().with_only_columns(*columns)).all()
        late = overdue_of(connection, rows, routing)
    counts: dict[str, Counter[str]] = {}
    own: dict[str, Counter[str]] = {}
    days: dict[str, Counter[str]] = {}
    lacking: Counter[str] = Counter()
    for row in rows:
        standing = standing_of(row, routing, overdue=row.id in late).value
        own.setdefault(row.code, Counter())[standing] += 1
        for code in row.path.strip("/").split("/"):
            counts.setdefault(code, Counter())[standing] += 1
            days.setdefault(code, Counter())[row.ends_on.isoformat()] += 1
            lacking[code] += not row.consented
    return {
        code: (
            found.total(), lacking[code], dict(found), dict(own.get(code, {})), dict(days[code])
        )
        for code, found in counts.items()
    }  # fmt: skip


def strike(world: World, certificate_id: int) -> None:
    """Have an officer strike the record of a certificate that there is not."""
    world.engine.fire(certificate_id, "strike", officer(), workflow="certificate", reason="no_such")


def settle(world: World) -> None:
    """Let so much time go by that nothing that was written down is new any more."""
    for _ in range(2):
        world.clock.advance(minutes=10)
        seen = sweep(world.engine)
    assert seen == 0


class Crowd:
    """People with certificates to whom things happen at random."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.draw, self.free = world, Random(seed), map(tckn_of, count(1))
        self.people: dict[int, int] = {}
        self.done: Counter[str] = Counter()

    def happen(self) -> None:
        """Let one thing happen; what the office refuses has not."""
        acts = (self.arrive, self.arrive, self.apply, self.cancel, self.strike, self.move, self.day)
        act = self.draw.choice(acts)
        try:
            act()
        except Refused:
            return
        self.done[act.__name__] += 1

    def arrive(self) -> None:
        """Enter somebody with a certificate that ended, ends soon or late."""
        database = self.world.engine.database
        with database.begin() as connection:
            unit = find_institution(connection, self.draw.choice(SCHOOLS))
            assert unit is not None
            new = NewPerson(next(self.free), "Can", "Deneme", unit.id, "TEST Sokağı 1", None)
            me = enter_person(connection, self.world.services.vault, new, self.world.clock.now())
        ends_on = self.today + timedelta(days=self.draw.choice((0, 1, 5, 29, 40, 80, 95, 400)))
        serial = f"a{me:x}{self.draw.randrange(16**6):06x}"
        enter = self.draw.choice((self.world.certificate, self.world.stated))
        self.people[me] = enter(me, ends_on, serial)

    @property
    def today(self) -> date:
        """The day of the office."""
        return routing_day(self.world.engine).today

    def one(self) -> int:
        """Return one of them."""
        if not self.people:
            self.arrive()
        return self.draw.choice(sorted(self.people))

    def apply(self) -> None:
        """File a renewal."""
        me = self.one()
        self.world.file(me, "renewal", self.people[me])

    def cancel(self) -> None:
        """Give up an application that is open."""
        me = self.one()
        with self.world.engine.database.connect() as connection:
            query = text("SELECT id FROM application WHERE person_id = :me AND state = 'draft'")
            found = connection.scalar(query, {"me": me})
        if found is not None:
            self.world.engine.fire(found, "cancel", applicant(me))

    def strike(self) -> None:
        """Strike a certificate, if it was only stated."""
        me = self.one()
        strike(self.world, self.people[me])

    def move(self) -> None:
        """Have somebody work at another unit, as a list brings it."""
        code, me = self.draw.choice(SCHOOLS), self.one()
        self.world.write(
            "UPDATE person SET institution_id = (SELECT id FROM institution WHERE code = :code)"
            " WHERE id = :me", code=code, me=me,
        )  # fmt: skip
        self.world.write(
            "INSERT INTO data_change (at, actor, person_id, source, marks)"
            " VALUES (:at, 'user:5', :me, 'list:0', '{}')", at=self.world.clock.now(), me=me,
        )  # fmt: skip

    def day(self) -> None:
        """Let days go by."""
        self.world.clock.advance(days=self.draw.choice((0, 0, 1, 30)))


@pytest.mark.parametrize("seed", range(3))
def test_the_kept_figures_are_those_of_counting_anew(world: World, seed: int) -> None:
    crowd = Crowd(world, seed)
    for _ in range(8):
        for _ in range(6):
            crowd.happen()
        world.clock.advance(minutes=1)
        sweep(world.engine)
        assert figures(world) == anew(world)
    assert figures(world)["TEST"][0] > len(SCHOOLS)
    assert set(crowd.done) == {"arrive", "apply", "cancel", "strike", "move", "day"}


def test_a_sweep_looks_at_those_only_of_whom_something_was_written_down(world: World) -> None:
    me, other = world.person(), world.person(ISMAIL, "İsmail", "Iraksak")
    world.certificate(me, date(2026, 4, 20))
    world.certificate(other, date(2026, 4, 20), "d4e5f6")
    assert sweep(world.engine) == 2
    settle(world)
    case = world.file(me, "renewal", world.all(Certificate, person_id=me)[0].id)
    assert sweep(world.engine) == 1
    assert figures(world)["TEST"][2] == {"no_e_onay": 1, "on_track": 1}
    world.engine.fire(case, "cancel", applicant(me))
    world.clock.advance(minutes=4)
    assert sweep(world.engine) == 1
    assert figures(world)["TEST"][2] == {"no_e_onay": 2}


def test_with_a_new_day_whose_day_has_come_is_moved(world: World) -> None:
    world.certificate(world.person(), date(2026, 4, 2))
    sweep(world.engine)
    assert figures(world)["TEST-16"][2] == {"no_e_onay": 1}
    world.clock.advance(days=1)
    sweep(world.engine)
    assert figures(world)["TEST-16"][2] == {"late": 1}
    world.clock.advance(days=31)
    sweep(world.engine)
    assert figures(world)["TEST-16"][2] == {"ended": 1}


def test_everybody_is_looked_at_again_after_some_hours_and_after_a_broken_off_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = world.person()
    world.certificate(me, date(2026, 4, 20))
    sweep(world.engine)
    settle(world)
    world.write("UPDATE certificate SET ends_on = '2026-05-20'")  # and nobody wrote it down
    world.clock.advance(hours=5, minutes=39)
    assert sweep(world.engine) == 0
    world.clock.advance(minutes=1)

    def break_off(*_: Any) -> None:  # noqa: ANN401 - whatever it is called with
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("handlers.radar.sweep.figures.sum_all", break_off)
        with pytest.raises(RuntimeError):
            sweep(world.engine)
    (state,) = world.all(RadarSweep)
    assert state.whole_at is None
    assert figures(world)["TEST"][4] == {"2026-04-20": 1}
    assert sweep(world.engine) == 1
    assert figures(world)["TEST"][4] == {"2026-05-20": 1}


def test_one_worker_at_a_time_keeps_the_radar(world: World) -> None:
    world.certificate(world.person(), date(2026, 4, 20))
    with held_alone(world.engine, sweeping.LOCK, 1) as holder:
        assert holder is not None
        assert sweep(world.engine) == 0
    assert world.all(RadarLine) == []
    assert sweep(world.engine) == 1


def test_many_people_are_looked_at_some_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 1)
    for tckn, serial in ((AYSE, "a1"), (ISMAIL, "b2")):
        world.stated(world.person(tckn), date(2026, 4, 20), serial)
    assert sweep(world.engine) == 2
    assert figures(world)["TEST"][0] == 2
    for row in world.all(Certificate):
        strike(world, row.id)
    assert sweep(world.engine) == 2
    assert figures(world) == {}


def test_a_new_text_of_the_e_onay_has_everybody_looked_at(world: World) -> None:
    world.certificate(world.person(), date(2026, 4, 20))
    sweep(world.engine)
    settle(world)
    world.write("UPDATE radar_sweep SET terms = 'older'")
    assert sweep(world.engine) == 1


def test_a_parent_that_points_round_in_a_circle_counts_nobody_twice(world: World) -> None:
    world.certificate(world.person(), date(2026, 4, 20))
    world.write(
        "UPDATE institution SET parent_id = (SELECT id FROM institution WHERE code = :leaf)"
        " WHERE code = 'TEST'", leaf="TEST-16-01-1",
    )  # fmt: skip
    sweep(world.engine)
    assert figures(world) == anew(world)
    assert figures(world)["TEST"][0] == 1


def test_the_figures_of_a_week_are_kept_once_and_forgotten_in_time(world: World) -> None:
    world.certificate(world.person(), date(2027, 4, 20))
    sweep(world.engine)
    world.certificate(world.person(ISMAIL), date(2027, 4, 21), "d4e5f6")
    sweep(world.engine)
    weeks = world.all(RadarWeek)
    assert {row.week for row in weeks} == {TODAY}
    assert max(row.total for row in weeks) == 1
    world.clock.advance(days=7 * 7)
    sweep(world.engine)
    assert {row.week for row in world.all(RadarWeek)} == {TODAY + timedelta(weeks=7)}
    world.clock.advance(days=2)
    sweep(world.engine)
    assert {row.week for row in world.all(RadarWeek)} == {TODAY + timedelta(weeks=7)}
