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
from tests.kit.handlers.world import coordinator, open_account
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


# By hand.


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
