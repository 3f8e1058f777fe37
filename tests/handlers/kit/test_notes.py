"""Notes of the desk: kept for good, once, by those who work there."""

from __future__ import annotations

import pytest

from handlers.kit import notes
from handlers.kit.notes import LONGEST_NOTE, add_note
from handlers.kit.roles import DESK
from states.logs.desk import NOTE, DeskEntry
from states.logs.journal import JournalEntry
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import ISMAIL, World, applicant, officer, operator
from workflow.model.actor import Actor
from workflow.model.refusal import RoleNotAllowed


@pytest.fixture
def case(world: World) -> tuple[str, int]:
    return "application", world.file(world.person(), "first")


def test_a_note_is_kept_with_who_wrote_it_in_which_role_and_when(
    world: World, case: tuple[str, int]
) -> None:
    assert add_note(world.engine, case, officer(3), "  Kurumu arandı.\n") is True
    (row,) = world.all(DeskEntry)
    assert (row.workflow, row.case_id) == case
    assert (row.actor, row.role, row.what, row.text) == (
        "user:3", "officer", NOTE, "Kurumu arandı.",
    )  # fmt: skip
    assert row.at == world.clock.now()


def test_nobody_notes_anything_on_a_case_about_himself(world: World, case: tuple[str, int]) -> None:
    me = world.person()
    twin = Actor("user:3", frozenset({"officer"}), "oidc", me)
    with denied("desk.own_case"):
        add_note(world.engine, case, twin, "Öne alınsın.")
    assert world.all(DeskEntry) == []
    stranger = Actor("user:3", frozenset({"officer"}), "oidc", world.person(ISMAIL))
    assert add_note(world.engine, case, stranger, "Arandı.")


def test_a_note_moves_no_case_and_writes_no_entry(world: World, case: tuple[str, int]) -> None:
    before = world.all(JournalEntry)
    add_note(world.engine, case, officer(), "Kurumu arandı.")
    assert world.all(JournalEntry) == before
    assert world.state(case[1]) == "draft"


def test_an_identity_number_in_a_note_is_masked(world: World, case: tuple[str, int]) -> None:
    add_note(world.engine, case, officer(), f"Kardeşi {ISMAIL} aradı.")
    assert world.all(DeskEntry)[0].text == "Kardeşi 100******78 aradı."


def test_a_note_sent_twice_is_kept_once(world: World, case: tuple[str, int]) -> None:
    add_note(world.engine, case, officer(), "Arandı.")
    assert add_note(world.engine, case, officer(), "Arandı. ") is False
    assert len(world.all(DeskEntry)) == 1


def test_the_same_words_by_another_about_another_case_or_later_are_notes_of_their_own(
    world: World, case: tuple[str, int]
) -> None:
    other = "application", world.file(world.person(ISMAIL), "first")
    add_note(world.engine, case, officer(), "Arandı.")
    assert add_note(world.engine, case, officer(2), "Arandı.")
    assert add_note(world.engine, other, officer(), "Arandı.")
    assert add_note(world.engine, case, officer(), "Ulaşılamadı.")
    world.clock.advance(minutes=9)
    assert not add_note(world.engine, case, officer(), "Arandı.")
    world.clock.advance(minutes=1)
    assert add_note(world.engine, case, officer(), "Arandı.")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "desk.note_missing"),
        (" \n\x00", "desk.note_missing"),
        ("ş" * (LONGEST_NOTE + 1), "desk.note_too_long"),
    ],
)
def test_nothing_and_too_much_are_no_note(
    world: World, case: tuple[str, int], text: str, code: str
) -> None:
    with denied(code):
        add_note(world.engine, case, officer(), text)
    assert world.all(DeskEntry) == []


def test_the_longest_note_is_kept_whole(world: World, case: tuple[str, int]) -> None:
    add_note(world.engine, case, officer(), "ş" * LONGEST_NOTE)
    assert world.all(DeskEntry)[0].text == "ş" * LONGEST_NOTE


@pytest.mark.parametrize(
    "actor", [applicant(1), Actor("user:9", frozenset({"auditor", "administrator"}), "demo")]
)
def test_who_does_not_work_at_the_desk_writes_nothing(
    world: World, case: tuple[str, int], actor: Actor
) -> None:
    with pytest.raises(RoleNotAllowed):
        add_note(world.engine, case, actor, "Arandı.")
    assert world.all(DeskEntry) == []


def test_who_has_two_roles_acts_in_the_first_that_the_desk_names(world: World) -> None:
    both = Actor("user:9", frozenset({"operator", "officer", "auditor"}), "demo")
    assert notes.at_desk(world.engine, both, "note", DESK).role == "officer"
    assert notes.at_desk(world.engine, operator(), "note", DESK).role == "operator"
