"""Who may propose a letter to units, who is its second pair of eyes, and what cannot be sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.unit_letters import register
from handlers.unit_letters.payloads import Distribution
from handlers.unit_letters.unit_letter import account_of
from states.cases.requests.unit_letter import UnitLetter
from states.logs.journal import JournalEntry
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.unit_letters import WORDS
from tests.kit.handlers.world import SYSTEM
from workflow.model.entry import parsed
from workflow.model.refusal import ReasonMissing, RoleNotAllowed, SamePerson

if TYPE_CHECKING:
    from tests.kit.handlers.unit_letters import Letters
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor


def fire(world: World, case: int, trigger: str, who: Actor, reason: str | None = None) -> None:
    """Decide about a draft."""
    world.engine.fire(case, trigger, who, reason=reason, workflow="unit_letter")


def propose(letters: Letters, who: Actor, said: dict[str, object], **other: object) -> int:
    """Propose with a payload as it may come."""
    values = {"institution_id": letters.place(), **WORDS, **other}
    return letters.world.engine.open("unit_letter", "propose", who, values, said)


def test_a_draft_is_kept_with_its_list_in_the_order_of_the_tree(
    world: World, letters: Letters, first: Actor
) -> None:
    case = letters.draft(
        first, action=("TEST-16-02", "TEST-16-01-2", "TEST-16-01"), info=("TEST-16-02-1",)
    )
    copies = letters.copies(case)
    assert {code: (one.place, one.purpose, one.outcome) for code, one in copies.items()} == {
        "TEST-16-01": (1, "action", None), "TEST-16-01-2": (2, "action", None),
        "TEST-16-02": (3, "action", None), "TEST-16-02-1": (4, "info", None),
    }  # fmt: skip
    [entry] = world.all(JournalEntry, case_id=case)
    assert parsed(entry.body)["details"] == {
        "institution": letters.place(), "wording": "renewal", "action": 3, "info": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"wording": "x"}, "wording"),
        ({"subject": " "}, "no_subject"),
        ({"contact_name": ""}, "no_contact_name"),
        ({"contact_phone": None, "contact_email": None}, "unreachable_contact"),
        ({"about": "x" * 501}, "too_long"),
        ({"addition": "10000000146"}, "identity"),
        ({"addition": "𓀀"}, "unseen"),
    ],
)
def test_words_that_no_letter_can_have_are_refused_and_nothing_is_kept(
    world: World, letters: Letters, first: Actor, change: dict[str, object], why: str
) -> None:
    with denied(f"unit_letter.{why}"):
        letters.draft(first, **change)  # type: ignore[arg-type]
    assert world.all(UnitLetter) == []


def test_one_way_to_reach_the_contact_is_enough(letters: Letters, first: Actor) -> None:
    assert letters.draft(first, contact_phone=None)
    assert letters.draft(first, contact_email=None)


def test_units_that_cannot_be_written_to_are_refused_and_nothing_is_kept(
    world: World, letters: Letters, first: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = letters.place
    letters.close("TEST-16-02-1", date(2026, 3, 2))
    for units, why in (
        ((), "no_units"), ((place(),), "foreign_unit"), ((place("TEST-06"),), "foreign_unit"),
        ((place("TEST"),), "foreign_unit"), ((99_999,), "foreign_unit"),
        ((place("TEST-16-01"),) * 2, "twice"), ((place("TEST-16-02-1"),), "closed_unit"),
    ):  # fmt: skip
        with denied(f"unit_letter.{why}"):
            propose(letters, first, {"action": units})
    unit = place("TEST-16-01")
    with denied("unit_letter.twice"):
        propose(letters, first, dict(Distribution((unit,), (unit,)).payload()))
    for action in (None, "x", ["1", True]):
        with denied("unit_letter.no_units"):
            propose(letters, first, {"action": action})
    monkeypatch.setattr("handlers.unit_letters.unit_letter.MOST_UNITS", 1)
    with denied("unit_letter.too_many"):
        letters.draft(first)
    assert world.all(UnitLetter) == []
    assert letters.draft(first, action=("TEST-16-01",))


def test_only_a_coordinator_of_the_sender_proposes(
    world: World, letters: Letters, first: Actor
) -> None:
    for code in ("TEST-16-01", "TEST-06", "TEST"):
        with denied("unit_letter.other_institution"):
            letters.draft(letters.coordinator(code))
    with pytest.raises(RoleNotAllowed):
        letters.draft(SYSTEM)
    letters.close("TEST-16", date(2026, 3, 2))
    with denied("unit_letter.sender_closed"):
        letters.draft(first)
    assert world.all(UnitLetter) == []


def test_two_people_are_needed_and_the_second_is_of_the_same_institution(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.draft(first)
    for trigger, reason in (("approve", None), ("refuse", "Karar")):
        with pytest.raises(SamePerson):
            fire(world, case, trigger, first, reason)
        with denied("unit_letter.other_institution"):
            fire(world, case, trigger, letters.coordinator("TEST-16-01"), reason)
    with pytest.raises(ReasonMissing):
        fire(world, case, "refuse", second)
    with denied("unit_letter.not_yours"):
        fire(world, case, "withdraw", second)
    fire(world, case, "refuse", second, "Konu yanlış")
    assert letters.letter(case).state == "refused"
    other = letters.draft(first)
    fire(world, other, "withdraw", first)
    assert letters.letter(other).state == "withdrawn"


def test_a_draft_whose_proposer_left_or_whose_units_all_closed_is_not_approved(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.draft(first)
    letters.close("TEST-16-01", date(2026, 3, 2))
    letters.close("TEST-16-02", date(2026, 3, 2))
    with denied("unit_letter.no_units_left"):
        fire(world, case, "approve", second)
    letters.close("TEST-16-02", date(2026, 3, 3))
    world.write(f"UPDATE office_user SET active = false WHERE id = {account_of(first.name)}")
    with denied("unit_letter.proposer_left"):
        fire(world, case, "approve", second)
    world.write(f"UPDATE office_user SET active = true WHERE id = {account_of(first.name)}")
    fire(world, case, "approve", second)
    assert letters.letter(case).state == "approved"


def test_a_letter_ends_only_when_each_unit_has_it(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    case = letters.approved(first, second)
    with denied("unit_letter.not_done"):
        fire(world, case, "finish", SYSTEM)
    world.write("UPDATE unit_letter_copy SET outcome = 'unread', made_at = '2026-03-02'")
    with denied("unit_letter.not_done"):
        fire(world, case, "finish", SYSTEM)
    register.seal(world.engine, case)
    with denied("unit_letter.numbered"):
        fire(world, case, "give_up", SYSTEM)
    fire(world, case, "finish", SYSTEM)
    assert letters.letter(case).state == "sent"


def test_the_number_of_an_account_is_read_from_its_key() -> None:
    assert [account_of(one) for one in ("user:12", "user:x", "user:", "system:1", "")] == [
        12, None, None, None, None,
    ]  # fmt: skip
