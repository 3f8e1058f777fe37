"""A delivery says how it was made; one that was none is undone by somebody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM, World, applicant, officer, operator
from workflow.model.refusal import Refused, RoleNotAllowed


@pytest.fixture
def couriered(world: World, me: int) -> int:
    """Give a renewal whose card is with the courier."""
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.engine.fire(case, "start_production", operator())
    world.run_effects()
    assert world.state(case) == "couriered"
    return case


def certificate(world: World, case: int) -> Certificate:
    return world.read(Certificate, world.read(Application, case).certificate_id)


def letters(world: World, case: int) -> list[str]:
    world.run_effects()
    return [notice.template for notice in world.all(Notice, case_id=case)]


def test_a_delivery_says_what_was_shown_by_whom_and_when_with_the_number_masked(
    world: World, couriered: int
) -> None:
    world.engine.fire(couriered, "deliver", operator(), world.handed_over())
    assert world.read(Application, couriered).delivery == {
        "shown": "identity_card",
        "number": "******001",
        "by": "TEST kurye görevlisi 7",
        "at": world.clock.now().isoformat(),
    }


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"shown": "library_card"}, "courier.nothing_shown"),
        ({"shown": None}, "courier.nothing_shown"),
        ({"shown_number": "  "}, "courier.nothing_shown"),
        ({"shown_number": 7}, "courier.nothing_shown"),
        ({"handed_by": ""}, "courier.nobody_named"),
        ({"handed_by": "x" * 101}, "courier.nobody_named"),
        ({"handed_at": "dün"}, "courier.not_yet"),
        ({"handed_at": datetime(2026, 3, 2, 9)}, "courier.not_yet"),  # noqa: DTZ001 - without a zone on purpose
    ],
)
def test_a_delivery_that_says_too_little_is_refused(
    world: World, couriered: int, wrong: dict[str, object], code: str
) -> None:
    with denied(code):
        world.engine.fire(couriered, "deliver", operator(), {**world.handed_over(), **wrong})
    assert world.state(couriered) == "couriered"


def test_a_delivery_lies_between_its_sending_and_now(world: World, couriered: int) -> None:
    now, minute = world.clock.now(), timedelta(minutes=1)
    for at, code in ((now + minute, "courier.not_yet"), (now - minute, "courier.before_it_left")):
        with denied(code):
            said = {**world.handed_over(), "handed_at": at}
            world.engine.fire(couriered, "deliver", operator(), said)
    world.engine.fire(couriered, "deliver", operator(), {**world.handed_over(), "handed_at": now})


def delivered(world: World, case: int, by: int = 7) -> None:
    world.engine.fire(case, "deliver", operator(by), world.handed_over())


def test_a_contested_delivery_is_undone_by_somebody_else(
    world: World, me: int, couriered: int
) -> None:
    delivered(world, couriered)
    world.engine.fire(couriered, "contest_delivery", applicant(me), reason="not_received")
    assert "delivery_contested" in letters(world, couriered)
    new = certificate(world, couriered)
    assert (new.state, new.suspended_by) == ("suspended", "office")
    with pytest.raises(Refused, match="same_person"):
        world.engine.fire(couriered, "undo_delivery", operator(7), reason="kurye yanıldı")
    world.engine.fire(couriered, "undo_delivery", operator(8), reason="kurye yanıldı")
    row = world.read(Application, couriered)
    assert (row.state, row.delivery) == ("courier_silent", None)
    assert certificate(world, couriered).activate_by is None
    assert "delivery_undone" in letters(world, couriered)
    lost = world.engine.fire(couriered, "report_lost", operator(8), reason="bulunamadı")
    assert lost.state == "lost"


def test_a_staff_member_who_contests_does_not_decide(world: World, couriered: int) -> None:
    delivered(world, couriered)
    world.engine.fire(couriered, "contest_delivery", officer(2), reason="recorded_wrongly")
    for trigger in ("undo_delivery", "uphold_delivery"):
        with pytest.raises(Refused, match="same_person"):
            world.engine.fire(couriered, trigger, officer(2), reason="inceledim")


def test_a_delivery_that_is_upheld_gives_the_certificate_back_to_its_holder(
    world: World, me: int, couriered: int
) -> None:
    delivered(world, couriered)
    world.engine.fire(couriered, "contest_delivery", applicant(me), reason="other_person")
    world.clock.set(world.clock.now() + timedelta(days=2))
    world.engine.fire(couriered, "uphold_delivery", officer(2), reason="imza karşılaştırıldı")
    new = certificate(world, couriered)
    assert (world.state(couriered), new.suspended_by) == ("delivered", "holder")
    assert new.not_before is not None
    assert new.activate_by == new.not_before + timedelta(days=30)


def test_nobody_contests_the_delivery_of_a_card_that_is_not_his(
    world: World, couriered: int
) -> None:
    delivered(world, couriered)
    with pytest.raises(Refused, match="not_the_subject"):
        world.engine.fire(couriered, "contest_delivery", applicant(999), reason="not_received")
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(couriered, "contest_delivery", SYSTEM, reason="not_received")
