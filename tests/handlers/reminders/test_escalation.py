"""Coordinators: one message a day about all of their people; the next above are told later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.people.register import find_institution
from handlers.reminders import escalation
from handlers.reminders import sweep as ladder
from handlers.reminders.telling import tell_holders
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.logs.reminder import Ladder, Reminder
from tests.kit.handlers.world import coordinator, officer, open_account
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.duration import Duration
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor

TCKNS = ("10000000146", "10000000078", "10000000214")
TCKN_A, TCKN_B = "99000050160", "99000050238"


def head(world: World, code: str, tckn: str) -> tuple[int, int]:
    """Open the account of a coordinator of an institution; return account and person."""
    person = world.person(tckn, "Kerem", "Yetkili")
    with world.engine.database.begin() as connection:
        top = find_institution(connection, code)
        assert top is not None
        account = open_account(
            connection, "Kerem Yetkili", "coordinator", world.clock.now(),
            institution_id=top.id, person_id=person,
        )  # fmt: skip
    return account, person


def acting(account: tuple[int, int]) -> Actor:
    """Return a coordinator who is somebody known."""
    return replace(coordinator(account[0]), person_id=account[1])


@pytest.fixture
def ends_on(world: World) -> date:
    """Give the last day of the certificates of three people of one school."""
    day = day_in_istanbul(world.clock.now()) + timedelta(days=200)
    for number, tckn in enumerate(TCKNS, 1):
        world.certificate(
            world.person(tckn, "Ayşe", f"Örnek{'abc'[number - 1]}"), day, f"a{number}"
        )
    return day


def on(world: World, day: date) -> int:
    world.clock.set(start_of_day(day) + timedelta(hours=9))
    return ladder.remind(world.engine)


def told(world: World, person: int) -> list[Notice]:
    return world.all(Notice, template="reminder/coordinator", person_id=person)


def test_a_coordinator_gets_one_message_about_all_and_the_one_above_later(
    world: World, ends_on: date
) -> None:
    _, near = head(world, "TEST-16-01", TCKN_A)
    _, far = head(world, "TEST-16", TCKN_B)
    opens = ends_on - Duration(months=3)
    on(world, opens + timedelta(days=13))
    assert told(world, near) == []
    for _ in range(2):
        on(world, opens + timedelta(days=14))
        assert (len(told(world, near)), told(world, far)) == (1, [])
    letter = told(world, near)[0]
    assert "3 kişi var" in letter.text
    assert [f"AYŞE ÖRNEK{one}: {ends_on:%d.%m.%Y}" in letter.text for one in "ABC"] == [True] * 3
    assert "ÖRNEK" not in letter.subject
    assert {row.message for row in world.all(Reminder, ladder="coordinator")} == {letter.key}
    on(world, opens + timedelta(days=60))
    assert (len(told(world, near)), len(told(world, far))) == (2, 1)
    assert {row.message for row in world.all(Reminder, ladder="above")} == {told(world, far)[0].key}


def test_of_many_people_a_message_says_how_many_and_where_the_list_is(
    world: World, ends_on: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalation, "NAMED", 2)
    _, near = head(world, "TEST-16-01", TCKN_A)
    on(world, ends_on - Duration(months=3) + timedelta(days=14))
    text = told(world, near)[0].text
    assert "3 kişi var" in text
    assert "ÖRNEKA" not in text
    assert text.rstrip().endswith("/kurum")


def test_without_a_coordinator_a_step_waits_until_there_is_one(world: World, ends_on: date) -> None:
    opens = ends_on - Duration(months=3)
    on(world, opens + timedelta(days=14))
    assert world.all(Reminder, ladder="coordinator") == []
    _, far = head(world, "TEST-16", TCKN_B)
    on(world, opens + timedelta(days=15))
    assert len(told(world, far)) == 1
    on(world, opens + timedelta(days=60))
    assert world.all(Reminder, ladder="above") == []  # there is nobody above


def test_whoever_applied_or_is_stopped_is_not_told_of(world: World, ends_on: date) -> None:
    _, near = head(world, "TEST-16-01", TCKN_A)
    world.clock.set(start_of_day(ends_on - Duration(months=3) + timedelta(days=14)))
    ladder.sweep(world.engine)
    first, second, _ = (row.certificate_id for row in world.all(Reminder, ladder="coordinator"))
    world.write(
        "UPDATE certificate SET reminders_stopped_on = '2026-01-01' WHERE id = :id", id=first
    )
    case = world.file(world.read(Certificate, second).person_id, "renewal", second)
    world.write("UPDATE application SET state = 'in_review' WHERE id = :case", case=case)
    ladder.remind(world.engine)
    assert "1 kişi var" in told(world, near)[0].text
    assert len(world.all(Reminder, ladder="coordinator")) == 1


def test_a_step_goes_to_the_nearest_coordinator_who_can_be_written_to(
    world: World, ends_on: date
) -> None:
    _, near = head(world, "TEST-16-01", TCKN_A)
    _, far = head(world, "TEST-16", TCKN_B)
    opens = ends_on - Duration(months=3)
    world.write("UPDATE person SET email = NULL WHERE id = :near", near=near)
    on(world, opens + timedelta(days=14))
    assert (told(world, near), len(told(world, far))) == ([], 1)
    world.write("UPDATE person SET email = 'k@ornek.invalid' WHERE id = :near", near=near)
    world.write("UPDATE person SET standing = 'left' WHERE id = :near", near=near)
    on(world, opens + timedelta(days=45))
    assert (told(world, near), len(told(world, far))) == ([], 2)
    world.write("UPDATE person SET standing = 'in_office' WHERE id = :near", near=near)
    world.write("UPDATE person SET email = NULL, phone = '+905321112233' WHERE id = :n", n=near)
    on(world, opens + timedelta(days=60))
    assert (len(told(world, near)), len(told(world, far))) == (1, 3)


def test_each_coordinator_of_an_institution_is_told_of_the_same_people(
    world: World, ends_on: date
) -> None:
    heads = [head(world, "TEST-16-01", tckn) for tckn in (TCKN_A, TCKN_B)]
    assert on(world, ends_on - Duration(months=3) + timedelta(days=14)) >= len(TCKNS)
    day = day_in_istanbul(world.clock.now())
    letters = [told(world, person)[0] for _, person in heads]
    assert [one.key for one in letters] == [
        f"reminder/{account}/{day:%Y%m%d}" for account, _ in heads
    ]
    assert letters[0].text.count("ÖRNEK") == letters[1].text.count("ÖRNEK") == len(TCKNS)
    steps = world.all(Reminder, ladder="coordinator")
    assert {row.message for row in steps} == {letters[0].key}


def test_people_are_named_by_their_ends_and_then_by_their_names(
    world: World, ends_on: date
) -> None:
    _, near = head(world, "TEST-16-01", TCKN_A)
    last = world.all(Certificate, ends_on=ends_on)[-1]
    earlier = ends_on - timedelta(days=1)
    world.write("UPDATE certificate SET ends_on = :day WHERE id = :id", day=earlier, id=last.id)
    world.write("UPDATE person SET sort_key = 'zz' WHERE surname = 'ÖRNEKA'")
    on(world, ends_on - Duration(months=3) + timedelta(days=14))
    text = told(world, near)[0].text
    names = [text.index(f"ÖRNEK{letter}") for letter in "CBA"]
    assert names == sorted(names)
    assert f"{earlier:%d.%m.%Y}" in text


def test_somebody_of_whom_two_certificates_are_told_is_one_person(
    world: World, ends_on: date
) -> None:
    _, near = head(world, "TEST-16-01", TCKN_A)
    me = world.all(Certificate, ends_on=ends_on)[0]
    world.certificate(me.person_id, ends_on, "ff01")
    world.file(me.person_id, "renewal", me.id)  # waits for its person, as the other does
    on(world, ends_on - Duration(months=3) + timedelta(days=14))
    assert len(world.all(Reminder, ladder="coordinator", person_id=me.person_id)) == 2
    letter = told(world, near)[0]
    assert "3 kişi var" in letter.text
    assert letter.text.count("ÖRNEKA") == 1


def test_a_coordinator_who_leaves_while_steps_are_told_has_them_taken_back(
    world: World, ends_on: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, near = head(world, "TEST-16-01", TCKN_A)
    opens = ends_on - Duration(months=3)
    with monkeypatch.context() as patched:
        patched.setattr(escalation, "_coordinators", lambda *_: [])
        on(world, opens + timedelta(days=14))
    assert world.all(Reminder, ladder="coordinator") == []
    on(world, opens + timedelta(days=15))
    assert len(told(world, near)) == 1


def test_many_certificates_are_asked_about_some_at_a_time(
    world: World, ends_on: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalation, "AT_ONCE", 2)
    _, near = head(world, "TEST-16-01", TCKN_A)
    assert on(world, ends_on - Duration(months=3) + timedelta(days=14)) >= len(TCKNS)
    assert "3 kişi var" in told(world, near)[0].text


# By hand.


def test_an_officer_has_anybody_reminded_but_themselves(world: World, ends_on: date) -> None:
    first, second, _ = world.all(Certificate, ends_on=ends_on)
    world.engine.fire(first.id, "remind", officer(), workflow="certificate")
    themselves = replace(officer(), person_id=second.person_id)
    with pytest.raises(Refused):
        world.engine.fire(second.id, "remind", themselves, workflow="certificate")
    [row] = world.all(Reminder, ladder=Ladder.BY_HAND.value)
    today = day_in_istanbul(world.clock.now())
    assert (row.certificate_id, row.person_id) == (first.id, first.person_id)
    assert (row.step, row.due_on, row.sent_on) == (int(f"{today:%Y%m%d}"), today, today)


def test_a_wish_of_which_nothing_is_left_is_taken_back(world: World, ends_on: date) -> None:
    me = world.all(Certificate, ends_on=ends_on)[0]
    world.engine.fire(me.id, "remind", officer(), workflow="certificate")
    world.write("UPDATE person SET standing = 'left' WHERE id = :me", me=me.person_id)
    assert tell_holders(world.engine) == 0
    assert world.all(Reminder) == []


def test_a_coordinator_has_somebody_reminded_once_a_day_and_stops_the_reminders(
    world: World, ends_on: date
) -> None:
    me = world.all(Certificate, ends_on=ends_on)[0]
    by = acting(head(world, "TEST-16-01", TCKN_A))
    other = acting(head(world, "TEST-06", TCKN_B))
    with pytest.raises(Refused, match="other_institution"):
        world.engine.fire(me.id, "remind", other, workflow="certificate")
    world.engine.fire(me.id, "remind", by, workflow="certificate")
    with pytest.raises(Refused, match="not_reminded_today"):
        world.engine.fire(me.id, "remind", by, workflow="certificate")
    assert tell_holders(world.engine) == 1
    row = world.all(Reminder, ladder=Ladder.BY_HAND.value)[0]
    letter = world.all(Notice, key=row.message)[0]
    assert (letter.template, letter.person_id) == ("reminder/renewal", me.person_id)
    world.engine.fire(me.id, "stop_reminders", by, reason="retires", workflow="certificate")
    assert world.read(Certificate, me.id).reminders_stopped_on == day_in_istanbul(world.clock.now())
    world.clock.advance(days=1)
    with pytest.raises(Refused, match="reminders_go_on"):
        world.engine.fire(me.id, "remind", by, workflow="certificate")
    world.engine.fire(me.id, "resume_reminders", by, workflow="certificate")
    world.engine.fire(me.id, "remind", by, workflow="certificate")
