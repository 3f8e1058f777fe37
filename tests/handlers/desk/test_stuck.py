"""What no timer can move on becomes somebody's: nothing stands or goes round for ever."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.desk import claims as desk
from signing.authority.ocsp import GOOD
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.logs.journal import JournalEntry, RefusedAttempt
from states.logs.timer_wait import TimerWait
from tests.handlers.accounts.test_apart import on_paper
from tests.handlers.applications.test_certificate_status import answer, ask
from tests.kit.handlers.typed import typed
from tests.kit.handlers.world import World, officer, open_account, operator
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from tests.kit.signing.loopback import Loopback

LATE = date(2028, 6, 30)


@pytest.fixture
def stuck(world: World, me: int) -> int:
    """Let an old certificate be revoked while another card for it stands in the queue."""
    old = world.certificate(me, LATE)
    world.consent(me, world.card(me, LATE))
    case = world.file(me, "damaged", old)
    assert world.choose(case, me, "e_onay").state == "queued"
    told = {"number": "E-1", "dated": date(2026, 3, 1), "revoked_on": date(2026, 3, 1)}
    world.engine.fire(old, "learn_revoked", officer(), told, reason="yazı")
    return case


def pass_days(world: World, case: int, days: int) -> list[str]:
    """Let days go by with a sweep on each; return where a case stood at their ends."""
    states = []
    for _ in range(days):
        world.clock.advance(days=1)
        sweep(world.engine)
        states.append(world.state(case))
    return states


def test_a_case_that_production_never_begins_for_is_left_to_an_operator(
    world: World, stuck: int
) -> None:
    world.clock.advance(minutes=11)
    assert pass_days(world, stuck, 3) == ["queued", "queued", "production_stopped"]
    [waits] = world.all(TimerWait, case_id=stuck)
    # The answer of the start is told, and what else was tried beside it.
    assert (waits.trigger, waits.code) == ("start_production", "old_in_force")
    assert waits.tried["offer_paper"] == "old_certificate_gone"
    assert world.all(RefusedAttempt, case_id=stuck) == []
    assert world.read(Application, stuck).deadline == date(2026, 3, 10)
    world.engine.fire(stuck, "resume_production", operator())
    assert pass_days(world, stuck, 4)[-2:] == ["production_stopped"] * 2


def test_what_somebody_has_taken_up_stays_with_him(world: World, stuck: int) -> None:
    with world.engine.database.begin() as connection:
        assert open_account(connection, "Görevli", "officer", world.clock.now()) == 1
    desk.claim(world.engine, stuck, officer())
    assert pass_days(world, stuck, 5) == ["queued"] * 5
    assert world.read(Application, stuck).deadline == date(2026, 3, 4)
    desk.release(world.engine, stuck, officer())
    assert pass_days(world, stuck, 2)[-1] == "production_stopped"


def test_what_an_operator_has_to_start_waits_for_him_and_is_late(world: World) -> None:
    case = on_paper(world)
    assert pass_days(world, case, 6) == ["queued"] * 6
    assert world.read(Application, case).deadline == date(2026, 3, 4)
    assert [row.code for row in world.all(TimerWait, case_id=case)] == ["release.waits"]
    assert world.all(RefusedAttempt, case_id=case) == []


def test_what_is_asked_about_the_old_certificate_does_not_begin_the_time_anew(
    world: World, me: int, office: World, site: Loopback
) -> None:
    old = typed(office, me, LATE)
    world.consent(me, old)
    office.engine.fire(
        old.certificate_id, "confirm_by_file", officer(),
        {"der": office.read(Certificate, old.certificate_id).der},
    )  # fmt: skip
    case = office.file(me, "damaged", old.certificate_id)
    office.choose(case, me, "e_onay")
    office.write("UPDATE institution SET closed_on = '2026-03-01'")
    states = []
    for _ in range(8):
        office.clock.advance(hours=25)
        sweep(office.engine)
        if office.state(case) == "checking_certificate":
            office.publish_lists()
            answer(office, site, GOOD)
            ask(office)
        states.append(office.state(case))
    assert len(office.all(JournalEntry, case_id=case, trigger="note_status")) > 1
    assert states[-1] == "production_stopped"


def test_what_a_letter_said_long_ago_is_waited_for_once(world: World, me: int) -> None:
    """Ninety days with a sweep on each: it is closed, and does not go round."""
    old = world.certificate(me, date(2026, 8, 20))
    world.consent(me, world.card(me, LATE))
    case = world.file(me, "renewal", old)
    assert world.choose(case, me, "e_onay").state == "held"
    world.clock.set(world.clock.now().replace(month=6, day=20))
    states = []
    for _ in range(90):
        sweep(world.engine)
        world.run_effects("certificate_status.ask")
        states.append(world.state(case))
        world.clock.advance(days=1)
    assert list(dict.fromkeys(states)) == ["queued", "certificate_unseen", "expired"]
    assert states.count("certificate_unseen") <= 31
    made = [row.trigger for row in world.all(JournalEntry, case_id=case)]
    assert made.count("await_certificate") == 1


@pytest.mark.parametrize("lettered", [True, False], ids=["a new letter", "bytes of it"])
def test_who_brings_what_is_waited_for_goes_on(world: World, me: int, *, lettered: bool) -> None:
    old = world.certificate(me, date(2026, 8, 20))
    world.consent(me, world.card(me, LATE))
    case = world.file(me, "renewal", old)
    world.choose(case, me, "e_onay")
    world.clock.set(world.clock.now().replace(month=6, day=20))
    for _ in range(2):
        sweep(world.engine)
        world.run_effects("certificate_status.ask")
        world.clock.advance(minutes=11)
    assert world.state(case) == "certificate_unseen"
    if lettered:
        now = {"checked_at": world.clock.now(), "id": old}
        world.write("UPDATE certificate SET checked_at = :checked_at WHERE id = :id", **now)
    else:
        world.write("UPDATE certificate SET der = 'x' WHERE id = :id", id=old)
    # Nobody told the application: its own timer finds it out.
    world.clock.advance(days=29)
    assert pass_days(world, case, 2)[0] == "queued"


def test_a_method_that_can_not_be_used_is_taken_back(world: World, me: int) -> None:
    case = world.file(me, "first")
    world.write(
        "UPDATE application SET state = 'method_chosen', method = 'e_imza', due_at = :now",
        now=world.clock.now(),
    )
    sweep(world.engine)
    assert world.state(case) == "draft"
    world.run_effects("notice.method_taken_back")
    [told] = world.all(Notice, template="method_taken_back")
    assert f"/basvurularim/{world.read(Application, case).reference}" in told.text
    assert pass_days(world, case, 31)[-1] == "expired"


def test_what_can_not_be_released_is_left_to_an_operator(world: World, me: int) -> None:
    old = world.certificate(me, date(2026, 8, 20))
    world.consent(me, world.card(me, LATE))
    case = world.file(me, "renewal", old)
    world.choose(case, me, "e_onay")
    world.write("UPDATE certificate SET state = 'void' WHERE id = :id", id=old)
    opens = world.read(Application, case).production_opens_on
    assert opens is not None
    world.clock.set(world.clock.now().replace(month=opens.month, day=opens.day))
    sweep(world.engine)
    assert world.state(case) == "held"
    assert pass_days(world, case, 3) == ["held", "held", "production_stopped"]
