"""Giving a case to a colleague: who may, to whom, and what is written of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.desk import assignment, claims, heads
from states.cases.application import Application
from states.logs.desk import DeskEntry
from states.people.user import User
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import human, officer, open_account
from tests.kit.web.staff import under_review
from workflow.engine.attempts import code_of

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


def lead(world: World, account: int) -> None:
    """Make an account the head of its desk."""
    world.write("UPDATE office_user SET leads = true WHERE id = :id", id=account)


def test_a_head_gives_a_free_case_and_the_line_says_to_whom(world: World, case: int) -> None:
    with denied("desk.head_gives"):
        assignment.assign(world.engine, case, officer(ME), COLLEAGUE)
    lead(world, ME)
    assignment.assign(world.engine, case, officer(ME), COLLEAGUE)
    assert world.read(Application, case).holder_id == COLLEAGUE
    (line,) = world.all(DeskEntry)
    assert (line.what, line.actor, line.role, line.text) == (
        "assigned", "user:1", "officer", "user:2",
    )  # fmt: skip


def test_one_s_own_case_is_handed_on_and_another_s_only_by_the_head(
    world: World, case: int
) -> None:
    claims.claim(world.engine, case, officer(ME))
    assignment.assign(world.engine, case, officer(ME), COLLEAGUE)
    with denied("desk.held", holder=COLLEAGUE):
        assignment.assign(world.engine, case, officer(ME), THIRD)
    assert world.read(Application, case).holder_id == COLLEAGUE
    lead(world, ME)
    assignment.assign(world.engine, case, officer(ME), THIRD)
    assert world.read(Application, case).holder_id == THIRD
    with denied("desk.held", holder=THIRD):  # they have it already
        assignment.assign(world.engine, case, officer(ME), THIRD)
    assert [line.what for line in world.all(DeskEntry)] == ["claimed", "assigned", "assigned"]


def test_a_head_of_another_desk_or_without_an_account_gives_nothing(
    world: World, case: int
) -> None:
    lead(world, ME)
    world.write("UPDATE office_user SET roles = ARRAY['operator'] WHERE id = :id", id=ME)
    with denied("desk.rights_changed"):
        assignment.assign(world.engine, case, officer(ME), COLLEAGUE)
    with world.engine.database.connect() as connection:
        assert heads.leads(connection, ME, "operator")
        assert not heads.leads(connection, ME, "officer")
        assert not heads.leads(connection, OPERATOR, "operator")
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=ME)
    with world.engine.database.connect() as connection:
        assert not heads.leads(connection, ME, "operator")


def test_several_are_given_each_on_its_own_merits(world: World, case: int) -> None:
    lead(world, ME)
    refusals = assignment.assign_many(world.engine, [case, 999_999], officer(ME), COLLEAGUE)
    assert [type(one).__name__ for one in refusals] == ["UnknownCase"]
    assert world.read(Application, case).holder_id == COLLEAGUE
    again = assignment.assign_many(world.engine, [case], officer(ME), COLLEAGUE)
    assert [code_of(one) for one in again] == ["desk.held"]


def test_nobody_is_given_what_they_could_not_take_up(world: World, case: int) -> None:
    lead(world, ME)
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
