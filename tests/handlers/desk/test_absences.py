"""Who of the desk is away: what may be entered, and what becomes of the cases that they hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.desk import absences, assignment, claims
from handlers.desk.absences import PlannedAbsence
from states.cases.application import Application
from states.kit.invalid import Invalid
from states.logs.desk import DeskEntry
from states.people.absence import Absence
from tests.handlers.accounts.test_apart import on_paper
from tests.handlers.desk.test_assignment import COLLEAGUE, ME, OPERATOR, THIRD, case, lead
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import human, officer, open_account, operator

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

__all__ = ["case"]

TODAY = date(2026, 3, 2)
WEEK = TODAY + timedelta(days=7)


def away(
    account: int, first: date = TODAY, last: date = WEEK, deputy: int | None = None
) -> PlannedAbsence:
    return PlannedAbsence(account, first, last, deputy)


def today(world: World) -> date:
    assert world.clock.now().date() == TODAY
    return TODAY


def test_what_somebody_holds_is_free_again_on_the_first_day(world: World, case: int) -> None:
    claims.claim(world.engine, case, officer(ME))
    absences.enter(world.engine, officer(ME), away(ME, today(world)))
    assert world.read(Application, case).holder_id is None
    line = world.all(DeskEntry)[-1]
    assert (line.what, line.actor, line.role, line.text) == (
        "released", "user:1", "officer", "user:1 absent",
    )  # fmt: skip
    (row,) = world.all(Absence)
    assert (row.handed_at, row.noted_by, row.ended_at) == (world.clock.now(), "user:1", None)
    assert absences.hand_over(world.engine) == 0


def test_a_deputy_is_given_it_when_the_day_comes(world: World, case: int) -> None:
    claims.claim(world.engine, case, officer(ME))
    tomorrow = TODAY + timedelta(days=1)
    absences.enter(world.engine, officer(ME), away(ME, tomorrow, deputy=COLLEAGUE))
    assert absences.hand_over(world.engine) == 0
    assert world.read(Application, case).holder_id == ME
    world.clock.advance(days=1)
    assert absences.hand_over(world.engine) == 1
    assert world.read(Application, case).holder_id == COLLEAGUE
    line = world.all(DeskEntry)[-1]
    assert (line.what, line.actor, line.role, line.text) == (
        "assigned", "system:absences", "system", "user:2",
    )  # fmt: skip
    assert absences.hand_over(world.engine) == 0


@pytest.mark.parametrize("how", ["own", "closed", "away"])
def test_what_the_deputy_could_not_take_up_is_free(world: World, case: int, how: str) -> None:
    claims.claim(world.engine, case, officer(ME))
    tomorrow = TODAY + timedelta(days=1)
    absences.enter(world.engine, officer(ME), away(ME, tomorrow, deputy=COLLEAGUE))
    if how == "own":
        world.write("UPDATE application SET person_id = :person", person=human(COLLEAGUE))
    elif how == "closed":
        world.write("UPDATE office_user SET active = false WHERE id = :id", id=COLLEAGUE)
    else:
        absences.enter(world.engine, officer(COLLEAGUE), away(COLLEAGUE))
    world.clock.advance(days=1)
    assert absences.hand_over(world.engine) == 1
    assert world.read(Application, case).holder_id is None


def test_production_that_was_left_alone_is_tried_at_once(world: World) -> None:
    queued = on_paper(world)
    with world.engine.database.begin() as connection:
        number = open_account(connection, "Üretim", "operator", world.clock.now())
    claims.claim(world.engine, queued, operator(number))
    later = world.clock.now() + timedelta(days=9)
    world.write("UPDATE application SET due_at = :later WHERE id = :id", id=queued, later=later)
    absences.enter(world.engine, operator(number), away(number))
    row = world.read(Application, queued)
    assert (row.holder_id, row.due_at) == (None, world.clock.now())


def test_nobody_who_is_away_is_given_a_case_and_the_load_says_until_when(
    world: World, case: int
) -> None:
    claims.claim(world.engine, case, officer(ME))
    absences.enter(world.engine, officer(COLLEAGUE), away(COLLEAGUE))
    with denied("desk.colleague_away", until=WEEK):
        assignment.assign(world.engine, case, officer(ME), COLLEAGUE)
    with world.engine.database.connect() as connection:
        loads = assignment.loads(connection, "officer", TODAY)
        later = assignment.loads(connection, "officer", WEEK + timedelta(days=1))
        assert absences.away(connection, WEEK) == {COLLEAGUE: WEEK}
        assert absences.away(connection, TODAY - timedelta(days=1)) == {}
    assert {one.user_id: one.away_until for one in loads} == {
        ME: None, COLLEAGUE: WEEK, THIRD: None,
    }  # fmt: skip
    assert {one.away_until for one in later} == {None}
    assert world.read(Application, case).holder_id == ME


@pytest.mark.usefixtures("case")
def test_only_the_head_enters_and_ends_what_is_another_s(world: World) -> None:
    for planned in (away(COLLEAGUE), away(99)):
        with denied("absence.not_yours"):
            absences.enter(world.engine, officer(ME), planned)
    lead(world, ME)
    with denied("absence.not_yours"):  # the operators' desk is another
        absences.enter(world.engine, officer(ME), away(OPERATOR))
    absences.enter(world.engine, officer(ME), away(COLLEAGUE))
    (row,) = world.all(Absence)
    assert (row.user_id, row.noted_by) == (COLLEAGUE, "user:1")
    with denied("absence.not_yours"):
        absences.end(world.engine, officer(THIRD), row.id)
    with pytest.raises(LookupError):
        absences.end(world.engine, officer(ME), 999)
    with world.engine.database.connect() as connection:
        (shown,) = absences.coming(connection, "officer", TODAY)
        assert (shown.user_id, shown.name, shown.deputy) == (COLLEAGUE, "B", None)
        assert absences.coming(connection, "operator", TODAY) == []
        assert absences.coming(connection, "officer", WEEK + timedelta(days=1)) == []
    assert absences.end(world.engine, officer(ME), row.id)
    assert not absences.end(world.engine, officer(COLLEAGUE), row.id)
    (row,) = world.all(Absence)
    assert (row.ended_by, row.ended_at) == ("user:1", world.clock.now())
    with world.engine.database.connect() as connection:
        assert absences.away(connection, TODAY) == {}
        assert absences.coming(connection, "officer", TODAY) == []


@pytest.mark.usefixtures("case")
def test_what_is_over_can_not_be_ended(world: World) -> None:
    absences.enter(world.engine, officer(ME), away(ME, last=TODAY))
    world.clock.advance(days=1)
    (row,) = world.all(Absence)
    assert not absences.end(world.engine, officer(ME), row.id)


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(
    ("first", "last"), [(0, -1), (-3, -1), (0, 366), (1, 0)], ids=["turned", "over", "long", "back"]
)
def test_days_that_are_none_are_refused(world: World, first: int, last: int) -> None:
    days = (TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    with pytest.raises(Invalid) as refused:
        absences.enter(world.engine, officer(ME), away(ME, *days))
    assert (refused.value.code, refused.value.params) == ("absence.days", {"most": 366})
    assert world.all(Absence) == []


@pytest.mark.usefixtures("case")
def test_the_longest_absence_is_a_year(world: World) -> None:
    absences.enter(world.engine, officer(ME), away(ME, last=TODAY + timedelta(days=365)))
    assert len(world.all(Absence)) == 1


@pytest.mark.usefixtures("case")
def test_two_of_the_same_days_are_refused(world: World) -> None:
    absences.enter(world.engine, officer(ME), away(ME))
    for first, last in ((WEEK, WEEK + timedelta(days=1)), (TODAY, TODAY)):
        with denied("absence.overlaps"):
            absences.enter(world.engine, officer(ME), away(ME, first, last))
    after = WEEK + timedelta(days=1)
    absences.enter(world.engine, officer(ME), away(ME, after, after))
    assert len(world.all(Absence)) == 2


@pytest.mark.usefixtures("case")
def test_a_deputy_is_another_of_the_role_who_is_there(world: World) -> None:
    absences.enter(world.engine, officer(THIRD), away(THIRD, WEEK, WEEK))
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=COLLEAGUE)
    for deputy in (ME, OPERATOR, COLLEAGUE, THIRD, 99):
        with denied("absence.deputy"):
            absences.enter(world.engine, officer(ME), away(ME, deputy=deputy))
    day = WEEK - timedelta(days=1)
    absences.enter(world.engine, officer(ME), away(ME, last=day, deputy=THIRD))
    with world.engine.database.connect() as connection:
        found = absences.coming(connection, "officer", TODAY)
    assert [(one.user_id, one.deputy) for one in found] == [(ME, "D"), (THIRD, None)]
