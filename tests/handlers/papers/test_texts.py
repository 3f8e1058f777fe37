"""Which text of a message is in force, and how two administrators make another one."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import NoResultFound

from handlers.papers import texts
from handlers.papers.letters.message_texts import CODES, NAMES, Wording, first_wording
from states.cases.notice import Notice
from states.cases.text_change import TextChange
from states.logs.journal import JournalEntry
from states.papers.message_text import MessageText
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, administrator, officer, open_account
from workflow.model.refusal import ReasonMissing, RoleNotAllowed, SamePerson

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

CODE = CODES["returned"]
FIRST = first_wording("returned")
OTHER = replace(FIRST, subject_tr="Başvurunuz geri geldi")
TODAY = date(2026, 3, 2)


@pytest.fixture
def people(world: World) -> list[Actor]:
    """Enter three administrators."""
    with world.engine.database.begin() as connection:
        return [
            administrator(
                open_account(
                    connection, f"{name} Yönetici", "administrator", world.clock.now(),
                    subject=f"sub-{name}",
                )
            )
            for name in ("Yaprak", "Sevgi", "Çetin")
        ]  # fmt: skip


def propose(
    world: World,
    who: Actor,
    wording: Wording = OTHER,
    revision: int = 2,
    day: date = TODAY,
    code: str = CODE,
) -> int:
    """Propose a wording and return the case."""
    values = {
        "code": code, "revision": revision, "in_force_on": day, "person_id": None,
        **asdict(wording),
    }  # fmt: skip
    return world.engine.open("text_change", "propose", who, values, reason="Daha açık")


def fire(world: World, case: int, trigger: str, who: Actor) -> None:
    """Decide about a proposal."""
    world.engine.fire(case, trigger, who, reason="Karar", workflow="text_change")


def in_force(world: World, day: date = TODAY, name: str = "returned") -> tuple[int, Wording]:
    """Return revision and wording of a text on a day."""
    with world.engine.database.connect() as connection:
        return texts.in_force(connection, name, day)


def told(world: World, case: int) -> list[dict[str, object]]:
    """Return what the entries of a case note."""
    return [json.loads(row.body)["details"] for row in world.all(JournalEntry, case_id=case)]


def refused(world: World, why: str, who: Actor, **other: object) -> None:
    """Expect that a wording is refused with a code, and that nothing is kept of it."""
    before = len(world.all(TextChange))
    with denied(why):
        propose(world, who, **other)  # type: ignore[arg-type]
    assert len(world.all(TextChange)) == before


def test_the_texts_in_files_are_in_force_until_another_one_is(world: World) -> None:
    assert in_force(world) == (1, FIRST)
    with pytest.raises(KeyError):
        in_force(world, name="yok")
    with world.engine.database.connect() as connection:
        assert texts.all_in_force(connection, TODAY) == {
            code: (1, first_wording(name)) for code, name in NAMES.items()
        }
        assert texts.newest(connection, CODE) == 1
        assert texts.revisions(connection, CODE) == []
        assert texts.wording_at(connection, CODE, 1) == FIRST
        with pytest.raises(NoResultFound):
            texts.wording_at(connection, CODE, 2)


def test_what_two_have_agreed_on_is_a_revision_from_its_day_on(
    world: World, people: list[Actor]
) -> None:
    case = propose(world, people[0], day=TODAY + timedelta(days=3))
    fire(world, case, "approve", people[1])
    [row] = world.all(MessageText)
    assert (row.code, row.revision, row.change_id) == (CODE, 2, case)
    assert in_force(world, TODAY + timedelta(days=2)) == (1, FIRST)
    assert in_force(world, TODAY + timedelta(days=3)) == (2, OTHER)
    with world.engine.database.connect() as connection:
        later = texts.all_in_force(connection, TODAY + timedelta(days=3))
        assert texts.newest(connection, CODE) == 2
        assert texts.wording_at(connection, CODE, 2) == OTHER
        assert [one["revision"] for one in texts.revisions(connection, CODE)] == [2]
    assert later[CODE] == (2, OTHER)
    assert later[CODES["held"]] == (1, first_wording("held"))


def test_a_later_revision_counts_whatever_the_days_of_those_before(
    world: World, people: list[Actor]
) -> None:
    far = propose(world, people[0], day=TODAY + timedelta(days=9))
    fire(world, far, "approve", people[1])
    again = replace(FIRST, subject_tr="Yeniden")
    soon = propose(world, people[0], again, revision=3)
    fire(world, soon, "approve", people[1])
    assert in_force(world) == (3, again)
    assert in_force(world, TODAY + timedelta(days=30)) == (3, again)
    with world.engine.database.connect() as connection:
        assert texts.all_in_force(connection, TODAY + timedelta(days=30))[CODE] == (3, again)
        assert [one["revision"] for one in texts.revisions(connection, CODE)] == [3, 2]


def test_the_journal_names_the_wording_by_its_hash_alone(world: World, people: list[Actor]) -> None:
    case = propose(world, people[0])
    fire(world, case, "approve", people[1])
    expected = {
        "code": CODE, "revision": 2, "sha256": OTHER.sha256, "in_force_on": "2026-03-02",
    }  # fmt: skip
    assert told(world, case) == [expected, expected]


def test_a_day_that_is_over_when_it_is_approved_becomes_that_day(
    world: World, people: list[Actor]
) -> None:
    case = propose(world, people[0])
    world.clock.advance(days=2)
    fire(world, case, "approve", people[1])
    assert world.all(MessageText)[0].in_force_on == TODAY + timedelta(days=2)
    assert told(world, case)[1]["in_force_on"] == "2026-03-04"


def test_nobody_approves_or_refuses_what_they_have_proposed(
    world: World, people: list[Actor]
) -> None:
    case = propose(world, people[0])
    for trigger in ("approve", "refuse"):
        with pytest.raises(SamePerson):
            fire(world, case, trigger, people[0])
    with pytest.raises(ReasonMissing):
        world.engine.fire(case, "refuse", people[1], workflow="text_change")
    with pytest.raises(RoleNotAllowed):
        fire(world, case, "lapse", people[1])
    assert world.all(MessageText) == []


def test_only_who_has_proposed_withdraws(world: World, people: list[Actor]) -> None:
    case = propose(world, people[0])
    with denied("texts.not_yours"):
        fire(world, case, "withdraw", people[1])
    fire(world, case, "withdraw", people[0])
    assert world.read(TextChange, case).state == "withdrawn"
    assert in_force(world) == (1, FIRST)


def test_what_nobody_decides_lapses(world: World, people: list[Actor]) -> None:
    case = propose(world, people[0])
    assert world.read(TextChange, case).due_at == world.clock.now() + timedelta(days=14)
    fire(world, case, "lapse", SYSTEM)
    assert world.read(TextChange, case).state == "expired"


def test_a_proposal_of_somebody_who_has_left_is_not_approved(
    world: World, people: list[Actor]
) -> None:
    case = propose(world, people[0])
    number = int(people[0].name.partition(":")[2])
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=number)
    with denied("texts.proposer_left"):
        fire(world, case, "approve", people[1])


def test_what_does_not_fit_is_not_proposed(world: World, people: list[Actor]) -> None:
    who = people[0]
    refused(world, "texts.unknown", who, code="IM.99")
    refused(world, "texts.no_change", who, wording=FIRST)
    refused(world, "texts.other_revision", who, revision=3)
    refused(world, "texts.past_day", who, day=TODAY - timedelta(days=1))
    refused(world, "texts.far_day", who, day=TODAY + timedelta(days=texts.FARTHEST + 1))
    refused(world, "texts.field", who, wording=replace(OTHER, body_en="{{ tckn }}"))
    refused(world, "texts.subject_field", who, wording=replace(OTHER, subject_en="{{ name }}"))
    propose(world, who, day=TODAY + timedelta(days=texts.FARTHEST))
    refused(world, "texts.under_way", people[1])


def test_each_part_that_cannot_be_taken_is_told() -> None:
    found = texts.faults("returned", Wording("", "{{ url }}", "{{ reason }}", "fine"))
    assert {part: fault.code for part, fault in found.items()} == {
        "subject_tr": "texts.empty",
        "body_tr": "texts.field",
        "subject_en": "texts.subject_field",
    }
    assert texts.faults("returned", FIRST) == {}


def test_a_message_names_the_revision_that_it_was_written_by(
    world: World, people: list[Actor]
) -> None:
    me = world.person()
    case = propose(world, people[0])
    assert returned(world, me) == (1, "tr", FIRST.subject_tr)
    fire(world, case, "approve", people[1])
    assert returned(world, me) == (2, "tr", OTHER.subject_tr)
    assert {row.revision for row in world.all(Notice) if row.template == "cancelled"} == {1}


def returned(world: World, person: int) -> tuple[int | None, str, str]:
    """Have an application returned; return revision, language and subject of what that told."""
    case = world.file(person, "first")
    world.choose(case, person, "in_person")
    world.engine.fire(case, "return_to_applicant", officer(), reason="imza eksik")
    world.engine.fire(case, "cancel_by_office", officer(), reason="asked_for")
    world.run_effects()
    row = next(one for one in world.all(Notice, case_id=case) if one.template == "returned")
    return row.revision, row.language, row.subject
