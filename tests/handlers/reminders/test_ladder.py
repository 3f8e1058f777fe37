"""The ladder: each step once, the newest alone after an outage, nothing where nothing is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.reminders import sweep as ladder
from handlers.reminders.steps import coming_steps, due_steps, newest_steps, steps_of
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.logs.reminder import Ladder, Reminder, ReminderSweep
from states.people.person import Person
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.duration import Duration
from workflow.running.advisory_lock import held_alone

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

STEPS = (180, 90, 60, 30, 15, 7, 1)
WINDOW = {
    "apply_from": Duration(months=3),
    "remind": STEPS,
    "remind_e_onay": (150, 75, 45, 20, 5),
    "coordinator_after": (14, 45, 60, 75),
    "above_after": (60, 80),
}
ENDS = date(2026, 12, 31)


def sent(world: World, ladder_name: str = Ladder.RENEWAL) -> list[int]:
    """Return the steps of a ladder that were sent, in the order of sending."""
    rows = world.all(Reminder, ladder=str(ladder_name))
    assert all(row.message for row in rows)
    return [row.step for row in rows]


def on(world: World, day: date) -> int:
    """Let the sweep of a day run."""
    world.clock.set(start_of_day(day) + timedelta(hours=9))
    return ladder.remind(world.engine)


# The policy, pure.


@pytest.mark.parametrize(
    ("left", "newest"),
    [(181, None), (180, 180), (179, 180), (90, 90), (31, 60), (30, 30), (1, 1), (0, 1), (-1, None)],
)
def test_the_newest_step_is_the_last_whose_day_has_come(left: int, newest: int | None) -> None:
    found = {one.ladder: one for one in newest_steps(ENDS, ENDS - timedelta(days=left), WINDOW)}
    step = found.get(Ladder.RENEWAL)
    assert (step.step if step else None) == newest
    assert step is None or step.due_on == ENDS - timedelta(days=step.step)


def test_coordinators_are_told_by_the_days_since_the_renewal_is_asked_for() -> None:
    opens = date(2026, 9, 30)
    found = [one for one in steps_of(ENDS, WINDOW) if one.ladder is Ladder.COORDINATOR]
    assert [(one.step, one.due_on) for one in found] == [
        (days, opens + timedelta(days=days)) for days in (14, 45, 60, 75)
    ]
    late = {**WINDOW, "above_after": (60, 93)}
    above = [one.step for one in steps_of(ENDS, late) if one.ladder is Ladder.ABOVE]
    assert above == [60]  # the other one would be after the end


def test_a_definition_without_the_ladder_has_no_steps_of_it() -> None:
    old = {"apply_from": Duration(months=3), "remind": (90,)}
    assert {one.ladder for one in steps_of(ENDS, old)} == {Ladder.RENEWAL}


def test_coming_steps_are_those_after_today_the_next_one_first() -> None:
    found = coming_steps(ENDS, ENDS - timedelta(days=7), WINDOW)
    assert [(one.ladder, one.step) for one in found] == [(Ladder.E_ONAY, 5), (Ladder.RENEWAL, 1)]


def test_of_two_steps_of_one_day_that_of_the_holder_comes_after_those_of_coordinators() -> None:
    window = {"apply_from": Duration(months=3), "remind": (30,), "coordinator_after": (62,)}
    found = coming_steps(ENDS, date(2026, 9, 1), {**window, "above_after": (62,)})
    due_on = ENDS - timedelta(days=30)
    assert [(one.due_on, one.ladder) for one in found] == [
        (due_on, Ladder.ABOVE), (due_on, Ladder.COORDINATOR), (due_on, Ladder.RENEWAL),
    ]  # fmt: skip
    assert coming_steps(ENDS, due_on, window) == []  # today's is no coming one


def test_a_step_that_is_farther_away_than_a_year_is_looked_for() -> None:
    today = date(2026, 6, 1)
    window = {"apply_from": Duration(months=3), "remind": (30,), "remind_e_onay": (400,)}
    assert max(one.ends_on for one in due_steps(today, window)) == today + timedelta(days=400)
    early = {"apply_from": Duration(months=12), "coordinator_after": (0,)}
    ends = [one.ends_on for one in due_steps(today, {**early, "remind": (), "remind_e_onay": ()})]
    assert max(ends) == date(2027, 6, 1)


def test_what_is_due_on_a_day_reaches_from_today_to_the_farthest_step() -> None:
    today = date(2026, 6, 1)
    found = due_steps(today, WINDOW)
    assert min(one.ends_on for one in found) == today
    assert max(one.ends_on for one in found) == today + timedelta(days=180)
    assert all(one.due_on <= today <= one.ends_on for one in found)
    assert len({(one.ladder, one.ends_on) for one in found}) == len(found)


# The sweep.


@pytest.fixture
def mine(world: World) -> int:
    """Give a certificate of a person in office that ends in two hundred days."""
    ends_on = day_in_istanbul(world.clock.now()) + timedelta(days=200)
    return world.certificate(world.person(), ends_on)


def end_of(world: World, certificate: int) -> date:
    found = world.read(Certificate, certificate).ends_on
    assert found is not None
    return found


def test_each_step_is_sent_once_and_says_what_by_when_and_how(world: World, mine: int) -> None:
    ends_on = end_of(world, mine)
    for left in (181, 180, 180, 179, 91, 90, 60, 30, 15, 7, 1, 1, 0, -1):
        on(world, ends_on - timedelta(days=left))
    assert sent(world) == [180, 90, 60, 30, 15, 7, 1]
    notices = world.all(Notice, template="reminder/renewal")
    assert len(notices) == 7
    person = world.read(Person, world.read(Certificate, mine).person_id)
    due = next(one for one in notices if one.key == world.all(Reminder, step=60)[0].message)
    assert "Sertifikanızı yenileyiniz." in due.text
    assert f"En geç {ends_on - Duration(months=1):%d.%m.%Y} günü başvurunuz" in due.text
    assert person.surname not in due.subject
    assert due.person_id == person.id


def test_after_an_outage_only_the_newest_missed_step_is_sent(world: World, mine: int) -> None:
    ends_on = end_of(world, mine)
    on(world, ends_on - timedelta(days=180))
    on(world, ends_on - timedelta(days=10))
    assert sent(world) == [180, 15]


def test_a_certificate_that_comes_late_gets_the_newest_step_alone(world: World) -> None:
    today = day_in_istanbul(world.clock.now())
    world.certificate(world.person(), today + timedelta(days=20))
    on(world, today)
    assert sent(world) == [30]


def test_a_step_that_policy_adds_later_is_not_sent_after_a_newer_one(
    world: World, mine: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_on = end_of(world, mine)
    on(world, ends_on - timedelta(days=60))
    more = {**WINDOW, "remind": (100, 65)}
    monkeypatch.setattr(ladder, "due_steps", lambda today, _window: due_steps(today, more))
    on(world, ends_on - timedelta(days=59))
    assert sent(world) == [60]


def test_nothing_is_sent_while_a_renewal_is_on_its_way(world: World, mine: int) -> None:
    ends_on = end_of(world, mine)
    me = world.read(Certificate, mine).person_id
    on(world, ends_on - timedelta(days=90))
    case = world.file(me, "renewal", mine)
    on(world, ends_on - timedelta(days=60))
    waiting = world.all(Reminder, step=60)[0]
    told = world.all(Notice, key=waiting.message)[0]
    assert "Başvurunuz sizi bekliyor" in told.text  # what the router says of it
    world.write("UPDATE application SET state = 'in_review' WHERE id = :case", case=case)
    on(world, ends_on - timedelta(days=30))
    assert sent(world) == [90, 60]
    world.write("UPDATE application SET state = 'rejected' WHERE id = :case", case=case)
    on(world, ends_on - timedelta(days=29))
    assert sent(world) == [90, 60, 30]  # what was held back is sent once it is asked for again


def test_who_applies_between_the_sweep_and_the_message_is_told_nothing(
    world: World, mine: int
) -> None:
    ends_on = end_of(world, mine)
    world.clock.set(start_of_day(ends_on - timedelta(days=90)))
    ladder.sweep(world.engine)
    case = world.file(world.read(Certificate, mine).person_id, "renewal", mine)
    world.write("UPDATE application SET state = 'in_review' WHERE id = :case", case=case)
    assert ladder.remind(world.engine) == 0
    assert world.all(Reminder) == []
    assert world.all(Notice, template="reminder/renewal") == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE person SET standing = 'left'",
        "UPDATE certificate SET state = 'revoked', revoked_at = entered_at",
        "UPDATE certificate SET reminders_stopped_on = '2026-01-01'",
        "UPDATE certificate SET state = 'suspended', suspended_by = 'office'",
    ],
)
def test_nobody_is_reminded_who_need_not_renew(world: World, mine: int, change: str) -> None:
    ends_on = end_of(world, mine)
    world.write(change)
    on(world, ends_on - timedelta(days=30))
    assert world.all(Reminder) == []


def test_what_is_stopped_after_the_sweep_is_not_sent(world: World, mine: int) -> None:
    world.clock.set(start_of_day(end_of(world, mine) - timedelta(days=30)))
    ladder.sweep(world.engine)
    world.write("UPDATE certificate SET reminders_stopped_on = '2026-01-01'")
    assert ladder.remind(world.engine) == 0
    assert world.all(Reminder) == []


# The e-onay.


def test_whoever_gave_no_e_onay_is_asked_for_it_while_the_card_works(world: World) -> None:
    me = world.person()
    ends_on = day_in_istanbul(world.clock.now()) + timedelta(days=200)
    held = world.card(me, ends_on)
    for left in (170, 150, 90, 75, 60, 45):
        on(world, ends_on - timedelta(days=left))
    assert sent(world, Ladder.E_ONAY) == [150, 75, 45]
    told = world.all(Notice, template="reminder/e_onay")[0]
    assert "e-onay yalnız çalışan bir kartla verilir" in told.text
    assert told.text.rstrip().endswith("/e-onay")
    world.write(
        "UPDATE certificate SET state = 'suspended', suspended_at = entered_at,"
        " suspended_by = 'holder' WHERE id = :id", id=held.certificate_id
    )  # fmt: skip
    on(world, ends_on - timedelta(days=20))
    assert sent(world, Ladder.E_ONAY) == [150, 75, 45]
    assert sent(world)[-1] == 30  # of the end itself its holder is told all the same


def test_whoever_gave_the_e_onay_is_not_asked_for_it(world: World) -> None:
    me = world.person()
    ends_on = day_in_istanbul(world.clock.now()) + timedelta(days=160)
    world.consent(me, world.card(me, ends_on))
    on(world, ends_on - timedelta(days=75))
    assert sent(world, Ladder.E_ONAY) == []
    assert sent(world) == [90]


def test_two_messages_never_go_to_a_person_on_one_day(world: World, mine: int) -> None:
    ends_on = end_of(world, mine)
    on(world, ends_on - timedelta(days=14))  # of both ladders a step was missed
    assert (sent(world), sent(world, Ladder.E_ONAY)) == ([15], [])
    on(world, ends_on - timedelta(days=13))
    assert (sent(world), sent(world, Ladder.E_ONAY)) == ([15], [20])


# Killed, and two at once.


@pytest.mark.parametrize("point", ["ladder_found", "ladder_chunk", "ladder_told"])
def test_a_sweep_that_is_killed_goes_on_without_loss_or_double(
    world: World, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setattr(ladder, "CHUNK", 1)
    monkeypatch.setattr("handlers.reminders.telling.AT_ONCE", 1)
    today = day_in_istanbul(world.clock.now())
    for number, tckn in enumerate(("10000000146", "10000000078", "10000000214")):
        world.certificate(world.person(tckn), today + timedelta(days=30), f"a{number + 1}")
    kills = iter((True, True, False, True))

    def killed(name: str) -> None:
        if name == point and next(kills, False):
            raise KeyboardInterrupt

    monkeypatch.setattr(world.engine, "point", killed)
    for _ in range(5):
        try:
            ladder.remind(world.engine)
        except KeyboardInterrupt:
            continue
    assert sent(world) == [30, 30, 30]
    assert len(world.all(Notice, template="reminder/renewal")) == 3
    run = world.all(ReminderSweep)[0]
    assert (run.judged, run.due) == (3, 3 * len({"renewal", "e_onay", "coordinator", "above"}))
    assert run.swept_at is not None


def test_nothing_is_done_while_another_worker_sweeps(world: World, mine: int) -> None:
    world.clock.set(start_of_day(end_of(world, mine) - timedelta(days=30)))
    with held_alone(world.engine, ladder.LOCK, 1) as holder:
        assert holder is not None
        assert ladder.remind(world.engine) == 0
    assert world.all(ReminderSweep) == []
    assert ladder.remind(world.engine) == 1
