"""What a letter may say, and what it may not: each field by itself, at its very limit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from handlers.unit_letters import drawing, rehearsal, unit_letter
from handlers.unit_letters.drawing import LetterNumber, contact_line
from handlers.unit_letters.payloads import Distribution
from handlers.unit_letters.unit_letter import (
    LONGEST,
    has_second_coordinator,
    judge_words,
    place_of,
)
from states.cases.requests.unit_letter import UnitLetter, UnitLetterCopy
from states.people.user import User
from tests.kit.handlers.paper import words_on_paper
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.unit_letters import WORDS
from tests.kit.handlers.world import officer
from workflow.model.verdict import ALLOW

if TYPE_CHECKING:
    from tests.kit.handlers.unit_letters import Letters
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

TODAY = date(2026, 3, 2)


def judged(**other: object) -> str:
    """Return what is wrong with words, "" for nothing."""
    verdict = judge_words({**WORDS, **other})
    return "" if verdict is ALLOW else verdict.code.removeprefix("unit_letter.")


@pytest.mark.parametrize("field", LONGEST)
def test_each_field_may_be_as_long_as_it_may_and_names_nobody(field: str) -> None:
    most = LONGEST[field]
    assert judged(**{field: "ö" * most}) == ""
    assert judged(**{field: "ö" * (most + 1)}) == "too_long"
    assert judge_words({**WORDS, field: "ö" * (most + 1)}).params["most"] == most
    assert judged(**{field: "no 10000000146"}) == "identity"
    assert judged(**{field: "10000000147"}) == ""  # no identity number: its last digit is wrong
    assert judged(**{field: "görünmez 𓀀"}) == "unseen"


def test_what_a_letter_needs_is_asked_for_and_what_it_may_lack_is_not() -> None:
    assert judged(about=None, addition=None) == ""
    assert judged(about="", addition="") == ""
    assert [judged(wording=one) for one in ("renewal", "consent", "Renewal", "", None)] == [
        "", "", "wording", "wording", "wording",
    ]  # fmt: skip
    assert [judged(subject=one) for one in (None, "", " \n", "x")] == ["no_subject"] * 3 + [""]
    assert [judged(contact_name=one) for one in (None, " ", "x")] == ["no_contact_name"] * 2 + [""]
    assert judged(contact_phone=None, contact_email=None) == "unreachable_contact"
    assert judged(contact_phone="", contact_email="a@o.invalid") == ""


@pytest.mark.parametrize(
    ("phone", "email", "line"),
    [
        ("1", "a@o", "Büro (1, a@o)"), (None, "a@o", "Büro (a@o)"), ("1", None, "Büro (1)"),
        ("1", "", "Büro (1)"),
    ],
)  # fmt: skip
def test_whom_to_ask_is_said_in_one_line(phone: str | None, email: str | None, line: str) -> None:
    asked = UnitLetter(contact_name="Büro", contact_phone=phone, contact_email=email)
    assert contact_line(asked) == line


def test_a_number_names_institution_file_plan_and_its_place_in_the_year() -> None:
    assert str(LetterNumber("TEST-16", 2026, 12)) == "E-TEST-16-710.03-12"


def test_a_distribution_is_read_from_numbers_alone() -> None:
    said = Distribution.of({"action": [3, "4", True, 5], "info": (6,), "more": [7]})
    assert said == Distribution((3, 5), (6,))
    assert said.units == (3, 5, 6)
    assert Distribution.of({}) == Distribution(())
    assert Distribution.of({"action": 3, "info": {4}}) == Distribution(())


# On the day itself.


def test_what_closes_tomorrow_is_open_today(
    world: World, letters: Letters, first: Actor, second: Actor
) -> None:
    tomorrow = date(2026, 3, 3)
    letters.close("TEST-16", tomorrow)
    letters.close("TEST-16-01", tomorrow)
    case = letters.draft(first, action=("TEST-16-01",))
    letters.close("TEST-16", TODAY)
    with denied("unit_letter.sender_closed"):
        world.engine.fire(case, "approve", second, workflow="unit_letter")
    letters.close("TEST-16", tomorrow)
    world.write("UPDATE unit_letter SET subject = ' '")
    with denied("unit_letter.no_subject"):
        world.engine.fire(case, "approve", second, workflow="unit_letter")
    world.write("UPDATE unit_letter SET subject = 'Konu'")
    letters.close("TEST-16-01", TODAY)
    with denied("unit_letter.no_units_left"):
        world.engine.fire(case, "approve", second, workflow="unit_letter")
    letters.close("TEST-16-01", tomorrow)
    world.engine.fire(case, "approve", second, workflow="unit_letter")


def test_as_many_units_as_may_be_are_accepted(
    letters: Letters, first: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_letter, "MOST_UNITS", 2)
    assert letters.draft(first)
    with denied("unit_letter.too_many", most=2):
        letters.draft(first, info=("TEST-16-01-1",))


def test_the_unit_that_closed_is_named(letters: Letters, first: Actor) -> None:
    letters.close("TEST-16-02", TODAY)
    with denied("unit_letter.closed_unit", unit="TEST İnegöl İlçe Müdürlüğü"):
        letters.draft(first)


# Two people.


def test_a_second_coordinator_is_another_human_of_the_same_institution(
    world: World, letters: Letters, first: Actor
) -> None:
    place = letters.place()

    def another(proposer: str | None = first.name) -> bool:
        with world.engine.database.connect() as connection:
            return has_second_coordinator(connection, place, proposer)

    assert not another()
    assert another(None)  # of whom nobody is left over, anybody is another
    letters.coordinator("TEST-16-01")
    assert not another()
    mine = letters.coordinator()
    number = int(mine.name.partition(":")[2])
    assert another()
    for column, value in (
        ("active", "false"), ("person_id", "NULL"), ("roles", "'{auditor}'"),
        ("institution_id", str(letters.place("TEST-06"))),
    ):  # fmt: skip
        [kept] = world.all(User, id=number)
        world.write(f"UPDATE office_user SET {column} = {value} WHERE id = {number}")
        assert not another(), column
        world.write(
            "UPDATE office_user SET active = true, person_id = :person, roles = '{coordinator}',"
            " institution_id = :place WHERE id = :number",
            person=kept.person_id, place=kept.institution_id, number=number,
        )  # fmt: skip
        assert another(), column


def test_the_place_of_an_account_is_that_of_an_open_coordinator(
    world: World, letters: Letters, first: Actor
) -> None:
    def place(actor: str) -> int | None:
        with world.engine.database.connect() as connection:
            return place_of(connection, actor)

    assert place(first.name) == letters.place()
    assert [place(one) for one in ("user:0", "system:1", "person:1")] == [None] * 3
    for change in ("active = false", "active = true, roles = '{auditor}'"):
        world.write(f"UPDATE office_user SET {change}")
        assert place(first.name) is None


def test_an_officer_who_approves_signs_for_nobody_the_drafter_does(
    world: World, letters: Letters
) -> None:
    alone = letters.coordinator("TEST-16-01")
    case = letters.draft(alone, action=("TEST-16-01-1",), sender="TEST-16-01")
    with world.engine.database.connect() as connection:
        drafter = connection.scalar(select(User.name).where(User.person_id == alone.person_id))
        assert drawing.signatory_of(connection, case) == drafter
        assert drawing.signatory_of(connection, case + 1) == drawing.DRAFT_SIGNATORY
    world.engine.fire(case, "approve", officer(77), workflow="unit_letter")
    with world.engine.database.connect() as connection:
        assert drawing.signatory_of(connection, case) == drafter


def test_a_draft_shows_no_number_no_code_and_no_name_and_is_one_page(
    world: World, letters: Letters, first: Actor
) -> None:
    case = letters.draft(first, info=("TEST-16-01-1",))
    pdf = drawing.draft(world.engine, letters.letter(case))
    words = " ".join(words_on_paper(pdf).split())
    for said in (drawing.DRAFT_NUMBER, drawing.DRAFT_CODE, drawing.DRAFT_SIGNATORY, "02.03.2026"):
        assert said in words
    assert "E-TEST" not in words
    assert "Yetkili " not in words
    assert drawing.pages_of(pdf) == 1


# Rehearsed.


def test_a_rehearsal_tells_units_without_anybody_from_those_that_cannot_be_written_to(
    world: World, letters: Letters
) -> None:
    letters.coordinator("TEST-16-01")
    mute = letters.coordinator("TEST-16-02", email=None)
    codes = ("TEST-16-02", "TEST-16-01", "TEST-16-01-1")
    numbers = [letters.place(code) for code in codes]

    def rehearsed() -> rehearsal.Rehearsal:
        with world.engine.database.connect() as connection:
            return rehearsal.rehearse(connection, numbers)

    found = rehearsed()
    assert found == rehearsal.Rehearsal(
        3, ("TEST Zeytinlik İlkokulu",), ("TEST İnegöl İlçe Müdürlüğü",)
    )
    assert (found.told, found.attachments) == (1, 6)
    world.write("UPDATE person SET phone = '+905321112233' WHERE id = :me", me=mute.person_id)
    assert rehearsed().no_address == ()
    letters.coordinator("TEST-16-02", email=None)  # one who can be written to is enough
    assert rehearsed().told == 2
    world.write("UPDATE person SET standing = 'left'")
    assert rehearsed().no_address == ("TEST Mudanya İlçe Müdürlüğü", "TEST İnegöl İlçe Müdürlüğü")
    world.write("UPDATE office_user SET active = false")
    assert (len(rehearsed().nobody), rehearsed().told) == (3, 0)
    with world.engine.database.connect() as connection:
        assert rehearsal.rehearse(connection, []) == rehearsal.Rehearsal(0, (), ())


def test_what_a_draft_brings_is_frozen_in_its_rows(
    world: World, letters: Letters, first: Actor
) -> None:
    case = letters.draft(first, info=("TEST-16-02-1", "TEST-16-01-1"))
    rows = sorted(world.all(UnitLetterCopy, letter_id=case), key=lambda row: row.place)
    places = [letters.place(f"TEST-16-{one}") for one in ("01", "02", "01-1", "02-1")]
    assert [(row.institution_id, row.purpose) for row in rows] == list(
        zip(places, ("action", "action", "info", "info"), strict=True)
    )
