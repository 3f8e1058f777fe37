"""Claiming, releasing and taking over, apart from the states."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.desk import claims as desk
from handlers.people.register import enter_user
from states.cases.application import Application
from states.logs.desk import DeskEntry
from states.logs.journal import JournalEntry
from tests.kit.handlers.world import officer, operator
from tests.kit.web.staff import PAPERS, printed_code
from workflow.model.refusal import RuleFailed, UnknownCase

if TYPE_CHECKING:
    from tests.kit.handlers.world import World


@pytest.fixture
def case(world: World) -> int:
    """Give an application that waits for an officer, and three accounts with the ids 1 to 3."""
    with world.engine.database.begin() as connection:
        for number, role in enumerate(("officer", "officer", "operator"), start=1):
            name = f"Görevli {number}"
            assert enter_user(connection, name, [role], world.clock.now()) == number
    me = world.person()
    filed = world.file(me, "first")
    world.choose(filed, me, "in_person")
    return filed


def holder(world: World, case: int) -> int | None:
    return world.read(Application, case).holder_id


def said(world: World) -> list[tuple[str, str, str, str | None]]:
    return [(row.what, row.actor, row.role, row.text) for row in world.all(DeskEntry)]


def refusal(world: World, case: int, number: int = 2) -> str:
    with pytest.raises(RuleFailed) as caught:
        desk.claim(world.engine, case, officer(number))
    return caught.value.verdict.code


def test_a_claim_is_kept_and_moves_nothing(world: World, case: int) -> None:
    before = world.read(Application, case)
    assert desk.claim(world.engine, case, officer(1)) == desk.ClaimOutcome(1, changed=True)
    after = world.read(Application, case)
    assert after.holder_id == 1
    assert (after.state, after.version, after.head) == (before.state, before.version, before.head)
    assert said(world) == [("claimed", "user:1", "officer", "")]
    (entry,) = world.all(DeskEntry)
    assert (entry.workflow, entry.case_id, entry.at) == ("application", case, world.clock.now())


def test_who_claims_twice_holds_it_once(world: World, case: int) -> None:
    desk.claim(world.engine, case, officer(1))
    assert desk.claim(world.engine, case, officer(1)) == desk.ClaimOutcome(1, changed=False)
    assert len(said(world)) == 1


def test_what_another_holds_is_not_claimed_but_taken_over(world: World, case: int) -> None:
    desk.claim(world.engine, case, officer(1))
    assert refusal(world, case) == "desk.held"
    assert holder(world, case) == 1
    assert desk.take_over(world.engine, case, officer(2), 1) == desk.ClaimOutcome(2, changed=True)
    assert holder(world, case) == 2
    assert said(world)[1:] == [("taken_over", "user:2", "officer", "user:1")]


def test_a_case_is_not_taken_from_somebody_who_was_not_seen_to_hold_it(
    world: World, case: int
) -> None:
    desk.claim(world.engine, case, officer(1))
    with pytest.raises(RuleFailed) as caught:
        desk.take_over(world.engine, case, officer(2), 3)
    assert caught.value.verdict.code == "desk.held"
    assert caught.value.verdict.params == {"holder": 1}
    assert holder(world, case) == 1


def test_what_was_given_back_meanwhile_is_claimed(world: World, case: int) -> None:
    desk.claim(world.engine, case, officer(1))
    assert desk.release(world.engine, case, officer(1))
    assert desk.take_over(world.engine, case, officer(2), 1) == desk.ClaimOutcome(2, changed=True)
    assert [what for what, *_ in said(world)] == ["claimed", "released", "claimed"]


def test_nobody_takes_over_from_himself(world: World, case: int) -> None:
    desk.claim(world.engine, case, officer(1))
    assert desk.take_over(world.engine, case, officer(1), 1) == desk.ClaimOutcome(1, changed=False)
    assert len(said(world)) == 1


def test_only_the_holder_gives_a_case_back_and_only_once(world: World, case: int) -> None:
    desk.claim(world.engine, case, officer(1))
    assert not desk.release(world.engine, case, officer(2))
    assert holder(world, case) == 1
    assert desk.release(world.engine, case, officer(1))
    assert not desk.release(world.engine, case, officer(1))
    assert holder(world, case) is None
    assert [what for what, *_ in said(world)] == ["claimed", "released"]


def test_with_the_next_move_a_case_is_free_again(world: World, case: int) -> None:
    desk.claim(world.engine, case, officer(1))
    papers = {"documents": PAPERS, "verification_code": printed_code(world, case)}
    world.engine.fire(case, "register_paper", officer(1), papers)
    assert holder(world, case) is None
    assert desk.claim(world.engine, case, officer(2)).changed


def test_the_moves_of_a_case_do_not_ask_who_holds_it(world: World, case: int) -> None:
    desk.claim(world.engine, case, officer(1))
    seen = world.read(Application, case).version
    world.engine.fire(case, "return_to_applicant", officer(2), {}, seen, "not_signed")
    assert world.state(case) == "returned_to_applicant"
    assert world.all(JournalEntry, case_id=case)[-1].actor == "user:2"


def test_only_a_role_that_carries_the_case_on_from_here_claims_it(world: World, case: int) -> None:
    with pytest.raises(RuleFailed) as caught:
        desk.claim(world.engine, case, operator(3))
    assert caught.value.verdict.code == "desk.not_for_you"
    with pytest.raises(RuleFailed) as caught:
        desk.take_over(world.engine, case, operator(3), 1)
    assert caught.value.verdict.code == "desk.not_for_you"
    world.engine.fire(case, "cancel_by_office", officer(1), reason="withdrawn")
    assert refusal(world, case) == "desk.not_for_you"
    assert said(world) == []


def test_nobody_takes_up_his_own_application(world: World, case: int) -> None:
    himself = replace(officer(1), person_id=world.read(Application, case).person_id)
    with pytest.raises(RuleFailed) as caught:
        desk.claim(world.engine, case, himself)
    assert caught.value.verdict.code == "desk.own_case"
    assert holder(world, case) is None


def test_a_case_that_is_not_there_is_not_claimed(world: World, case: int) -> None:
    with pytest.raises(UnknownCase):
        desk.claim(world.engine, case + 1, officer(1))


def test_of_several_who_claim_at_once_one_wins_and_the_others_read_who(
    world: World, case: int
) -> None:
    with world.engine.database.begin() as connection:
        for number in range(4, 8):
            enter_user(connection, f"Görevli {number}", ["officer"], world.clock.now())

    def attempt(number: int) -> tuple[int, bool]:
        try:
            return desk.claim(world.engine, case, officer(number)).holder_id, True
        except RuleFailed as error:
            return int(str(error.verdict.params["holder"])), False

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(attempt, range(4, 8)))
    (winner,) = {number for number, _ in found}
    assert [won for _, won in found].count(True) == 1
    assert holder(world, case) == winner
    assert len(said(world)) == 1


def test_of_several_who_take_over_at_once_one_wins(world: World, case: int) -> None:
    desk.claim(world.engine, case, officer(1))
    with world.engine.database.begin() as connection:
        enter_user(connection, "Görevli 4", ["officer"], world.clock.now())

    def attempt(number: int) -> bool:
        try:
            return desk.take_over(world.engine, case, officer(number), 1).changed
        except RuleFailed:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, (2, 4))) == [False, True]
    assert [what for what, *_ in said(world)] == ["claimed", "taken_over"]


def test_an_actor_without_an_account_has_no_number() -> None:
    with pytest.raises(LookupError):
        desk.user_id(replace(officer(1), name="person:1"))
