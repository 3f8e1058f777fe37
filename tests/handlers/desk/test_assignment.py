"""Giving a case to a colleague: who may, to whom, and what is written of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.desk import assignment, claims
from states.cases.application import Application
from states.logs.desk import DeskEntry
from states.people.user import User
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import human, officer, open_account
from tests.kit.web.staff import under_review

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

ME, COLLEAGUE, OPERATOR, THIRD = 1, 2, 3, 4


@pytest.fixture
def case(world: World) -> int:
    """Enter four accounts; give an application under review."""
    with world.engine.database.begin() as connection:
        for name, role in (("A", "officer"), ("B", "officer"), ("C", "operator"), ("D", "officer")):
            open_account(connection, name, role, world.clock.now())
    return under_review(world, ME)


def test_a_free_case_goes_to_a_colleague_and_the_line_says_to_whom(world: World, case: int) -> None:
    assignment.assign(world.engine, case, officer(ME), COLLEAGUE)
    assert world.read(Application, case).holder_id == COLLEAGUE
    (line,) = world.all(DeskEntry)
    assert (line.what, line.actor, line.role, line.text) == (
        "assigned", "user:1", "officer", "user:2",
    )  # fmt: skip


def test_one_s_own_case_is_handed_on_and_another_s_is_not(world: World, case: int) -> None:
    claims.claim(world.engine, case, officer(ME))
    assignment.assign(world.engine, case, officer(ME), COLLEAGUE)
    with denied("desk.held", holder=COLLEAGUE):
        assignment.assign(world.engine, case, officer(ME), THIRD)
    assert world.read(Application, case).holder_id == COLLEAGUE
    assert [line.what for line in world.all(DeskEntry)] == ["claimed", "assigned"]


def test_nobody_is_given_what_they_could_not_take_up(world: World, case: int) -> None:
    for other in (OPERATOR, 99):
        with denied("desk.not_for_colleague"):
            assignment.assign(world.engine, case, officer(ME), other)
    world.write("UPDATE application SET person_id = :person", person=human(COLLEAGUE))
    with denied("desk.not_for_colleague"):
        assignment.assign(world.engine, case, officer(ME), COLLEAGUE)
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=THIRD)
    with denied("desk.not_for_colleague"):
        assignment.assign(world.engine, case, officer(ME), THIRD)
    assert world.all(DeskEntry) == []
    assert world.read(Application, case).holder_id is None


def test_the_load_counts_what_is_held_late_and_due_soon_of_one_role(
    world: World, case: int
) -> None:
    claims.claim(world.engine, case, officer(COLLEAGUE))
    with world.engine.database.connect() as connection:
        day = world.read(Application, case).deadline
        found = {
            at: assignment.loads(connection, "officer", moment)
            for at, moment in (("on", day), ("after", day.replace(year=day.year + 1)))
        }
    names = [one.name for one in found["on"]]
    assert names == [user.name for user in world.all(User) if "officer" in user.roles]
    held = {one.user_id: (one.held, one.late, one.soon) for one in found["on"]}
    assert held == {ME: (0, 0, 0), COLLEAGUE: (1, 0, 1), THIRD: (0, 0, 0)}
    late = {one.user_id: (one.held, one.late, one.soon) for one in found["after"]}
    assert late[COLLEAGUE] == (1, 1, 0)
